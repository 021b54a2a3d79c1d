"""公示表单: an objection, and what an officer decides about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.catalogue.models import get
from kechuang.core.publicity.access import OBJECTED
from kechuang.core.publicity.steps import RESUME, UPHOLD


class ObjectionForm(forms.Form):
    """异议: facts and reasons."""

    text = forms.CharField(
        label=gettext_lazy("异议的事实和理由"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("请写明哪一项事实不符、有什么证据。您的身份只有主管部门知道。"),
    )


class DecisionForm(forms.Form):
    """异议处理: upheld or not, in the words of the service, and why."""

    upheld = forms.TypedChoiceField(
        label=gettext_lazy("处理结果"), coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("处理理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("提出人和申报单位会看到。"),
    )

    def __init__(self, data: Any = None, *, service: str) -> None:
        super().__init__(data)
        workflow = get(service).workflow
        self.fields["upheld"].choices = [  # type: ignore[attr-defined]
            ("no", _(workflow.step(OBJECTED, RESUME).label)),
            ("yes", _(workflow.step(OBJECTED, UPHOLD).label)),
        ]

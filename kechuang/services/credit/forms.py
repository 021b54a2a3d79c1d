"""白名单表单: a run, a reason, an appeal, filters."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import DayField
from kechuang.services.credit.models import Entry
from kechuang.services.credit.runs import LONGEST


class RunForm(forms.Form):
    """运行: on which day, for how long."""

    on = DayField(
        label=gettext_lazy("计算日期"),
        help_text=gettext_lazy("按这一天的规则和企业档案计算；诚信决定另按今天核对。"),
    )
    months = forms.IntegerField(label=gettext_lazy("有效期（月）"), min_value=1, max_value=LONGEST)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)


class ReasonForm(forms.Form):
    """原因: why a version goes back."""

    reason = forms.CharField(
        label=gettext_lazy("退回原因"), max_length=300, required=False, help_text=gettext_lazy("经办人会看到。")
    )


class AppealForm(forms.Form):
    """申诉表."""

    text = forms.CharField(
        label=gettext_lazy("申诉理由"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("写明哪一项事实不符、已经怎样更正。数据请先在企业档案里改好，这里不收数字。"),
    )


class FirmFilter(forms.Form):
    """筛选: name, district, and for officers the group. What does not fit is ignored."""

    q = forms.CharField(label=gettext_lazy("名称"), max_length=60, required=False)
    district = forms.ChoiceField(label=gettext_lazy("区市"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("结果"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", _("全部")), *vocab.choices("district")]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", _("全部")), *Entry.Group.choices]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was chosen, as far as it is valid."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

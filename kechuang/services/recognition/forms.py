"""资格认定表单: what was announced about an application."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kechuang.core.tiers.ladder import Rung
from kechuang.kit.fields import DayField
from kechuang.services.recognition.deciding import Outcome


class OutcomeForm(forms.Form):
    """认定结果: number, day and document of the announcement."""

    number = forms.CharField(
        label=gettext_lazy("编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("照国家系统的公告或证书填写；系统不会生成编号。"),
    )
    granted_on = DayField(label=gettext_lazy("取得日期"), help_text=gettext_lazy("公告或发证的日期，从这一天起有效。"))
    valid_to = DayField(
        label=gettext_lazy("失效日期（不含当日）"),
        required=False,
        help_text=gettext_lazy("不填时按这项资格的有效期计算；来源没有写明有效期的，以公告为准。"),
    )
    announcement = forms.CharField(
        label=gettext_lazy("公告"), max_length=200, help_text=gettext_lazy("公告的名称或文号。")
    )

    def __init__(self, data: Any = None, *, rung: Rung) -> None:
        super().__init__(data)
        if rung.number_form:
            self.fields["number"].required = True
            self.fields["number"].help_text = f"{self.fields['number'].help_text} {rung.number_form}"

    def outcome(self) -> Outcome:
        """What was typed."""
        data = self.cleaned_data
        return Outcome(data["number"], data["granted_on"], data["announcement"], data["valid_to"])


class BatchForm(forms.Form):
    """报送勾选: the rung and the applications that are sent together."""

    rung = forms.ChoiceField(label=gettext_lazy("资格"))
    row = forms.TypedMultipleChoiceField(
        label=gettext_lazy("申报"),
        coerce=int,
        error_messages={"required": gettext_lazy("请先勾选要报送的申报。")},
    )

    def __init__(self, data: Any, *, rungs: list[Rung], numbers: list[int]) -> None:
        super().__init__(data)
        self.fields["rung"].choices = [(one.code, one.label) for one in rungs]  # type: ignore[attr-defined]
        self.fields["row"].choices = [(n, n) for n in numbers]  # type: ignore[attr-defined]

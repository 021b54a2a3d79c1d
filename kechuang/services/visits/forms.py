"""走访表单: plan, log, move, merge; raise and assign a problem."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import User
from kechuang.kit.fields import CodeField, Column, RowsField
from kechuang.kit.text import noop
from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.problems import MOST_DAYS
from kechuang.services.visits.units import Unit

USUAL_DAYS = 10


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def kinds() -> list[tuple[str, str]]:
    """The kinds of problems with their labels."""
    return [(code, str(label)) for code, label in Problem.Kind.choices]


class UnitForm(forms.Form):
    """以谁的名义: an office, or one's organisation."""

    unit = forms.ChoiceField(label=gettext_lazy("走访单位"))
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.key: unit for unit in units}
        self.fields["unit"].choices = [(unit.key, unit.label) for unit in units]  # type: ignore[attr-defined]
        if len(self.units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = next(iter(self.units))

    def clean_unit(self) -> Unit:
        """The unit itself."""
        return self.units[self.cleaned_data["unit"]]


class PlanForm(UnitForm):
    """走访计划."""

    planned_on = forms.DateField(label=gettext_lazy("计划日期"), widget=_Day())
    purpose = forms.CharField(
        label=gettext_lazy("走访目的"), min_length=4, max_length=300, help_text=gettext_lazy("企业会看到。")
    )
    separate_for = forms.CharField(
        label=gettext_lazy("单独走访的原因"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("近期已有别的单位计划走访时才需要填。"),
    )


class Logged(forms.Form):
    """走访记录的各栏: who was there, what was seen, what was raised."""

    visited_on = forms.DateField(label=gettext_lazy("走访日期"), widget=_Day())
    purpose = forms.CharField(label=gettext_lazy("走访目的"), min_length=4, max_length=300)
    people = forms.CharField(
        label=gettext_lazy("参加人员"), min_length=2, max_length=300, help_text=gettext_lazy("双方参加的人。")
    )
    seen = forms.CharField(
        label=gettext_lazy("看到的情况"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("企业会看到。"),
    )
    problems = RowsField(
        label=gettext_lazy("企业提出的诉求"),
        columns=(
            Column("kind", noop("类型"), required=True, choices=kinds),
            Column("text", noop("诉求"), required=True, width=1000),
            Column("days", noop("期限（工作日）"), width=3),
        ),
        required=False,
        most=10,
        help_text=gettext_lazy("每条诉求成为一件办件：有责任人、有期限，答复后由企业确认。期限不填为 10 个工作日。"),
    )
    private = forms.CharField(
        label=gettext_lazy("内部备注"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("只有走访单位和主管部门能看到。"),
    )

    def clean_problems(self) -> list[dict[str, str]]:
        """The days of each are a sensible number."""
        rows: list[dict[str, str]] = self.cleaned_data["problems"]
        for number, row in enumerate(rows, 1):
            days = row.get("days", "") or str(USUAL_DAYS)
            if not (days.isascii() and days.isdigit() and 1 <= int(days) <= MOST_DAYS):
                words = _("第 %(row)s 行的期限应为 1 到 %(most)s 的整数。")
                raise forms.ValidationError(words % {"row": number, "most": MOST_DAYS})
            row["days"] = days
        return rows


class LogForm(Logged):
    """记录走访: of a visit that was planned."""


class LogNowForm(Logged, UnitForm):
    """直接记录走访: of a visit that was not planned here."""

    field_order = ("unit", "visited_on", "purpose", "people", "seen", "problems", "private", "key")


class CorrectionForm(Logged):
    """更正走访记录: the log as it should read, and why; problems are raised and withdrawn as cases of their own."""

    problems = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=gettext_lazy("更正原因"),
        min_length=2,
        max_length=300,
        help_text=gettext_lazy("企业会看到；改动前的内容留在历史里。"),
    )
    version = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class MoveForm(forms.Form):
    """改期."""

    planned_on = forms.DateField(label=gettext_lazy("计划日期"), widget=_Day())


class MergeForm(forms.Form):
    """并入: which plan to go along with."""

    into = forms.ModelChoiceField(
        label=gettext_lazy("并入哪次走访"), queryset=Visit.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = plans


class ProblemForm(forms.Form):
    """登记诉求: one that was forgotten."""

    kind = CodeField(label=gettext_lazy("类型"), choices=kinds)
    text = forms.CharField(
        label=gettext_lazy("诉求"), min_length=4, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    days = forms.IntegerField(
        label=gettext_lazy("期限（工作日）"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )


class AssignForm(forms.Form):
    """分派: who answers, by when."""

    owner = forms.ModelChoiceField(label=gettext_lazy("责任人"), queryset=User.objects.none(), empty_label=None)
    days = forms.IntegerField(label=gettext_lazy("期限（工作日）"), min_value=1, max_value=MOST_DAYS)
    policy = forms.ChoiceField(
        label=gettext_lazy("相关政策"),
        required=False,
        help_text=gettext_lazy("问政策的诉求可选，企业能点开原文和计算。"),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=500, required=False, help_text=gettext_lazy("企业会看到。")
    )

    def __init__(self, *args: Any, people: Any, policies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["policy"].choices = [("", _("不选")), *policies]  # type: ignore[attr-defined]

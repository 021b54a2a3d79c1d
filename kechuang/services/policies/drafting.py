"""起草表单 drafting: the parts of a draft as forms: parameters, formulas, worked examples, the whole text."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.policy.editing import lines_of, shown_value
from kechuang.kit.fields import DayField
from kechuang.kit.rules.packs import Pack, Parameter

UNITS = {"money": gettext_lazy("万元"), "ratio": "%"}


class ParameterField(forms.CharField):
    """参数栏: a value as people write it; bands a line each."""

    def __init__(self, parameter: Parameter) -> None:
        bands = parameter.kind == "bands"
        rows = {
            "rows": max(len(value) for _since, value in parameter.values) + 1 if bands else 1,
            "spellcheck": "false",
        }
        unit = UNITS.get(parameter.kind, parameter.unit)
        label = _("%(label)s（%(unit)s）") % {"label": parameter.label, "unit": unit} if unit else parameter.label
        widget: forms.Widget = forms.Textarea(attrs=rows) if bands else forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label=label, widget=widget, help_text=parameter.source, max_length=2000)


class ParametersForm(forms.Form):
    """参数表: the values in force on a day, and the day from which changed ones are to hold."""

    since = DayField(label=gettext_lazy("改动自哪天起施行"), help_text=gettext_lazy("此前的日期仍按原来的数值计算。"))

    def __init__(self, data: Any, *, pack: Pack, on: date) -> None:
        day = max(on, pack.effective_from)
        known = {f"p_{name}": shown_value(p, p.on(day)) for name, p in pack.parameters.items()}
        super().__init__(data, initial={"since": day, **known})
        for name, parameter in pack.parameters.items():
            self.fields[f"p_{name}"] = ParameterField(parameter)

    @property
    def values(self) -> dict[str, str]:
        """The values as typed, by parameter."""
        return {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("p_")}


class FormulaForm(forms.Form):
    """条件、中间量: words, the clause, the formula."""

    code = forms.RegexField(r"^[a-z][a-z0-9_]*$", label=gettext_lazy("代码"), max_length=40)
    label = forms.CharField(label=gettext_lazy("文字"), max_length=300)
    clause = forms.CharField(label=gettext_lazy("条款"), max_length=80, required=False)
    formula = forms.CharField(
        label=gettext_lazy("公式"), max_length=600, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
    )


class ExampleForm(forms.Form):
    """算例: facts and what must come out, a line each."""

    name = forms.CharField(label=gettext_lazy("说明"), max_length=200)
    on = DayField(label=gettext_lazy("日期"))
    facts = forms.CharField(
        label=gettext_lazy("事实"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("每行一项，如 staff_sme = 100；金额以元计。"),
    )
    expect = forms.CharField(
        label=gettext_lazy("应得结果"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy('如 result = "met"、score = 60；result 可为 met、unmet、unknown、not_in_force。'),
    )


class TextForm(forms.Form):
    """全文表."""

    text = forms.CharField(
        label=gettext_lazy("全文"), strip=False, widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"})
    )


FormulaSet = forms.formset_factory(FormulaForm, extra=1, can_delete=True, max_num=60)
ExampleSet = forms.formset_factory(ExampleForm, extra=1, can_delete=True, max_num=60)


def formula_rows(pack: Pack, table: str) -> list[Mapping[str, str]]:
    """The formulas of a table as the forms begin with them."""
    formulas = {"define": pack.definitions, "require": pack.conditions, "route": pack.routes}[table]
    return [{"code": f.code, "label": f.label, "clause": f.clause, "formula": f.expression.text} for f in formulas]


def example_rows(pack: Pack) -> list[Mapping[str, Any]]:
    """The worked examples as the forms begin with them."""
    return [
        {"name": e.name, "on": e.on, "facts": lines_of(e.facts), "expect": lines_of(e.expect)} for e in pack.examples
    ]


def kept(formset: Any) -> list[dict[str, Any]]:
    """The rows of a valid formset that are neither empty nor to be deleted."""
    return [form.cleaned_data for form in formset if form.cleaned_data and not form.cleaned_data.get("DELETE")]

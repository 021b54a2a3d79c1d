"""事实表 facts form: the facts that rules ask for, one field each, sums in 万元, nothing required."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kechuang.kit.fields import DayField
from kechuang.kit.rules.facts import Fact
from kechuang.web.fact_fields import FactField


class FactsForm(forms.Form):
    """事实表: made for the facts that the chosen packs need, with the day for which they are computed."""

    on = DayField(label=gettext_lazy("计算日期"))

    def __init__(self, data: Any, *, facts: Iterable[Fact], initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        for fact in facts:
            self.fields[fact.code] = FactField(fact)

    @property
    def facts(self) -> dict[str, Any]:
        """The facts given, by code; what is empty or wrong is left out."""
        return {code: v for code, v in self.cleaned_data.items() if code != "on" and v is not None}

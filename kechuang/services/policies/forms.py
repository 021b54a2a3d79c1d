"""事实表 facts form: the facts that rules ask for, one field each, sums in 万元, nothing required."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import english
from kechuang.kit.money import WAN
from kechuang.kit.rules.facts import Fact, WrongFact, cleaned

ANSWERS = (("", gettext_lazy("未填")), ("true", gettext_lazy("是")), ("false", gettext_lazy("否")))


class FactField(forms.Field):
    """事实栏: an empty field means that the fact is not known; a wrong one is told by its name."""

    def __init__(self, fact: Fact) -> None:
        label = (english() and fact.label_en) or fact.label
        super().__init__(required=False, label=label, widget=_widget(fact), help_text=fact.definition)
        self.fact = fact
        self.unit = _("万元") if fact.type == "money" else "" if fact.type in ("bool", "date", "term") else fact.unit

    def clean(self, value: Any) -> Any:
        """The value as rules take it; None where it is not known."""
        try:
            if self.fact.type == "money" and str(value or "").strip():
                value = Decimal(str(value).replace(",", "").replace("，", "").strip()) * WAN
            return cleaned(self.fact, value)
        except InvalidOperation as error:
            raise forms.ValidationError(_("请填数字（单位：万元），如 4500.5。")) from error
        except WrongFact as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


def _widget(fact: Fact) -> forms.Widget:
    if fact.type == "bool":
        return forms.Select(choices=ANSWERS)
    if fact.type == "date":
        return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if fact.type == "term":
        return forms.Select(choices=[("", _("未填")), *vocab.choices(fact.scheme)])
    mode = "decimal" if fact.type in ("money", "ratio") else "numeric"
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "class": "kc-number"})


def shown(fact: Fact, value: Any) -> Any:
    """A fact as its field shows it: sums in 万元, truths as the option's value."""
    if value is None:
        return None
    if fact.type == "bool":
        return "true" if value else "false"
    if fact.type == "money":
        text = f"{(Decimal(value) / WAN):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value


class FactsForm(forms.Form):
    """事实表: made for the facts that the chosen packs need, with the day for which they are computed."""

    on = forms.DateField(
        label=gettext_lazy("计算日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, facts: Iterable[Fact], initial: Mapping[str, Any]) -> None:
        facts = list(facts)
        known = {fact.code: shown(fact, initial.get(fact.code)) for fact in facts}
        super().__init__(data, initial={**known, "on": initial.get("on")})
        for fact in facts:
            self.fields[fact.code] = FactField(fact)

    @property
    def facts(self) -> dict[str, Any]:
        """The facts given, by code; what is empty or wrong is left out."""
        return {code: v for code, v in self.cleaned_data.items() if code != "on" and v is not None}

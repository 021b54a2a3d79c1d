"""事实栏 fact fields: one input for each fact that an organisation states, wherever a page asks for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.dossier.wording import words
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import DayField, YuanInput
from kechuang.kit.rules.facts import Fact, WrongFact, cleaned

ANSWERS = (("", gettext_lazy("未填")), ("true", gettext_lazy("是")), ("false", gettext_lazy("否")))


class FactField(forms.Field):
    """事实栏: empty means that the fact is not known; a wrong value is told by the fact's name. Sums in 万元."""

    def __init__(self, fact: Fact, **more: Any) -> None:
        shown = {"label": words().label(fact), "help_text": fact.definition}
        super().__init__(required=False, widget=_widget(fact), **(shown | more))
        self.fact = fact
        self.unit = fact.unit if fact.type in ("int", "ratio") else ""

    def prepare_value(self, value: Any) -> Any:
        """A truth as the option's value."""
        return str(value).lower() if isinstance(value, bool) else value

    def clean(self, value: Any) -> Any:
        """The value as rules take it; None where it is not known."""
        try:
            known = cleaned(self.fact, value.replace("，", "") if isinstance(value, str) else value)
        except WrongFact as wrong:
            raise forms.ValidationError(_(wrong.template) % wrong.given) from wrong
        if self.fact.type == "term" and known is not None and known not in dict(vocab.choices(self.fact.scheme)):
            raise forms.ValidationError(_("“%(text)s”不在可选范围内，请从列表中选择。") % {"text": known[:30]})
        return known


def _widget(fact: Fact) -> Any:
    if fact.type == "bool":
        return forms.Select(choices=ANSWERS)
    if fact.type == "date":
        return DayField().widget
    if fact.type == "term":
        return forms.Select(choices=[("", _("未填")), *vocab.choices(fact.scheme)])
    if fact.type == "money":
        return YuanInput()
    mode = "decimal" if fact.type == "ratio" else "numeric"
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "class": "kc-number"})

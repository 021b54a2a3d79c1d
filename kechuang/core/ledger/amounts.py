"""金额 amounts: sums and words as they are given, and sums as they are said in the reader's language."""

from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kechuang.kit.money import show, show_english, yuan
from kechuang.kit.refusal import Refusal


def exact(amount: Decimal | int | str, name: str = "amount") -> Decimal:
    """The amount in yuan; refused when it has more than two decimals, is nothing, or is negative."""
    value = yuan(amount)
    if value != Decimal(amount) or value <= 0:
        words = _("金额须大于零，最多精确到分，请改正。")
        raise Refusal(words, fields={name: words})
    return value


def filled(value: str, name: str, words: str, *, most: int) -> str:
    """The text without blanks around it; refused with ``words`` when nothing is left, and when it is too long."""
    value = value.strip()
    if not value:
        raise Refusal(words, fields={name: words})
    if len(value) > most:
        words = _("最多 %(most)s 个字，现在 %(count)s 个，请改短。") % {"most": most, "count": len(value)}
        raise Refusal(words, fields={name: words})
    return value


def said(amount: Decimal) -> str:
    """The amount in words: 80 万元, CNY 800,000."""
    return show_english(amount) if (get_language() or "zh").startswith("en") else show(amount)

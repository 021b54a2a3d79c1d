"""金额 amounts: sums of money as they are given, and as they are said in the reader's language."""

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


def said(amount: Decimal) -> str:
    """The amount in words: 80 万元, CNY 800,000."""
    return show_english(amount) if (get_language() or "zh").startswith("en") else show(amount)

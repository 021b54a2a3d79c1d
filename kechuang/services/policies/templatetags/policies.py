"""政策模板标签: sums in fen, as dry runs keep them."""

from decimal import Decimal

from django import template

from kechuang.kit.language import amount

register = template.Library()


@register.filter
def fen(value: int) -> str:
    """A sum of fen in the reader's language."""
    return amount(Decimal(value or 0) / 100)

"""语言 language: which language the reader has, amounts in it, and the language in which things are kept."""

from contextlib import AbstractContextManager
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language, override

from kechuang.kit import money


def english() -> bool:
    """Whether the reader has chosen English."""
    return (get_language() or "zh").startswith("en")


def amount(yuan: Decimal | None) -> str:
    """Money in the reader's language: 80 万元, or CNY 800,000."""
    return money.show_english(yuan) if english() else money.show(yuan)


def amount_in_full(yuan: Decimal) -> str:
    """Money in the reader's language, to the last fen."""
    return money.show_english(yuan) if english() else money.show_in_full(yuan)


def main_language() -> AbstractContextManager[None]:
    """主要语言: within it words come in Chinese, whoever acts: for what is kept and read by others."""
    return override(settings.LANGUAGE_CODE)

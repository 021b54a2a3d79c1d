"""金额 money: yuan as Decimal, rounded in one place, shown in 万元 or 亿元. Pure."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from kechuang.kit.text import Say, noop

FEN = Decimal("0.01")
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def yuan(amount: Decimal | int | str) -> Decimal:
    """The amount in yuan, rounded half up to the fen; the only rounding of money."""
    return Decimal(amount).quantize(FEN, rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = f"{value.quantize(FEN, rounding=ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".")


def show(amount: Decimal | None) -> str:
    """The amount as people read it: 80 万元, 1.2 亿元, 900 元; an empty text for None."""
    if amount is None:
        return ""
    if abs(amount) >= YI:
        return f"{_plain(amount / YI)} 亿元"
    if abs(amount) >= WAN:
        return f"{_plain(amount / WAN)} 万元"
    return f"{_plain(amount)} 元"


def show_in_full(amount: Decimal) -> str:
    """The amount to the last fen, where two that are near each other must be told apart: 345,210,000 元."""
    return f"{_plain(amount)} 元"


def show_english(amount: Decimal | None) -> str:
    """The amount as people read it in English: CNY 800,000; an empty text for None."""
    return "" if amount is None else f"CNY {_plain(amount)}"


def show_range(
    low: Decimal | None, high: Decimal | None, say: Say = str, money: Callable[[Decimal | None], str] = show
) -> str:
    """A range of money in words; empty when both ends are open."""
    if low is None and high is None:
        return ""
    if low is None:
        return say(noop("不超过 %(amount)s")) % {"amount": money(high)}
    if high is None:
        return say(noop("%(amount)s 起")) % {"amount": money(low)}
    return money(low) if low == high else money(low) + say(noop("～")) + money(high)

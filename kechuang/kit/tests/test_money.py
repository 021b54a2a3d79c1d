"""金额."""

from decimal import Decimal

import pytest

from kechuang.kit.money import show, show_range, yuan


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1e6", "1000000.00"), (3, "3.00")],
)
def test_yuan_rounds_half_up_to_the_fen(amount: str | int, expected: str) -> None:
    assert str(yuan(amount)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (None, ""),
        (Decimal(0), "0 元"),
        (Decimal(900), "900 元"),
        (Decimal("9999.99"), "9,999.99 元"),
        (Decimal(10_000), "1 万元"),
        (Decimal(800_000), "80 万元"),
        (Decimal(805_000), "80.5 万元"),
        (Decimal(120_000_000), "1.2 亿元"),
        (Decimal(80_000_000_000), "800 亿元"),
        (Decimal(-50_000), "-5 万元"),
    ],
)
def test_money_is_shown_as_people_read_it(amount: Decimal | None, expected: str) -> None:
    assert show(amount) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, ""),
        (None, Decimal(500_000), "不超过 50 万元"),
        (Decimal(500_000), None, "50 万元 起"),
        (Decimal(500_000), Decimal(500_000), "50 万元"),
        (Decimal(300_000), Decimal(800_000), "30 万元～80 万元"),
    ],
)
def test_a_range_of_money_in_words(low: Decimal | None, high: Decimal | None, expected: str) -> None:
    assert show_range(low, high) == expected

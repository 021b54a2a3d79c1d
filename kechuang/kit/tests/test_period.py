"""期限: working days."""

from datetime import date

import pytest

from kechuang.kit.period import after_working_days, is_working_day

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (FRIDAY, 5, date(2026, 11, 27)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_weekends_do_not_count_and_the_start_neither(start: date, days: int, expected: date) -> None:
    assert after_working_days(start, days) == expected


def test_holidays_are_left_out_and_make_up_days_count() -> None:
    assert after_working_days(FRIDAY, 1, holidays={MONDAY}) == date(2026, 11, 24)
    assert after_working_days(FRIDAY, 1, make_up={SATURDAY}) == SATURDAY
    assert is_working_day(SATURDAY, make_up={SATURDAY})
    assert not is_working_day(MONDAY, holidays={MONDAY})
    assert is_working_day(MONDAY, holidays={MONDAY}, make_up={MONDAY})

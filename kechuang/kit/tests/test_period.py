"""期限: working days."""

from datetime import date

import pytest

from kechuang.kit.period import Calendar

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
    assert Calendar().after(start, days) == expected
    assert Calendar().between(start, expected) == days


def test_holidays_are_left_out_and_make_up_days_count() -> None:
    assert Calendar(holidays={MONDAY}).after(FRIDAY, 1) == date(2026, 11, 24)
    assert Calendar(make_up={SATURDAY}).after(FRIDAY, 1) == SATURDAY
    assert Calendar(make_up={SATURDAY}).is_working_day(SATURDAY)
    assert not Calendar(holidays={MONDAY}).is_working_day(MONDAY)
    assert Calendar(holidays={MONDAY}, make_up={MONDAY}).is_working_day(MONDAY)


def test_passed_days_are_counted_without_the_first_and_with_the_last() -> None:
    assert Calendar(holidays={MONDAY}).between(FRIDAY, date(2026, 11, 24)) == 1
    assert Calendar().between(MONDAY, FRIDAY) == 0


def test_a_year_that_is_not_loaded_is_told_from_one_that_is() -> None:
    known = Calendar(years={2026})
    assert known.covers(FRIDAY)
    assert not known.covers(date(2027, 1, 4))

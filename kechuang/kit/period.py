"""期限 period: working days. Pure."""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date] = (), make_up: Collection[date] = ()) -> bool:
    """Whether people work on that day: Monday to Friday, without ``holidays``, with ``make_up`` 调休 days."""
    return day in make_up or (day.weekday() < SATURDAY and day not in holidays)


def after_working_days(start: date, days: int, holidays: Collection[date] = (), make_up: Collection[date] = ()) -> date:
    """The date ``days`` working days after ``start``; the start itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays, make_up)
    return day

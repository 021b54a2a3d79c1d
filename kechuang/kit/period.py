"""期限 period: working days. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """工作日历: Monday to Friday, without ``holidays``, with ``make_up`` 调休 days. ``years`` are those that it knows.

    A year that it does not know is counted Monday to Friday; ``covers`` lets a page say so.
    """

    holidays: Collection[date] = field(default_factory=frozenset)
    make_up: Collection[date] = field(default_factory=frozenset)
    years: Collection[int] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day."""
        return day in self.make_up or (day.weekday() < SATURDAY and day not in self.holidays)

    def after(self, start: date, days: int) -> date:
        """The date ``days`` working days after ``start``; the start itself does not count."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day

    def before(self, end: date, days: int) -> date:
        """The working day after which ``days`` working days have passed by ``end``: ``between(it, end) == days``."""
        day = end
        while days > 0 or not self.is_working_day(day):
            days -= self.is_working_day(day)
            day -= timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days have passed from ``start`` (not counted) to ``end`` (counted); 0 where none has."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are known."""
        return day.year in self.years

"""工作日历 calendar: holidays and make-up working days, loaded from a pack, and the calendar made of them."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.vocab.models import CalendarDay
from kechuang.kit.period import Calendar
from kechuang.kit.refusal import Refusal

_KEY, _SECONDS = "vocab.calendar", 60


def calendar() -> Calendar:
    """The working days as far as the loaded years say."""
    known: Calendar | None = cache.get(_KEY)
    if known is None:
        rows = list(CalendarDay.objects.values_list("day", "kind"))
        known = Calendar(
            holidays=frozenset(day for day, kind in rows if kind == CalendarDay.Kind.HOLIDAY),
            make_up=frozenset(day for day, kind in rows if kind == CalendarDay.Kind.MAKE_UP),
            years=frozenset(day.year for day, _kind in rows),
        )
        cache.set(_KEY, known, _SECONDS)
    return known


def uncounted(*days: date) -> str:
    """That the days lie in years whose holidays are not loaded, in words; empty where all are known."""
    years = sorted({day.year for day in days if not calendar().covers(day)})
    if not years:
        return ""
    return _("%(years)s 年的放假安排尚未载入，按周一至周五计算") % {"years": _("、").join(map(str, years))}


@dataclass
class Holiday:
    """节日: its days off and the days on which people work instead."""

    name: str
    days: list[date] = field(default_factory=list)
    make_up: list[date] = field(default_factory=list)


@dataclass
class Year:
    """一年的放假安排, with its source and how far to trust it."""

    year: int
    source: str
    text_status: str
    holidays: list[Holiday] = field(default_factory=list)


def loaded_years() -> list[Year]:
    """What is loaded, the newest year first."""
    found: dict[int, Year] = {}
    for row in CalendarDay.objects.order_by("-day__year", "day"):
        year = found.setdefault(row.day.year, Year(row.day.year, row.source, row.text_status))
        holiday = next((h for h in year.holidays if h.name == row.name), None)
        if holiday is None:
            holiday = Holiday(row.name)
            year.holidays.append(holiday)
        (holiday.days if row.kind == CalendarDay.Kind.HOLIDAY else holiday.make_up).append(row.day)
    for year in found.values():  # a make-up day may lie before another holiday
        year.holidays.sort(key=lambda h: (h.days or h.make_up)[0])
    return list(found.values())


@transaction.atomic
def load_calendar(*, path: Path) -> int:
    """Load the years of a TOML file; returns the number of days. A year of the file replaces what was known of it.

    Each ``[[year]]`` has ``year``, ``source``, ``text_status`` and ``days``: name, ``from``, ``to`` (both included) and
    ``make_up``, a list of dates. Raises Refusal with file and entry.
    """
    try:
        years: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("year", [])
    except tomllib.TOMLDecodeError as error:
        raise Refusal(_("%(name)s 无法解析：%(error)s") % {"name": path.name, "error": error}) from error
    rows = [day for year in years for day in _days(path.name, year)]
    CalendarDay.objects.filter(day__year__in=[year["year"] for year in years]).delete()
    CalendarDay.objects.bulk_create(rows)
    cache.delete(_KEY)
    return len(rows)


def _days(name: str, year: dict[str, Any]) -> list[CalendarDay]:
    found: dict[date, CalendarDay] = {}
    for entry in year.get("days", []):
        first, last = entry.get("from"), entry.get("to")
        if not isinstance(first, date) or not isinstance(last, date) or first > last:
            raise Refusal(
                _("%(name)s %(year)s 年的“%(day)s”没有写明起止日期。")
                % {"name": name, "year": year["year"], "day": entry.get("name", "")}
            )
        span = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        marked = [(day, CalendarDay.Kind.HOLIDAY) for day in span]
        marked += [(day, CalendarDay.Kind.MAKE_UP) for day in entry.get("make_up", [])]
        for day, kind in marked:
            if day in found or day.year != year["year"]:
                raise Refusal(
                    _("%(name)s %(year)s 年的 %(day)s 写了两次或不在这一年。")
                    % {"name": name, "year": year["year"], "day": day}
                )
            found[day] = CalendarDay(
                day=day,
                kind=kind,
                name=entry["name"],
                source=year["source"],
                text_status=year["text_status"],
            )
    return list(found.values())

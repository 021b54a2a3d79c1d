"""满意度数字 figures: answers and times by unit for everybody, guarded; by service, unit and district for officers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kechuang.core.audit.models import Event
from kechuang.core.cases import access
from kechuang.core.cases.models import Case, Contact, Satisfaction
from kechuang.core.cases.satisfaction import limits
from kechuang.core.catalogue.models import get
from kechuang.core.parties.models import Mandate, Party
from kechuang.core.vocab.calendar import calendar

QUARTERS = 8
NONE = "none"  # stands for "no unit" (the bureau) and "no district" (the city)
GROUPS = {"service": "case__service", "unit": "unit", "district": "district"}
# What an officer may list: everything asked, the answered ones, and the two kinds of complaint.
KINDS: dict[str, Q] = {
    "asked": ~Q(pk__in=()),
    "answered": Q(in_time__isnull=False) | Q(useful__isnull=False),
    "late": Q(in_time=False),
    "useless": Q(useful=False),
    "words": ~Q(text=""),
}


@dataclass(frozen=True)
class Share:
    """占比: so many answers, how many percent of them said yes to each question; None where there are too few."""

    count: int
    in_time: int | None
    useful: int | None

    @property
    def shown(self) -> bool:
        """Whether the sample is large enough to be shown."""
        return self.in_time is not None or self.useful is not None


@dataclass(frozen=True)
class UnitReport:
    """单位评价: all answers of the last two years, by quarter, and the median working days to the first answer."""

    total: Share
    quarters: list[tuple[str, Share]]
    requests: int
    answered: int
    median_days: float | None
    smallest: int


def unit_report(unit: Party, now: datetime) -> UnitReport:
    """What the page of a unit says to everybody. No number rests on fewer than the smallest sample."""
    least = limits().smallest
    names = _quarters(now)
    rows = Satisfaction.objects.filter(unit=unit, asked_at__lte=now).filter(KINDS["answered"])
    found: dict[str, list[Satisfaction]] = {name: [] for name in names}
    for row in rows:
        if _quarter(row.asked_at) in found:
            found[_quarter(row.asked_at)].append(row)
    total = _share([row for group in found.values() for row in group], least)
    quarters = [(name, _share(group, least)) for name, group in found.items() if group]
    requests, days = _days_to_answer(unit, now)
    shown = len(days) >= least
    return UnitReport(
        total, _guarded(quarters, least), requests, len(days), float(median(days)) if shown else None, least
    )


def _quarter(at: datetime) -> str:
    day = timezone.localtime(at).date()
    return f"{day.year} Q{(day.month + 2) // 3}"


def _quarters(now: datetime) -> list[str]:
    """The last quarters, the newest first."""
    day = timezone.localtime(now).date()
    last = day.year * 4 + (day.month - 1) // 3
    return [f"{n // 4} Q{n % 4 + 1}" for n in range(last, last - QUARTERS, -1)]


def _share(rows: Sequence[Satisfaction], least: int) -> Share:
    return Share(
        len(rows), _percent([row.in_time for row in rows], least), _percent([row.useful for row in rows], least)
    )


def _percent(answers: Iterable[bool | None], least: int) -> int | None:
    given = [a for a in answers if a is not None]
    return round(100 * sum(given) / len(given)) if len(given) >= least else None


def _guarded(quarters: list[tuple[str, Share]], least: int) -> list[tuple[str, Share]]:
    """Hide one more quarter where the total minus those shown would tell about too few people."""
    hidden = sum(share.count for _name, share in quarters if not share.shown)
    shown = sorted((share.count, name) for name, share in quarters if share.shown)
    if not 0 < hidden < least or not shown:
        return quarters
    return [(name, Share(s.count, None, None) if name == shown[0][1] else s) for name, s in quarters]


def _days_to_answer(unit: Party, now: datetime) -> tuple[int, list[int]]:
    """Requests to a unit in these quarters, and for those answered the working days until others took a first step."""
    year, _, quarter = _quarters(now)[-1].partition(" Q")
    start = timezone.make_aware(datetime(int(year), int(quarter) * 3 - 2, 1))  # noqa: DTZ001 - made aware here
    rows = Case.objects.filter(offer__party=unit, opened_at__gte=start, opened_at__lte=now)
    cases = list(rows.exclude(applicant=unit))
    first = _first_answers(cases)
    days = calendar()
    return len(cases), [
        days.between(timezone.localtime(case.opened_at).date(), timezone.localtime(first[case.pk]).date())
        for case in cases
        if case.pk in first
    ]


def _first_answers(cases: Sequence[Case]) -> Mapping[int, datetime]:
    """When somebody who does not act for the applicant first took a step or logged a contact."""
    by_pk = {case.pk: case for case in cases}
    mandates = Mandate.objects.filter(party__in={case.applicant_id for case in cases})
    own = set(mandates.values_list("party_id", "user_id"))
    events = Event.objects.filter(subject=Case._meta.label_lower, subject_id__in=list(by_pk), by_id__isnull=False)
    steps = [
        (pk, at, by)
        for pk, at, by, verb in events.values_list("subject_id", "at", "by_id", "verb")
        if pk is not None and verb in {s.name for s in get(by_pk[pk].service).workflow.steps}
    ]
    contacts = Contact.objects.filter(case__in=list(by_pk)).values_list("case_id", "at", "by_id")
    found: dict[int, datetime] = {}
    for pk, at, by in [*steps, *contacts]:
        if (by_pk[pk].applicant_id, by) not in own:
            found[pk] = min(at, found.get(pk, at))
    return found


@dataclass(frozen=True)
class Line:
    """一行: the counts of one service, unit or district; ``key`` is what the list is filtered by."""

    key: Any
    asked: int
    answered: int
    in_time: int
    said_in_time: int
    useful: int
    said_useful: int


def answers(officer: Any, chosen: Mapping[str, str] | None = None) -> QuerySet[Satisfaction]:
    """What was asked in the officer's scope, the newest first; ``chosen`` are values of GROUPS and a ``kind``."""
    rows = access.view_satisfaction.filter(officer, Satisfaction.objects.select_related("case__offer", "case__need"))
    for name, value in (chosen or {}).items():
        if name == "kind":
            rows = rows.filter(KINDS.get(value, KINDS["asked"]))
        elif value == NONE:
            rows = rows.filter(**{GROUPS[name]: None if name == "unit" else ""})
        else:
            rows = rows.filter(**{GROUPS[name]: value})
    return rows.select_related("unit").order_by("-asked_at", "-pk")


def lines(officer: Any, group: str) -> list[Line]:
    """The counts of the officer's scope by service, unit or district, the most asked first."""
    rows = answers(officer).order_by().values(GROUPS[group]).annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=KINDS["answered"]),
        yes_in_time=Count("pk", filter=Q(in_time=True)),
        said_in_time=Count("pk", filter=Q(in_time__isnull=False)),
        yes_useful=Count("pk", filter=Q(useful=True)),
        said_useful=Count("pk", filter=Q(useful__isnull=False)),
    )  # fmt: skip
    return [
        Line(
            row[GROUPS[group]],
            row["asked"],
            row["answered"],
            row["yes_in_time"],
            row["said_in_time"],
            row["yes_useful"],
            row["said_useful"],
        )
        for row in rows.order_by("-asked", GROUPS[group])
    ]

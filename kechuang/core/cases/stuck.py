"""滞留清单 stuck: people in whose to-do too much waits for too long, as far as an officer's scope goes."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab.calendar import calendar
from kechuang.core.vocab.region import region

TOUCHED = Coalesce("touched_at", "since")


@dataclass(frozen=True)
class Limits:
    """界限: listed is who has more than ``waiting`` cases, ``old`` of them untouched for more than ``days``."""

    waiting: int
    old: int
    days: int


@dataclass(frozen=True)
class Stuck:
    """滞留: a person with the number of her waits, of the old ones among them, and when the oldest was last touched."""

    user: User
    teams: list[str]
    count: int
    old: int
    oldest: datetime


def limits() -> Limits:
    """The figures of the region."""
    given = region()["stuck"]
    return Limits(given["waiting"], given["old"], given["days"])


def waits(officer: Any) -> QuerySet[Case]:
    """Cases of the officer's scope that wait for somebody, with ``touched``."""
    rows = Case.objects.filter(assignee__isnull=False)
    return access.officer.filter(officer, rows).annotate(touched=TOUCHED)


def stuck(officer: Any, today: date) -> list[Stuck]:
    """Those who are stuck, the longest list of old waits first."""
    bounds = limits()
    last = calendar().before(today, bounds.days)
    old = Q(touched__lt=timezone.make_aware(datetime.combine(last, time.min)))
    rows = waits(officer).order_by().values("assignee").annotate(
        n=Count("pk"), n_old=Count("pk", filter=old), oldest=Min("touched")
    )  # fmt: skip
    found = list(rows.filter(n__gt=bounds.waiting, n_old__gte=bounds.old).order_by("-n_old", "-n"))
    people = User.objects.in_bulk([row["assignee"] for row in found])
    teams = _teams(list(people))
    return [Stuck(people[r["assignee"]], teams.get(r["assignee"], []), r["n"], r["n_old"], r["oldest"]) for r in found]


def _teams(people: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    seats = Seat.objects.filter(user__in=people, until=None, task_force__retired=False)
    for seat in seats.select_related("task_force").order_by("task_force__code"):
        found.setdefault(seat.user_id, []).append(seat.task_force.name)
    return found


def waits_of(officer: Any, person: User) -> QuerySet[Case]:
    """One person's waits in the officer's scope, the longest untouched first."""
    rows = waits(officer).filter(assignee=person).select_related("applicant", "offer", "need")
    return rows.order_by(TOUCHED, "pk")

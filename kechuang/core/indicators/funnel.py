"""漏斗 funnel: how far the needs and achievements that were collected in a period have come, stage by stage.

A stage is reached when a case enters a state whose ``milestone`` is this stage or a later one; rows declare it in their
workflows. Followed is what was collected in the period, so that every later number is a part of the one before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Min, QuerySet
from django.utils import timezone

from kechuang.core.audit.models import Event
from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import all_services
from kechuang.core.matching.queries import MAIN
from kechuang.core.matching.tallies import worthwhile
from kechuang.core.vocab.calendar import calendar

STAGES = ("collected", "evaluated", "published", "matched", "met", "signed")
# Stored matches are computed anew all the time, so that "matched" has no date; what follows it is counted from here.
SINCE = {"evaluated": "collected", "published": "evaluated", "met": "published", "signed": "met"}
WHAT = ("needs", MAIN)
GROUPS = ("month", "district", "industry")
NONE = "none"  # the group of those without district or industry


@dataclass(frozen=True)
class Asked:
    """查询条件: needs or achievements, collected in [since, until), both the first of a month."""

    what: str
    since: date
    until: date
    district: str = ""
    industry: str = ""


@dataclass(frozen=True)
class Followed:
    """一条: a listing and when it reached which stage; ``furthest`` is the place of the last one in STAGES."""

    listing: Any
    district: str
    industry: tuple[str, ...]
    furthest: int
    at: Mapping[str, datetime]

    def reached(self, stage: str) -> bool:
        """Whether it has come to this stage."""
        return STAGES.index(stage) <= self.furthest

    def keys(self, group: str) -> tuple[str, ...]:
        """Under which values of a grouping it is counted; several industries count under each."""
        if group == "month":
            return (f"{timezone.localtime(self.at['collected']):%Y-%m}",)
        return (self.district or NONE,) if group == "district" else self.industry or (NONE,)


@dataclass(frozen=True)
class Stage:
    """阶段: how many reached it, the share of the stage before, and the median of working days since the one before."""

    name: str
    count: int
    share: float | None
    days: float | None


def followed(user: Any, asked: Asked) -> list[Followed]:
    """What was collected in the period, in the officer's scope, with how far each has come; the newest first."""
    cases = access.officer.filter(user, Case.objects.filter(service=asked.what).exclude(access.PAIR))
    cases = cases.filter(opened_at__lt=_start(asked.until))
    if asked.district:
        cases = cases.filter(district="" if asked.district == NONE else asked.district)
    column = "need" if asked.what == "needs" else "offer"
    own, paired = _moments(cases), _paired(column)
    matched = set(worthwhile().order_by().values_list(column, flat=True).distinct())
    found = []
    for case in cases.select_related(f"{column}__party", "applicant"):
        listing: Any = case.subject
        reached = [*own.get(case.pk, ()), *paired.get(listing.pk, ())]
        row = _followed(case, listing, reached, is_matched=listing.pk in matched)
        if row is not None and _wanted(row, asked):
            found.append(row)
    return sorted(found, key=lambda row: row.at["collected"], reverse=True)


def _wanted(row: Followed, asked: Asked) -> bool:
    collected = timezone.localtime(row.at["collected"]).date()
    return asked.since <= collected < asked.until and (not asked.industry or asked.industry in row.keys("industry"))


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _milestones() -> dict[tuple[str, str], str]:
    return {
        (service.code, name): state.milestone
        for service in all_services()
        for name, state in service.workflow.states.items()
        if state.milestone
    }


def _moments(cases: QuerySet[Case]) -> dict[int, list[tuple[str, datetime]]]:
    """For each case the stages of the states that it has entered, with the first time of each."""
    known = _milestones()
    services = dict(cases.order_by().values_list("pk", "service"))
    states = {state for _service, state in known}
    rows = Event.objects.filter(
        subject=Case._meta.label_lower, subject_id__in=cases.order_by().values("pk"), after__state__in=states
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for pk, state, at in rows.order_by().values_list("subject_id", "after__state").annotate(first=Min("at")):
        stage = known.get((services.get(pk or 0, ""), state))
        if stage:
            found.setdefault(pk or 0, []).append((stage, at))
    return found


def _paired(column: str) -> dict[int, list[tuple[str, datetime]]]:
    """For each need or offer the stages of the cases in which it has met another side."""
    pairs = Case.objects.filter(access.PAIR)
    moments = _moments(pairs)
    found: dict[int, list[tuple[str, datetime]]] = {}
    for pk, listing in pairs.order_by().values_list("pk", f"{column}_id"):
        found.setdefault(listing, []).extend(moments.get(pk, ()))
    return found


def _followed(
    case: Case, listing: Any, reached: Iterable[tuple[str, datetime]], *, is_matched: bool
) -> Followed | None:
    moments = [(STAGES.index(stage), at) for stage, at in reached]
    if not moments:
        return None
    furthest = max(place for place, _at in moments)
    if is_matched and furthest >= STAGES.index("published"):
        furthest = max(furthest, STAGES.index("matched"))
    firsts = {stage: [at for i, at in moments if i >= place] for place, stage in enumerate(STAGES)}
    at = {stage: min(times) for stage, times in firsts.items() if times}
    return Followed(listing, case.district, tuple(listing.industry), furthest, at)


def stages(rows: Sequence[Followed]) -> list[Stage]:
    """All stages of what is followed, in their order."""
    found: list[Stage] = []
    for name in STAGES:
        count = sum(row.reached(name) for row in rows)
        before = found[-1].count if found else 0
        found.append(Stage(name, count, count / before if before else None, _days(rows, name)))
    return found


def _days(rows: Sequence[Followed], stage: str) -> float | None:
    before = SINCE.get(stage, "")
    both = [(row.at[before], row.at[stage]) for row in rows if before in row.at and stage in row.at]
    between = calendar().between
    waits = [between(timezone.localtime(a).date(), timezone.localtime(b).date()) for a, b in both]
    return median(waits) if waits else None


def grouped(rows: Sequence[Followed], group: str) -> dict[str, dict[str, int]]:
    """For each month, district or industry how many reached each stage."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        for key in row.keys(group):
            counts = found.setdefault(key, dict.fromkeys(STAGES, 0))
            for stage in STAGES[: row.furthest + 1]:
                counts[stage] += 1
    return found


def at_stage(rows: Sequence[Followed], stage: str, group: str = "", key: str = "") -> list[Followed]:
    """The rows behind one number."""
    return [row for row in rows if row.reached(stage) and (not group or key in row.keys(group))]

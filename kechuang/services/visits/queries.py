"""走访查询: visits under filters, plans that could be one, enterprises not visited for longest, problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.models import Party
from kechuang.core.vocab.calendar import calendar
from kechuang.core.vocab.region import region
from kechuang.services.visits import access
from kechuang.services.visits.models import Companion, Problem, Visit
from kechuang.services.visits.units import Unit, unit_called

JOINT_DAYS = 10  # working days within which two plans should be one, where the region says nothing; our own choice
ENDS = ("confirmed", "withdrawn", "closed")
NEVER = "never"


def joint_days() -> int:
    """Within how many working days two plans for one enterprise should be one."""
    return int(region().get("visits", {}).get("joint_days", JOINT_DAYS))


def with_everything() -> QuerySet[Visit]:
    """Visits with what their pages show."""
    return Visit.objects.select_related("case__applicant", "case__assignee", "party", "unit", "planner")


def plans(party: Party) -> QuerySet[Visit]:
    """The open plans for an enterprise, by any unit."""
    return with_everything().filter(party=party, case__state="planned").order_by("planned_on", "pk")


def _of(unit: Unit) -> Q:
    return Q(unit=unit.party) if unit.party is not None else Q(unit=None, office=unit.office)


def near(party: Party, day: date, unit: Unit) -> list[Visit]:
    """Open plans of other units for the same enterprise at about the same time."""
    days = calendar()
    since, until = days.before(day, joint_days()), days.after(day, joint_days())
    return list(plans(party).exclude(_of(unit)).filter(planned_on__range=(since, until)))


def made(party: Party) -> QuerySet[Visit]:
    """The visits to an enterprise by any unit, the last first; only day and unit are for everybody who visits."""
    return with_everything().filter(party=party, visited_on__isnull=False).order_by("-visited_on", "-pk")


def visits(user: Any, chosen: Mapping[str, str]) -> QuerySet[Visit]:
    """The visits that the user may see, under the filters of an address."""
    rows = access.see_visit.filter(user, with_everything())
    if chosen.get("mine"):
        mine = Companion.objects.filter(user=user).values("visit")
        rows = rows.filter(Q(planner=user) | Q(case__assignee=user) | Q(pk__in=mine))
    if state := chosen.get("state"):
        rows = rows.filter(case__state=state)
    if number := chosen.get("party"):
        rows = rows.filter(party=int(number))
    return _placed(rows, chosen, "").order_by(F("visited_on").desc(nulls_first=True), "planned_on", "-pk")


def _placed(rows: QuerySet[Any], chosen: Mapping[str, str], prefix: str) -> QuerySet[Any]:
    """Filtered by unit, district and month of the visit."""
    if (unit := unit_called(chosen.get("unit", ""))) is not None:
        rows = rows.filter(
            **({f"{prefix}unit": unit.party} if unit.party else {f"{prefix}unit": None, f"{prefix}office": unit.office})
        )
    if "district" in chosen:
        rows = rows.filter(case__district=chosen["district"])
    if year := chosen.get("year"):
        rows = rows.filter(**{f"{prefix}visited_on__year": int(year)})
    if month := chosen.get("month"):
        year, number = month.split("-")
        rows = rows.filter(**{f"{prefix}visited_on__year": int(year), f"{prefix}visited_on__month": int(number)})
    return rows


def problems(user: Any, chosen: Mapping[str, str], today: date) -> QuerySet[Problem]:
    """The problems that the user may see, under the filters of an address, the most urgent first."""
    rows = access.see_problem.filter(
        user, Problem.objects.select_related("case__assignee", "case__applicant", "visit__party", "visit__unit")
    )
    if chosen.get("mine"):
        rows = rows.filter(case__assignee=user)
    if state := chosen.get("state"):
        rows = rows.exclude(case__state__in=ENDS) if state == "open" else rows.filter(case__state=state)
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if chosen.get("late"):
        rows = rows.filter(case__due_on__lt=today)
    return _placed(rows, chosen, "visit__").order_by(F("case__due_on").asc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class Wanted:
    """筛选: which enterprises one looks for."""

    words: str = ""
    district: str = ""
    qualification: str = ""


def firms(user: Any, wanted: Wanted, today: date) -> QuerySet[Party]:
    """最久未走访: enterprises that the user may visit, those never or longest not visited first."""
    rows = access.visit_firm.filter(user, Party.objects.all())
    if wanted.words:
        rows = rows.filter(Q(name__icontains=wanted.words) | Q(uscc__istartswith=wanted.words))
    if wanted.district:
        rows = rows.filter(district=wanted.district)
    if wanted.qualification:
        valid = Qualification.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=today),
            Q(revoked_on=None) | Q(revoked_on__gt=today),
            party=OuterRef("pk"),
            kind=wanted.qualification,
            valid_from__lte=today,
        )
        rows = rows.filter(Exists(valid))
    last = Visit.objects.filter(party=OuterRef("pk"), visited_on__isnull=False).order_by().values("party")
    planned = Visit.objects.filter(party=OuterRef("pk"), case__state="planned").order_by("planned_on")
    rows = rows.annotate(
        last_visit=Subquery(last.annotate(day=Max("visited_on")).values("day")),
        next_plan=Subquery(planned.values("planned_on")[:1]),
    )
    return rows.order_by(F("last_visit").asc(nulls_first=True), "name")

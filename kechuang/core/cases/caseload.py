"""在办 caseload: the cases that a person follows, by clock: her own waits and those of her task forces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from kechuang.core.cases import access
from kechuang.core.cases.models import Case, Contact
from kechuang.core.cases.queries import state_of
from kechuang.core.catalogue.models import get
from kechuang.core.taskforces.queries import teams_of
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.workflow import State

SORTS = {
    "due": (F("due_on").asc(nulls_last=True), "touched", "pk"),
    "next": (F("next_on").asc(nulls_last=True), "touched", "pk"),
    "untouched": ("touched", "pk"),
}


@dataclass(frozen=True)
class Followed:
    """在办件: a case with its clock: working days since somebody last did something, and the next date."""

    case: Case
    state: State
    untouched: int
    next_on: date | None
    overdue: bool
    missed: bool  # the next date has passed


def mine(user: Any) -> QuerySet[Case]:
    """Open cases in which the wait stands in this person's to-do."""
    return _open(user, access.assignee.filter(user, Case.objects.all()))


def of_teams(user: Any) -> QuerySet[Case]:
    """Open cases of the task forces in which this person sits, whoever must act."""
    return _open(user, Case.objects.filter(task_force__in=teams_of(user).values("pk")))


def _open(user: Any, which: QuerySet[Case]) -> QuerySet[Case]:
    last = Contact.objects.filter(case=OuterRef("pk"), next_on__isnull=False).order_by("-at", "-id")
    rows = access.view_case.filter(user, which.exclude(owner=""))
    return rows.select_related("applicant", "offer", "need", "assignee", "on_behalf_of").annotate(
        touched=Coalesce("touched_at", "since"),
        next_on=Subquery(last.values("next_on")[:1], output_field=DateField()),
    )


def followed(cases: Sequence[Any], today: date) -> list[Followed]:
    """Annotated cases with their clocks."""
    days = calendar()
    return [
        Followed(
            case=case,
            state=state_of(case),
            untouched=days.between(timezone.localtime(case.touched).date(), today),
            next_on=case.next_on,
            overdue=bool(case.due_on and case.due_on < today),
            missed=bool(case.next_on and case.next_on < today),
        )
        for case in cases
    ]


@dataclass(frozen=True)
class Load:
    """工作量: how many open cases of a service a person has in a state."""

    service: str
    state: str
    count: int

    @property
    def service_label(self) -> str:
        """The name of the service."""
        return get(self.service).title

    @property
    def state_label(self) -> str:
        """The state in words."""
        return gettext(get(self.service).workflow.states[self.state].label)


def load(user: Any) -> list[Load]:
    """How many open cases a person has in each state, most first."""
    rows = mine(user).order_by().values_list("service", "state").annotate(n=Count("pk"))
    found = [Load(service, state, n) for service, state, n in rows]
    return sorted(found, key=lambda row: (-row.count, row.service, row.state))

"""滞留清单页 waits: the people of the stuck basket and their cases, in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from kechuang.core.cases import stuck
from kechuang.core.cases.ladder import name_of, quiet_days
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.parties.models import User
from kechuang.core.parties.queries import played_by
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.workflow import State


@dataclass(frozen=True)
class Person:
    """一个人: with roles, organisations, and for how many working days her oldest wait is untouched."""

    stuck: stuck.Stuck
    roles: set[str]
    parties: list[str]
    days: int


@dataclass(frozen=True)
class Wait:
    """一件待办."""

    case: Case
    name: str
    state: State
    days: int
    overdue: bool


def stuck_people(officer: Any, today: date) -> list[Person]:
    """The stuck basket of an officer."""
    rows = stuck.stuck(officer, today)
    played, days = played_by([row.user for row in rows]), calendar()
    found = []
    for row in rows:
        roles, parties = played[row.user.pk]
        quiet = days.between(timezone.localtime(row.oldest).date(), today)
        found.append(Person(row, roles, [party.name for party in parties], quiet))
    return found


def person_waits(officer: Any, person: User, today: date) -> list[Wait]:
    """What waits for one person, the longest untouched first."""
    return [
        Wait(case, name_of(case), state_of(case), quiet_days(case, today), bool(case.due_on and case.due_on < today))
        for case in stuck.waits_of(officer, person)
    ]

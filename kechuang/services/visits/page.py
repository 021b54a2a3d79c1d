"""走访页面内容 page: what the pages of an enterprise, a visit and a problem show to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.core.cases import access as cases
from kechuang.core.cases.assignment import may_take
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.market.models import Need
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import in_force, latest
from kechuang.kit.workflow import State
from kechuang.services.visits import access, queries
from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.problems import need_of
from kechuang.services.visits.units import Unit, unit_of

LAST = 5


@dataclass(frozen=True)
class Row:
    """一次走访: with its unit and state in words, and whether the reader may open it."""

    visit: Visit
    unit: Unit
    state: State
    opens: bool
    mine: bool = False


def rows(user: Any, found: Sequence[Visit]) -> list[Row]:
    """Visits of a list."""
    numbers = [visit.pk for visit in found]
    seen = set(access.see_visit.filter(user, Visit.objects.filter(pk__in=numbers)).values_list("pk", flat=True))
    along = set(access.along.filter(user, Visit.objects.filter(pk__in=numbers)).values_list("pk", flat=True))
    return [
        Row(visit, unit_of(visit), state_of(visit.case), visit.pk in seen, visit.planner == user or visit.pk in along)
        for visit in found
    ]


@dataclass(frozen=True)
class Line:
    """一条诉求: with its state in words."""

    problem: Problem
    state: State
    late: bool


def lines(found: Sequence[Problem], today: date) -> list[Line]:
    """Problems of a list."""
    return [Line(one, state_of(one.case), bool(one.case.due_on and one.case.due_on < today)) for one in found]


@dataclass(frozen=True)
class Firm:
    """一家企业: its last visits by any unit, the open plans, and the open problems as far as the reader may see."""

    party: Party
    last: list[Row]
    plans: list[Row]
    problems: list[Line]


def firm(user: Any, party: Party, today: date) -> Firm:
    """What everybody who visits sees before planning: day and unit, never what was noted."""
    chosen = {"state": "open"}
    found = queries.problems(user, chosen, today).filter(visit__party=party)
    return Firm(
        party,
        rows(user, list(queries.made(party)[:LAST])),
        rows(user, list(queries.plans(party))),
        lines(list(found[:20]), today),
    )


@dataclass(frozen=True)
class Thread:
    """线索: what a problem has led to: a need, questions on a policy."""

    need: Need | None
    may_open_need: bool
    policy: PackVersion | None
    questions: list[Case]


def thread(user: Any, problem: Problem) -> Thread:
    """Both ends as far as the reader may see them."""
    need = need_of(problem)
    policy = latest(problem.policy) if problem.policy else None
    asked = Case.objects.filter(service="policies", applicant=problem.visit.party_id, data__policy=problem.policy)
    found = list(cases.view_case.filter(user, asked).order_by("-pk")[:LAST]) if policy is not None else []
    may_open = need is not None and cases.view_case.filter(user, need.cases.all()).exists()
    return Thread(need, may_open, policy, found)


def answerers(problem: Problem) -> Any:
    """Who may be given a problem."""
    return User.objects.filter(pk__in=may_take(problem.case), is_active=True).order_by("name", "pk")


def policies(today: date) -> list[tuple[str, str]]:
    """The policies in force, by title."""
    return sorted(((version.code, version.title) for version in in_force(today)), key=lambda pair: pair[1])

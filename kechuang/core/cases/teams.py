"""专班工作量 teams: each task force with its people, the seats that are empty, and its open cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.taskforces.access import view_team
from kechuang.core.taskforces.models import Seat, TaskForce

ANY_GAP = "any"


@dataclass(frozen=True)
class TeamRow:
    """专班一行: ``people`` by role in the order of the roles; ``gaps`` are the roles in which nobody sits."""

    team: TaskForce
    people: dict[str, list[Seat]]
    gaps: list[str]
    cases: int

    @property
    def roles(self) -> list[tuple[str, list[Seat]]]:
        """The roles in words with who sits in them."""
        return [(str(Seat.Role(role).label), seats) for role, seats in self.people.items()]

    @property
    def gap_labels(self) -> list[str]:
        """The roles in which nobody sits, in words."""
        return [str(Seat.Role(role).label) for role in self.gaps]


def team_rows(user: Any, chosen: Mapping[str, str]) -> list[TeamRow]:
    """The teams of an ``industry``, a ``district``, with a ``gap`` (a role, or any); those ``retired`` if so chosen."""
    teams = view_team.filter(user, TaskForce.objects.filter(retired=bool(chosen.get("retired"))))
    if industry := chosen.get("industry"):
        teams = teams.filter(industry__contains=[industry])
    if district := chosen.get("district"):
        teams = teams.filter(districts__contains=[district])
    cases, gap = _open_cases(), chosen.get("gap", "")
    rows = [_row(team, cases) for team in _with_people(teams)]
    return [row for row in rows if not gap or gap in row.gaps or (gap == ANY_GAP and row.gaps)]


def team_row(user: Any, pk: int) -> TeamRow | None:
    """One team; None where there is none that the user may see."""
    team = _with_people(view_team.filter(user, TaskForce.objects.filter(pk=pk))).first()
    return _row(team, _open_cases()) if team else None


def team_cases(user: Any, team: TaskForce) -> QuerySet[Case]:
    """The open cases of a team as far as the user may see them, the most urgent first."""
    rows = access.view_case.filter(user, Case.objects.exclude(owner="").filter(task_force=team))
    return rows.select_related("applicant", "offer", "need", "assignee", "on_behalf_of").order_by("due_on", "since")


def _with_people(teams: QuerySet[TaskForce]) -> QuerySet[TaskForce]:
    seats = Seat.objects.filter(until=None, user__is_active=True).select_related("user").order_by("since", "pk")
    return teams.select_related("platform").prefetch_related(Prefetch("seats", queryset=seats))


def _open_cases() -> dict[int | None, int]:
    rows = Case.objects.exclude(owner="").order_by().values_list("task_force")
    return dict(rows.annotate(n=Count("pk")))


def _row(team: TaskForce, cases: Mapping[int | None, int]) -> TeamRow:
    seats = list(team.seats.all())
    people = {role: [s for s in seats if s.role == role] for role in Seat.Role.values}
    return TeamRow(team, people, [role for role, sitting in people.items() if not sitting], cases.get(team.pk, 0))

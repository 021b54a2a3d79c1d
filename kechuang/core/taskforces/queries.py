"""专班查询: the team that is to follow something up, and why; members; the teams of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.core.parties.models import Party
from kechuang.core.taskforces.access import seated
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab

# What a fit is worth: one of the platform outweighs one of industry and district together.
PLATFORM, INDUSTRY, DISTRICT = 4, 2, 1


@dataclass(frozen=True)
class Route:
    """分派: the team, and in words why it is this one."""

    task_force: TaskForce
    reasons: list[str]


def live_teams() -> QuerySet[TaskForce]:
    """The teams that take new work."""
    return TaskForce.objects.filter(retired=False).select_related("platform")


def route(*, industry: Sequence[str], district: str, party: Party | None) -> Route | None:
    """The team for something of these industries, in this district, of this party (the owner of a platform).

    A team bound to the party's platform comes first, then one for the industry, then one for the district; a team
    that is bound to other industries or districts does not come into question, one that is bound to nothing is the
    last resort. Equals go to the team that cares for less, which knows it better.
    """
    best: tuple[int, TaskForce] | None = None
    for team in live_teams():
        worth = _worth(team, set(industry), district, party)
        if worth is not None and (best is None or (worth, _focus(team)) > (best[0], _focus(best[1]))):
            best = (worth, team)
    return Route(best[1], _reasons(best[1], industry, district, party)) if best else None


def _focus(team: TaskForce) -> tuple[bool, bool, int, int]:
    """How closely a team is bound; a platform that is not asked for counts against it."""
    districts = len(team.districts) or 99
    return team.platform_id is None, bool(team.industry), -len(team.industry), -districts


def _worth(team: TaskForce, industry: set[str], district: str, party: Party | None) -> int | None:
    worth = 0
    if party is not None and team.platform_id == party.pk:
        worth += PLATFORM
    if industry & set(team.industry):
        worth += INDUSTRY
    if district in team.districts:
        worth += DISTRICT
    strange = (team.industry and not industry & set(team.industry)) or (
        team.districts and district not in team.districts
    )
    return None if strange and worth < PLATFORM else worth


def _reasons(team: TaskForce, industry: Sequence[str], district: str, party: Party | None) -> list[str]:
    reasons = []
    if party is not None and team.platform_id == party.pk:
        reasons.append(_("专班服务于{name}").format(name=party.name))
    if shared := [vocab.label("industry", code) for code in industry if code in team.industry]:
        reasons.append(_("产业：{names}").format(names="、".join(shared)))
    if district in team.districts:
        reasons.append(_("区市：{name}").format(name=vocab.label("district", district)))
    return reasons or [_("没有更对口的专班，由综合专班跟进")]


def members(task_force: TaskForce, role: str = "") -> QuerySet[Seat]:
    """Who sits in the team now (in this role), by role and length of service; nobody whose account is closed."""
    rows = Seat.objects.filter(task_force=task_force, until=None, user__is_active=True)
    rows = rows.filter(role=role) if role else rows
    return rows.select_related("user").order_by("since", "pk")


def teams_of(user: Any) -> QuerySet[TaskForce]:
    """The teams in which the user sits."""
    if not user.is_authenticated:
        return TaskForce.objects.none()
    return TaskForce.objects.filter(pk__in=seated(user))

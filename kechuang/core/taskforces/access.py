"""专班权限: who sits in which team, and who may change teams."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.core.parties.access import is_city_officer, narrowed
from kechuang.core.taskforces.models import Seat
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.kit.refusal import NotAllowed


def seated(user: Any, *roles: str) -> QuerySet[Seat, int]:
    """Numbers of the teams in which the user sits (in one of these roles), as a subquery."""
    rows = Seat.objects.none() if narrowed(user) else Seat.objects.filter(user=user, until=None)
    return (rows.filter(role__in=roles) if roles else rows).values_list("task_force_id", flat=True)


def member_of(field: str, *roles: str) -> Rule:
    """专班成员: rows whose column ``field`` names a team in which the user sits (in one of these roles)."""
    return signed_in(lambda user: Q(**{f"{field}__in": seated(user, *roles)}))


member = member_of("pk")
# Everybody who has signed in may know who is in a team.
view_team = signed_in(lambda _user: EVERYTHING)
manage_team = signed_in(lambda user: EVERYTHING if is_city_officer(user) else NOTHING)


def require_manager(user: Any) -> None:
    """Teams are set up by officers of the whole city: raises NotAllowed for everybody else."""
    if not is_city_officer(user):
        raise NotAllowed(_("服务专班由市级主管部门设立和调整。如需调整，请联系市级主管部门。"))

"""主体权限: who acts for a party, who supervises it, who gives posts."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.core.parties.models import Mandate, Party, Post
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.kit.refusal import NotAllowed


def narrowed(user: Any) -> bool:
    """Whether the user comes with a key that acts for one party alone."""
    return getattr(user, "only_for", None) is not None


def my_parties(user: Any) -> QuerySet[Mandate, int]:
    """Numbers of the parties that the user acts for, as a subquery."""
    rows = Mandate.objects.filter(user=user, state=Mandate.State.ACTIVE)
    return (rows.filter(party=user.only_for) if narrowed(user) else rows).values_list("party_id", flat=True)


def administered(user: Any) -> QuerySet[Mandate, int]:
    """Numbers of the parties that the user administers, as a subquery."""
    return my_parties(user).filter(role=Mandate.Role.ADMIN)


def posts(user: Any, role: str) -> QuerySet[Post]:
    """The posts in force that the user holds in this role."""
    return Post.objects.none() if narrowed(user) else Post.objects.filter(user=user, role=role, until=None)


def scopes_of(user: Any, role: str) -> list[str]:
    """The districts of the posts that the user holds in this role; asked once where the user remembers (``scopes``)."""
    if narrowed(user):
        return []
    known: dict[str, list[str]] | None = getattr(user, "scopes", None)
    if known is not None and role in known:
        return known[role]
    found = list(posts(user, role).values_list("district", flat=True))
    if known is not None:
        known[role] = found
    return found


def in_scope(user: Any, role: str, district_field: str) -> Q:
    """Rows whose district lies in the user's scope under this role; a post without district sees the whole city."""
    scopes = scopes_of(user, role)
    if not scopes:
        return NOTHING
    return EVERYTHING if "" in scopes else Q(**{f"{district_field}__in": scopes})


def officer_of(district_field: str) -> Rule:
    """主管部门: officers whose scope covers the row's district; rows without district belong to the city."""
    return signed_in(lambda user: in_scope(user, Post.Role.OFFICER, district_field))


def holder_of(role: str) -> Rule:
    """Whoever holds a post in this role sees every row."""
    return signed_in(lambda user: EVERYTHING if scopes_of(user, role) else NOTHING)


def is_city_officer(user: Any) -> bool:
    """Whether the user is an officer of the whole city."""
    return user.is_authenticated and "" in scopes_of(user, Post.Role.OFFICER)


def _supervised(user: Any) -> QuerySet[Party]:
    return Party.objects.filter(in_scope(user, Post.Role.OFFICER, "district"))


def holds_office(user: Any) -> bool:
    """Whether the user is an officer, of the city or of a district."""
    return user.is_authenticated and bool(scopes_of(user, Post.Role.OFFICER))


def require_officer(user: Any) -> None:
    """Pages of officers: raises NotAllowed for everybody else."""
    if not holds_office(user):
        raise NotAllowed(_("这个页面由主管部门使用。如果您是主管部门工作人员，请联系市级管理员为您设置岗位。"))


def require_scope(user: Any, district: str) -> None:
    """Organisations are registered by officers of their district or of the city: raises for everybody else."""
    require_officer(user)
    if not posts(user, Post.Role.OFFICER).filter(district__in=["", district]).exists():
        words = _("只能登记本辖区的单位。其他区市的单位请由当地或市级主管部门登记。")
        raise NotAllowed(words, fields={"district": words})


def require_city_officer(user: Any) -> None:
    """Posts are given by officers of the whole city: raises NotAllowed for everybody else."""
    if not is_city_officer(user):
        raise NotAllowed(_("岗位由市级主管部门任免。如需调整，请联系市级主管部门。"))


acts_for = signed_in(lambda user: Q(pk__in=my_parties(user)))
administers = signed_in(lambda user: Q(pk__in=administered(user)))
supervises = officer_of("district")
view_party = Rule(lambda _user: ~Q(kind="person"))
see_people = acts_for | supervises
decide_mandate = signed_in(lambda user: Q(party__in=administered(user))) | signed_in(
    lambda user: Q(party__in=_supervised(user))
)
own_mandate = signed_in(lambda user: Q(user=user))
see_mandate = own_mandate | decide_mandate | signed_in(lambda user: Q(party__in=my_parties(user)))
see_post = Rule(lambda user: EVERYTHING if is_city_officer(user) else NOTHING)

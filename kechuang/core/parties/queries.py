"""主体查询: the parties and roles of a user."""

from typing import Any

from django.db.models import QuerySet

from kechuang.core.parties import access
from kechuang.core.parties.models import Mandate, Party, Post

# The role that a person of such a party plays; parties of other kinds act as institutions.
_ROLE_OF_KIND = {"enterprise": "enterprise", "person": "enterprise"}


def parties_of(user: Any) -> QuerySet[Party]:
    """The parties that the user acts for."""
    if not user.is_authenticated:
        return Party.objects.none()
    return access.acts_for.filter(user, Party.objects.all())


def roles_of(user: Any) -> set[str]:
    """The roles that the user plays: enterprise, institution, officer, broker, platform_head, expert, financier."""
    if not user.is_authenticated:
        return set()
    roles = set(Post.objects.filter(user=user, until=None).values_list("role", flat=True))
    kinds = parties_of(user).values_list("kind", flat=True)
    return roles | {_ROLE_OF_KIND.get(kind, "institution") for kind in kinds}


def colleagues(party: Party) -> QuerySet[Mandate]:
    """Live mandates of a party, requests first."""
    rows = Mandate.objects.filter(party=party).exclude(state=Mandate.State.ENDED)
    return rows.select_related("user").order_by("-state", "requested_at")


def party_by_code(uscc: str) -> Party | None:
    """The organisation with this credit code."""
    return Party.objects.filter(uscc=uscc).first()


def officers(district: str) -> QuerySet[Post]:
    """Posts of officers whose scope covers the district; the district's own officers come first."""
    return Post.objects.filter(role=Post.Role.OFFICER, until=None, district__in=["", district]).order_by("-district")

"""主体查询: the parties and roles of a user."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.core.parties import access
from kechuang.core.parties.models import Mandate, Party, Post, User

# The role that a person of such a party plays; parties of other kinds act as institutions. Whoever works for a
# department of the government has the role of her post.
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
    held = Post.objects.none() if access.narrowed(user) else Post.objects.filter(user=user, until=None)
    roles = set(held.values_list("role", flat=True))
    kinds = parties_of(user).values_list("kind", flat=True)
    return roles | {_ROLE_OF_KIND.get(kind, "institution") for kind in kinds if kind != "government"}


def played_by(users: Collection[User]) -> dict[int, tuple[set[str], list[Party]]]:
    """The roles and the parties of several people, by their numbers; in two queries."""
    found: dict[int, tuple[set[str], list[Party]]] = {user.pk: (set(), []) for user in users}
    for user, role in Post.objects.filter(user__in=found, until=None).values_list("user", "role"):
        found[user][0].add(role)
    held = Mandate.objects.filter(user__in=found, state=Mandate.State.ACTIVE).select_related("party")
    for mandate in held.order_by("party__name"):
        roles, parties = found[mandate.user_id]
        parties.append(mandate.party)
        if mandate.party.kind != "government":
            roles.add(_ROLE_OF_KIND.get(mandate.party.kind, "institution"))
    return found


def parties_in_roles(user: Any, roles: Collection[str]) -> QuerySet[Party]:
    """The parties for which the user may act in one of these roles; who holds such a post acts for any of hers."""
    mine = parties_of(user)
    if user.is_authenticated and any(access.posts(user, role).exists() for role in roles):
        return mine
    fits = Q(kind__in=[kind for kind, role in _ROLE_OF_KIND.items() if role in roles])
    return mine.filter(fits | ~Q(kind__in=_ROLE_OF_KIND) if "institution" in roles else fits)


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


def mandates_of(user: Any) -> QuerySet[Mandate]:
    """The user's own mandates: requests and live ones first, then what has ended."""
    return Mandate.objects.filter(user=user).select_related("party").order_by("decided_at", "-requested_at")


def deciders(party: Party) -> QuerySet[User]:
    """Who decides about requests to join: the party's admins, or the officers where it has none."""
    admins = User.objects.filter(
        pk__in=Mandate.objects.filter(party=party, role=Mandate.Role.ADMIN, state=Mandate.State.ACTIVE).values(
            "user_id"
        )
    )
    return admins if admins.exists() else User.objects.filter(pk__in=officers(party.district).values("user_id"))


def unverified(user: Any) -> QuerySet[Party]:
    """Organisations in the officer's scope that wait for verification; those sent back come last."""
    rows = Party.objects.filter(verified_at=None).exclude(kind="person")
    return access.supervises.filter(user, rows).order_by("returned_for", "created_at", "pk")


def registered(user: Any) -> QuerySet[Party]:
    """All organisations with a credit code in the officer's scope, the last registered first."""
    rows = Party.objects.exclude(kind="person").exclude(uscc=None)
    return access.supervises.filter(user, rows).order_by("-created_at", "-pk")


def requests_without_admin(user: Any) -> QuerySet[Mandate]:
    """Requests to join that only an officer can decide, since the party has no admin."""
    led = Mandate.objects.filter(role=Mandate.Role.ADMIN, state=Mandate.State.ACTIVE).values("party_id")
    rows = Mandate.objects.filter(state=Mandate.State.REQUESTED).exclude(party__in=led)
    in_scope = access.supervises.filter(user, Party.objects.all()).values("pk")
    return rows.filter(party__in=in_scope).select_related("party", "user").order_by("requested_at")


def posts_in_force(user: Any) -> QuerySet[Post]:
    """All posts that are held now, for those who give them."""
    rows = Post.objects.filter(until=None).select_related("user", "party")
    return access.see_post.filter(user, rows).order_by("role", "district", "since")


def user_by_email(email: str) -> User | None:
    """The person with this login address, in any letter case."""
    return User.objects.filter(email__iexact=email.strip()).first()

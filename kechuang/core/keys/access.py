"""密钥权限: one's own keys, and which scopes a person can use at all."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q

from kechuang.core.catalogue.models import all_services
from kechuang.core.keys.models import Scope
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import parties_in_roles
from kechuang.kit.access import signed_in

own_key = signed_in(lambda user: Q(user=user))

_HANDLERS = (Post.Role.OFFICER, Post.Role.BROKER, Post.Role.PLATFORM_HEAD)
_JUDGES = (Post.Role.OFFICER, Post.Role.BROKER)


def _publishes(user: Any, party: Party | None) -> bool:
    """Whether she may publish anything, for this party or for any."""
    found = (parties_in_roles(user, s.audience) for s in all_services() if s.form)
    return any((rows.filter(pk=party.pk) if party else rows).exists() for rows in found)


def _acts(user: Any, party: Party | None, roles: tuple[Post.Role, ...]) -> bool:
    """Whether she acts for a party, or holds one of the posts; a key for one party alone has nothing of her posts."""
    if party is not None:
        return parties.my_parties(user).filter(party=party).exists()
    return parties.my_parties(user).exists() or any(parties.posts(user, role).exists() for role in roles)


_USABLE: Mapping[str, Callable[[Any, Party | None], bool]] = {
    Scope.READ_PUBLIC: lambda _user, _party: True,
    Scope.READ_OWN: lambda user, party: party is None or _acts(user, party, ()),
    Scope.WRITE_LISTINGS: _publishes,
    Scope.WRITE_CASES: lambda user, party: _acts(user, party, _HANDLERS),
    Scope.JUDGE: lambda user, party: _acts(user, party, _JUDGES),
}


def usable_scopes(user: Any, party: Party | None = None) -> list[Scope]:
    """The scopes that the person can use now; wider ones are refused when a key is made."""
    return [scope for scope in Scope if _USABLE[scope](user, party)]

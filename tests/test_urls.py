"""所有网址 × 所有角色: every address has a line in the table, answers as it says, and never with 500."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.url_table import DONE, LOGIN, ROLES, SECTIONS, Visit
from tests.world import World

MAY = {200, 201, 204, 302, 409, 422, 428}


def names(resolver: Any, space: str = "") -> Iterator[str]:
    """The names of all addresses; an address without a name is known by its route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def test_every_address_is_in_the_table_and_the_table_names_no_other() -> None:
    there, listed = set(names(get_resolver())), {name for section in SECTIONS.values() for name in section}
    assert sorted(there - listed) == [], "add these to tests/url_table.py"
    assert sorted(listed - there) == [], "these are gone"


class Crowd:
    """All roles, each in a browser of its own; what a request changes is undone."""

    def __init__(self, world: World) -> None:
        self.clients = {role: Client(raise_request_exception=False) for role in ROLES}
        for role in ROLES[1:]:
            self.clients[role].force_login(world.city.people()[role])

    def answer(self, role: str, method: str, url: str, data: Any = None, *, json: bool = False) -> int | str:
        """The status; the redirect to the login page by its name."""
        client = self.clients[role]
        kept = {name: cookie.value for name, cookie in client.cookies.items()}
        cache.clear()
        with transaction.atomic():
            given = {"content_type": "application/json"} if json and method != "get" else {}
            response = getattr(client, method)(url, data or {}, **given)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(kept)
        login = reverse("account_login")
        to_login = response.status_code == 302 and response["Location"].split("?")[0] == login != url
        return LOGIN if to_login else int(response.status_code)


def wrong(crowd: Crowd, name: str, visit: Visit, world: World) -> Iterator[str]:
    """What the roles get that the table does not say."""
    url = reverse(name, kwargs=visit.kwargs(world))
    posts = visit.post or {"engineer": 405}
    for method, expected in {"get": visit.get, "post": posts, **visit.others}.items():
        for role, status in expected.items():
            got = crowd.answer(role, method, url, visit.data if method != "get" else None, json=visit.json)
            if got != status and not (status == DONE and got in MAY):
                yield f"{method.upper()} {url} as {role}: {got}, not {status}"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_role_gets_what_the_table_says(world: World, settings: Any, section: str) -> None:
    settings.DEMO = True
    crowd = Crowd(world)
    visits = [(name, visit) for name, found in SECTIONS[section].items() for visit in found]
    assert [line for name, visit in visits for line in wrong(crowd, name, visit, world)] == []

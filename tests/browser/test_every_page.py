"""每一页: every address that shows a page is accessible and fits 1280 and 375 px; the table covers new addresses.

The pages are those of Django's test client in the world of tests/world.py; the browser gets them without a server, with
style and scripts, but without what pages load afterwards.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Route

from tests.browser.conftest import Faults
from tests.url_table import SECTIONS, Visit
from tests.world import World

pytestmark = pytest.mark.browser
BASE = "http://city.example"


STATIC: dict[str, dict[str, Any]] = {}


def static_file(path: str, files: Client) -> dict[str, Any]:
    """A style sheet or script, read once."""
    if path not in STATIC:
        response: Any = files.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        STATIC[path] = {"status": response.status_code, "content_type": response.get("Content-Type", ""), "body": body}
    return STATIC[path]


def answering(bodies: dict[str, bytes], files: Client) -> Callable[[Route], None]:
    """Answers what the page asks for: the page itself, style and scripts."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in bodies:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=bodies[path])
        elif path.startswith("/static/"):
            route.fulfill(**static_file(path, files))
        else:
            route.abort()

    return answer


def reader(visit: Visit) -> str | None:
    """A role that gets the page: somebody signed in before a visitor."""
    may = [role for role, status in visit.get.items() if status == 200]
    return next((role for role in may if role != "anonymous"), may[0] if may else None)


def pages(section: str, world: World, clients: dict[str, Client]) -> list[tuple[str, str, str, bytes]]:
    """Name, role, address and content of every page of a section."""
    found = []
    for name, visits in SECTIONS[section].items():
        for visit in visits:
            role = reader(visit)
            if role is None:
                continue
            url = reverse(name, kwargs=visit.kwargs(world))
            cache.clear()
            response = clients[role].get(url)
            html = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
            if html and b"<html" in response.content[:400]:
                found.append((name, role, url, response.content))
    return found


@pytest.mark.parametrize("section", SECTIONS)
def test_every_page_is_accessible_and_fits(
    chromium: Browser, faults: Faults, world: World, settings: Any, section: str
) -> None:
    settings.DEMO = True
    people = world.city.people()
    clients = {role: Client(raise_request_exception=False) for role in ("anonymous", *people)}
    for role, user in people.items():
        clients[role].force_login(user)
    found: dict[str, object] = {}
    looked_at = pages(section, world, clients)
    bodies = {url: body for _name, _role, url, body in looked_at}
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.route("**/*", answering(bodies, Client()))
    for name, role, url, _body in looked_at:
        page.goto(BASE + url)
        found |= faults(page, f"{name} ({role})")
    context.close()
    assert found == {}

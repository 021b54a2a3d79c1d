"""浏览器夹具: headless Chromium against a live server; skipped with a printed reason where there is none."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from kechuang.core.parties.models import User
from tests.city import City

# The synchronous Playwright keeps an event loop in the test's thread, where Django then refuses to query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"

# A page that is not there is a page, too.
EXPECTED = "status of 404 (Not Found)"

Open = Callable[..., Page]
Faults = Callable[[Page, str], dict[str, object]]
WIDTHS = (1280, 375)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TWICE = "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"没有找到 Chromium（{'、'.join(NAMES)}），跳过浏览器测试 · no Chromium found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, live_city: City) -> Iterator[Open]:
    """Opens a path as somebody, at a width; fails the test when the page's console shows an error."""
    contexts, errors = [], []

    def open_(path: str, *, user: User | None = None, width: int = 1280) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=live_server.url, locale="zh-CN", bypass_csp=False
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" and EXPECTED not in m.text else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def faults(axe: Callable[[Page], list[str]]) -> Callable[[Page, str], dict[str, object]]:
    """What is wrong with the page that is open: names used twice; at each width what axe finds, and sideways scroll."""

    def check(page: Page, name: str) -> dict[str, object]:
        found: dict[str, object] = {}
        if twice := page.evaluate(TWICE):
            found[f"{name} has names twice"] = twice
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if wrong := axe(page):
                found[f"{name} ({width})"] = wrong
            if (more := page.evaluate(WIDER)) > 0:
                found[f"{name} ({width}) scrolls sideways"] = more
        return found

    return check


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds serious or critical on a page, in short."""
    source = AXE.read_text("utf-8")

    def check(page: Page) -> list[str]:
        # evaluate() runs beside the page's own content security policy, which stays strict
        if page.evaluate("!window.axe"):
            page.evaluate(source)
        found = page.evaluate("() => axe.run({resultTypes: ['violations']})")
        return [
            f"{v['id']}: {v['nodes'][0]['html'][:120]}"
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    return check

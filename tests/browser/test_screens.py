"""首页、漏斗、大屏: accessible, without horizontal scroll, and the screen that goes on when the server is gone."""

import pytest
from django.core.cache import cache

from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Faults, Open
from tests.city import City, published

pytestmark = pytest.mark.browser
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TALLER = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


def test_homes_funnel_and_hall_are_accessible_and_fit(open_page: Open, faults: Faults, live_city: City) -> None:
    published(live_city, "achievements")
    published(live_city, "needs")
    embed_pending()
    cache.clear()
    found: dict[str, object] = {}
    looked_at = {"officer": ["/desk/", "/funnel/", "/funnel/list/"], "engineer": ["/desk/"], "": ["/hall/"]}
    for name, paths in looked_at.items():
        user = live_city.people()[name] if name else None
        page = open_page("/healthz", user=user)
        for path in paths:
            page.goto(path)
            found |= faults(page, f"{name} {path}")
    assert found == {}


def test_the_hall_fills_its_screen_and_says_when_the_data_stopped(open_page: Open, live_city: City) -> None:
    published(live_city, "achievements")
    embed_pending()
    cache.clear()
    page = open_page("/healthz", width=1920)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/hall/")
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(TALLER) == 0
    before = page.inner_text("#live")
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:sendError'))")
    assert page.inner_text("#stale").startswith("数据停在")
    assert page.inner_text("#live") == before
    page.evaluate("htmx.ajax('GET', '/hall/', {target: '#live', swap: 'innerHTML'})")
    page.wait_for_function("document.getElementById('stale').textContent === ''")
    assert page.locator(".hall-live").count() == 1

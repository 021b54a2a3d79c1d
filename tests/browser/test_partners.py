"""联盟与结对页面: accessible and without sideways scroll; a visitor's words survive the login."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Open
from tests.city import PASSWORD, City, published
from tests.partners import Partners, partners

pytestmark = pytest.mark.browser
WORDS = "想请平台看看封装胶为什么进水汽。"


def _platform(city: City) -> int:
    offer, _ = published(
        city, "platforms", title="示例封装中试基地", kind="pilot-base", level="city", pairing="open", district="370281"
    )
    return int(offer.pk)


def _paths(found: Partners, platform: int) -> dict[str, list[str]]:
    alliance = f"/alliances/{found.alliance.pk}/"
    public = [
        "/alliances/",
        alliance,
        f"{alliance}activities/",
        f"/activities/{found.activity.pk}/",
        f"/s/platforms/{platform}/",
        f"/platforms/{platform}/ask/",
    ]
    own = [
        "/pairings/",
        f"/cases/{found.pairing.pk}/",
        f"/cases/{found.membership.pk}/",
        f"{alliance}scores/",
        f"{alliance}activities/new/",
        f"/cases/{found.held.case_id}/activity/report/",
        f"/platforms/{platform}/ask/",
    ]
    office = [
        f"{alliance}members/",
        f"{alliance}edit/",
        f"/cases/{found.application.pk}/",
        f"/activities/{found.held.pk}/",
    ]
    return {"": public, "engineer": own, "officer": office}


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_of_partners_are_accessible_and_fit(
    width: int, open_page: Open, axe: Callable[[Page], list[str]], live_city: City
) -> None:
    platform = _platform(live_city)
    offer = live_city.university.offers.get(pk=platform)
    paths = _paths(partners(live_city, offer), platform)
    embed_pending()
    found: dict[str, object] = {}
    for name, addresses in paths.items():
        user = live_city.people()[name] if name else None
        page = open_page("/healthz", user=user, width=width)
        for path in addresses:
            page.goto(path)
            if wrong := axe(page):
                found[f"{name} {path}"] = wrong
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found[f"{name} {path} width"] = wide
    assert found == {}


def test_a_visitor_asks_a_platform_and_finds_her_words_after_the_login(open_page: Open, live_city: City) -> None:
    platform = _platform(live_city)
    embed_pending()
    page = open_page(f"/s/platforms/{platform}/")
    page.get_by_role("link", name="一键联系").first.click()
    page.get_by_label("问一个问题").check()
    page.get_by_label("说明").fill(WORDS)
    page.get_by_role("button", name="下一步").click()
    page.locator("#id_login").fill("engineer@test.example")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    assert page.get_by_label("说明").input_value() == WORDS
    page.get_by_role("button", name="送出").click()
    page.get_by_text("已送达平台").wait_for()
    assert "待平台回应" in page.content()

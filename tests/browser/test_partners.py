"""联盟与结对页面: a visitor's words survive the login."""

import pytest

from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Open
from tests.city import PASSWORD, City, published

pytestmark = pytest.mark.browser
WORDS = "想请平台看看封装胶为什么进水汽。"


def _platform(city: City) -> int:
    offer, _ = published(
        city, "platforms", title="示例封装中试基地", kind="pilot-base", level="city", pairing="open", district="370281"
    )
    return int(offer.pk)


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

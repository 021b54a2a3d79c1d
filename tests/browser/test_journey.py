"""主线: a typed need, its answer, suggestions by keyboard, and a verdict that changes the order without a reload."""

import pytest
from playwright.sync_api import expect

from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Open
from tests.city import City, published

pytestmark = pytest.mark.browser
TYPED = "海边的薄膜光伏板进水汽发黄，想找不用高温的密封办法"
OTHER = {
    "title": "光伏组件边缘密封胶带",
    "summary": "薄膜光伏组件边缘用的丁基密封胶带，常温施工，阻挡水汽。",
    "text": "丁基密封胶带在常温下贴合薄膜光伏组件边缘，水汽透过率低，海边户外三年功率衰减小于百分之五。",
    "keywords": ["光伏", "密封", "水汽"],
    "code": "other",
}


def test_a_need_typed_on_the_home_page_is_answered_with_reasons(open_page: Open, live_city: City) -> None:
    offer, _ = published(live_city, "achievements")
    embed_pending()
    page = open_page("/")
    page.locator("#need").fill(TYPED)
    page.get_by_role("button", name="看看谁能解决").click()
    answer = page.locator(f"#a{offer.pk}")
    expect(answer.get_by_role("link", name=offer.title)).to_be_visible()
    expect(answer.locator(".kc-reasons")).to_contain_text("逐词对照")
    expect(answer.locator(".kc-sentence")).to_contain_text("最接近的一句")


def test_pinyin_initials_suggest_and_the_keyboard_chooses(open_page: Open, live_city: City) -> None:
    offer, _ = published(live_city, "achievements")
    page = open_page("/s/needs/")
    box = page.get_by_role("combobox")
    with page.expect_response(lambda response: "gtkt" in response.url):  # earlier answers would be replaced by this one
        box.press_sequentially("gtkt", delay=30)
    option = page.get_by_role("option").filter(has_text=offer.title)
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(offer.title)


def test_a_verdict_moves_the_answer_at_once(open_page: Open, live_city: City) -> None:
    first, _ = published(live_city, "achievements")
    second, _ = published(live_city, "achievements", **OTHER)
    need, _ = published(live_city, "needs")
    embed_pending()
    page = open_page(f"/s/needs/{need.pk}/match/", user=live_city.engineer)
    page.evaluate("window.untouched = true")
    for offer in (first, second):
        card = page.locator(f"#a{offer.pk}")
        card.locator("select").select_option("known")
        card.get_by_role("button", name="不合适").click()
        expect(page.locator("details .kc-answer").filter(has_text=offer.title)).to_be_visible()
    page.locator(f"#a{second.pk}").get_by_role("button", name="撤销评判").click()
    expect(page.locator("#answers > .kc-answer")).to_have_count(1)
    expect(page.locator("#answers > .kc-answer h3")).to_contain_text(second.title)
    assert page.evaluate("window.untouched") is True

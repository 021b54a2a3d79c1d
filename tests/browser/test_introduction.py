"""从难题到意向书: three people in three browsers, from the words typed on the home page to the signed letter."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kechuang.core.cases.models import Case
from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Open
from tests.city import NEED, City, published, task_force

pytestmark = pytest.mark.browser
TYPED = NEED["text"]


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def describe(page: Page) -> None:
    """Fill in what the typed need leaves open, and hand it in."""
    page.get_by_label("名称").first.fill("光伏板受潮掉功率")
    page.get_by_label("绿色能源").check()
    page.locator("#id_district").select_option("370281")
    page.locator("#id_kind").select_option("research")
    page.locator("#id_budget_min").fill("30")
    page.locator("#id_budget_max").fill("80")
    page.locator("[name='targets.name']").first.fill("一年功率衰减")
    page.locator("[name='targets.wanted']").first.fill("5")
    page.locator("#id_deadline_on").fill("2099-06-30")
    page.get_by_role("button", name="保存并提交审核").click()
    again = page.get_by_role("button", name="仍要提交审核").first
    expect(again.or_(page.get_by_text("已提交审核"))).to_be_visible()
    if again.is_visible():
        again.click()
    expect(page.get_by_text("已提交审核")).to_be_visible()


def test_a_typed_need_becomes_a_signed_letter(open_page: Open, live_city: City, axe: Any, tmp_path: Path) -> None:
    task_force(live_city)
    offer, _ = published(live_city, "achievements")
    embed_pending()
    asker = open_page("/", user=live_city.engineer)
    asker.locator("#need").fill(TYPED)
    asker.get_by_role("button", name="看看谁能解决").click()
    asker.locator(f"#a{offer.pk}").get_by_role("link", name="请求对接").click()
    asker.get_by_role("link", name="描述一个新的需求").click()
    expect(asker.locator("#id_text")).to_have_value(TYPED)
    describe(asker)
    publication = Case.objects.get(service="needs")

    officer = open_page(f"/cases/{publication.pk}/", user=live_city.officer)
    officer.get_by_role("button", name="审核通过并发布").click()
    expect(officer.get_by_role("status").filter(has_text="已办理")).to_be_visible()
    embed_pending()

    asker.goto(f"/s/needs/{publication.need_id}/match/")
    asker.locator(f"#a{offer.pk}").get_by_role("link", name="请求对接").click()
    asker.get_by_label("希望怎样对接").fill("想先看样品")
    assert axe(asker) == []
    asker.get_by_role("button", name="发起对接").click()
    expect(asker.get_by_text("已发起对接")).to_be_visible()

    broker = open_page("/introductions/?list=team", user=live_city.broker)
    assert axe(broker) == []
    broker.get_by_role("link", name="光伏板受潮掉功率").click()
    broker.get_by_role("button", name="我来跟进").click()
    expect(broker.get_by_text("已由您跟进")).to_be_visible()
    broker.get_by_label("联系对象").fill("需求方 示例工程师")
    broker.get_by_label("方式").select_option("phone")
    broker.get_by_label("结果").select_option("met")
    broker.get_by_role("button", name="保存记录").click()
    expect(broker.locator(".kc-road .kc-here")).to_have_text("已见面")
    for step, state in (("进入洽谈", "洽谈中"), ("准备签意向书", "意向书待签")):
        broker.get_by_role("button", name=step).click()
        expect(broker.locator(".kc-road .kc-here")).to_have_text(state)
    assert axe(broker) == []

    letter = tmp_path / "意向书.pdf"
    letter.write_bytes(b"%PDF-1.7 letter of intent")
    asker.reload()
    asker.get_by_text("登记已签的意向书…").click()
    asker.get_by_label("双方签署的意向书").set_input_files(letter)
    asker.get_by_role("button", name="上传并登记").click()
    expect(asker.get_by_text("意向书已登记，对接完成")).to_be_visible()
    expect(asker.locator(".kc-road .kc-here")).to_have_text("意向书已签")


def test_a_narrow_screen_shows_the_case_without_sideways_scroll(open_page: Open, live_city: City, axe: Any) -> None:
    task_force(live_city)
    offer, _ = published(live_city, "achievements")
    need, _ = published(live_city, "needs")
    page = open_page(f"/introductions/new/?need={need.pk}&offer={offer.pk}", user=live_city.professor, width=375)
    page.get_by_role("button", name="发起对接").click()
    expect(page.get_by_text("已发起对接")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert axe(page) == []
    page.goto("/introductions/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375

"""白名单在浏览器里: one officer runs the list, another approves, a bank sees who consented, a firm appeals."""

import pytest

from kechuang.services.credit.tests.bureau import bureau
from kechuang.web import clock
from tests.browser.conftest import Open
from tests.city import NOW, City

pytestmark = pytest.mark.browser
BANK = "/credit/firms/"


@pytest.fixture(autouse=True)
def _day_of_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)


def test_a_list_is_run_approved_seen_by_a_bank_and_appealed_against(open_page: Open, live_city: City) -> None:
    made = bureau(live_city)
    officer = open_page("/credit/lists/", user=live_city.officer)
    officer.get_by_role("button", name="对全部企业运行").click()
    assert "由另一位市级工作人员审定" in officer.inner_text("main")
    assert officer.get_by_role("button", name="审定并发布").count() == 0

    second = open_page("/credit/lists/", user=made.second)
    second.get_by_role("link", name="未编号").click()
    assert "缺少：" in second.inner_text("#firms")
    second.get_by_role("button", name="审定并发布").click()
    assert "白名单第 1 版" in second.inner_text("h1")

    owner = open_page(f"/credit/results/{made.good.pk}/", user=made.owner)
    owner.get_by_role("button", name="授权各金融机构查看").click()
    bank = open_page(BANK, user=made.banker)
    assert made.good.name in bank.inner_text("main")
    assert made.plain.name not in bank.inner_text("main")
    owner.reload()
    assert str(made.banker) in owner.inner_text("main")

    firm = open_page(f"/credit/results/{live_city.company.pk}/", user=live_city.engineer)
    firm.get_by_role("link", name="申诉", exact=True).click()
    firm.fill("[name=text]", "本单位的资格已经补录到企业档案，请重新判断。")
    firm.get_by_role("button", name="提交申诉").click()
    assert "申诉处理中" in firm.inner_text("#work")

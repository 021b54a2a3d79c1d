"""兑付的浏览器路: from the fund's claim by three levels of officers and the bank to the money that the fund sees."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload

from kechuang.core.ledger.models import PaymentOrder
from kechuang.core.ledger.tests.money import bank_file, paid
from kechuang.core.parties.actions import appoint
from kechuang.core.publicity.clock import end_notices
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.tests.desk import ACCOUNT, desk
from kechuang.web import clock
from tests.browser.conftest import Open
from tests.city import NOW, City, person

pytestmark = pytest.mark.browser


def test_a_claim_is_checked_reviewed_published_ordered_approved_and_paid(
    open_page: Open, live_city: City, tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENTS_DIR = tmp_path
    office = desk(live_city)
    district = person("laoshan")
    appoint(user=district, role="officer", district="370212", by=None, now=NOW)

    fund = open_page("/policies/test-vc/", user=office.manager)
    fund.get_by_role("link", name="申报兑付").click()
    fund.get_by_label("项目名称").fill("示例甲项目")
    fund.locator("[name=fact_invested]").fill("3000")
    fund.locator("[name=fact_early]").select_option("true")
    for name, value in ACCOUNT.items():
        fund.locator(f"[name={name}]").fill(value)
    file = FilePayload(name="协议.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 x")
    fund.locator("[name=file_0]").set_input_files(files=[file])
    fund.get_by_role("button", name="按填写的内容计算").click()
    fund.get_by_text("可得 300 万元").first.wait_for()
    fund.get_by_role("button", name="提交申报").click()
    fund.get_by_text("已提交").first.wait_for()
    row = Benefit.objects.get()
    case = f"/cases/{row.case_id}/"

    checker = open_page(case, user=district)
    checker.get_by_role("button", name="初审通过").click()
    checker.get_by_text("待复核").first.wait_for()

    reviewer = open_page(case, user=office.second)
    reviewer.get_by_role("link", name="复核通过，公示").click()
    reviewer.locator("[name=line]").select_option(str(office.line.pk))
    reviewer.get_by_role("button", name="复核通过，公示").click()
    reviewer.get_by_text("已复核，公示至").first.wait_for()
    visitor = open_page("/notices/")
    assert office.fund.name in visitor.inner_text("main")
    end_notices(now=clock.now() + timedelta(days=20))

    author = open_page(case, user=live_city.officer)
    author.get_by_role("button", name="核定并制单").click()
    author.get_by_text("支付办理中").first.wait_for()
    order = PaymentOrder.objects.get()

    approver = open_page(f"/payments/{order.pk}/", user=office.second)
    approver.get_by_role("button", name="审批通过").click()
    approver.get_by_text("已审批").first.wait_for()

    payer = open_page("/payments/", user=office.third)
    payer.get_by_role("button", name="送出选中的支付令").click()
    payer.get_by_text("已送出").first.wait_for()
    answer = bank_file(paid(order, on=clock.today().isoformat()))
    file = FilePayload(name="回单.csv", mimeType="text/csv", buffer=answer)
    payer.goto("/payments/")
    payer.locator("[name=file]").set_input_files(files=[file])
    payer.get_by_role("button", name="上传回单").click()
    payer.get_by_role("button", name="确认入账").click()
    payer.get_by_text("已入账").first.wait_for()

    fund.goto(case)
    text = fund.inner_text("main")
    assert "已到账" in text
    assert "核定金额 300 万元" in " ".join(text.split())

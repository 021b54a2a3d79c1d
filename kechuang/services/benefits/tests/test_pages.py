"""兑付页面: the claim with its live verdict, what visitors see of a notice, the way of a yuan."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.tests.desk import ACCOUNT, WAN, Desk

pytestmark = pytest.mark.django_db


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def typed(**changes: Any) -> dict[str, Any]:
    return ACCOUNT | {"item": "示例甲项目", "fact_invested": "3000", "fact_early": "true", "key": "k1"} | changes


def test_the_verdict_is_shown_before_anything_is_sent(desk: Desk) -> None:
    browser, url = client(desk.manager), reverse("apply_benefit", args=["test-vc"])
    assert "没有填" in browser.get(url).content.decode()
    page = browser.post(url, typed(preview="1"), headers={"HX-Request": "true"}).content.decode()
    assert "可得 300 万元" in page
    assert "<html" not in page
    assert "不符合" in browser.post(url, typed(preview="1", fact_early="false")).content.decode()
    assert not Benefit.objects.exists()


def test_a_claim_with_its_material_is_handed_in_at_once_and_twice_gives_one(desk: Desk) -> None:
    browser, url = client(desk.manager), reverse("apply_benefit", args=["test-vc"])
    for _again in range(2):
        sent = typed(submit="1", file_0=SimpleUploadedFile("协议.pdf", b"%PDF-1.4 x"))
        assert browser.post(url, sent).status_code == 302
    row = Benefit.objects.get()
    assert (row.case.state, row.computed, row.tail) == ("submitted", 300 * WAN, "0123")


def test_without_its_material_it_stays_a_draft_and_the_page_says_why(desk: Desk) -> None:
    browser = client(desk.manager)
    page = browser.post(reverse("apply_benefit", args=["test-vc"]), typed(submit="1"), follow=True)
    assert "还缺材料：投资协议" in page.content.decode()
    row = Benefit.objects.get()
    assert page.redirect_chain[-1][0] == reverse("edit_benefit", args=[row.case_id])
    assert row.case.state == "draft"


def test_a_wrong_account_number_is_named_at_its_field(desk: Desk) -> None:
    page = client(desk.manager).post(reverse("apply_benefit", args=["test-vc"]), typed(number="12ab", save="1"))
    assert (page.status_code, "账号应为 6 至 30 位数字" in page.content.decode()) == (422, True)


def test_visitors_see_name_amount_and_reason_of_a_notice_and_nothing_else(desk: Desk) -> None:
    row = desk.on_notice()
    page = client().get(reverse("public_notices")).content.decode()
    assert [words in page for words in (desk.fund.name, "300 万元", "示例创投奖励")] == [True] * 3
    assert [words in page for words in (row.item, row.tail, row.bank, desk.manager.name)] == [False] * 4


def test_the_reviewer_chooses_the_line_on_a_page_and_the_case_shows_cap_line_and_verdict(desk: Desk) -> None:
    row = desk.checked()
    url = reverse("review_benefit", args=[row.case_id])
    assert "可用 3,000 万元" in client(desk.second).get(url).content.decode()
    client(desk.second).post(url, {"line": desk.line.pk})
    page = client(desk.manager).get(reverse("case", args=[row.case_id])).content.decode()
    assert [w in page for w in ("公示中", "每家机构每年累计最高 1000 万元", "示例创投奖励资金", "投资种子期项目")] == [
        True
    ] * 4

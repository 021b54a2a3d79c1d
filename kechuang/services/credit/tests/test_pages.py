"""白名单页面: a bank sees who consented and leaves a mark, a firm sees its own, others are refused."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.dossier.models import Consent
from kechuang.services.credit.models import Appeal, CreditList
from kechuang.services.credit.tests.bureau import Bureau
from kechuang.web import clock
from tests.city import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day_of_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def text(browser: Client, name: str, *arguments: Any) -> str:
    return browser.get(reverse(name, args=arguments)).content.decode()


def test_a_bank_sees_only_who_consented_and_the_firm_sees_who_looked(bureau: Bureau) -> None:
    bureau.published()
    banker, owner = client(bureau.banker), client(bureau.owner)
    assert bureau.good.name not in text(banker, "credit_firms")
    assert client(bureau.owner).post(reverse("credit_consent", args=[bureau.good.pk])).status_code == 302
    page = text(banker, "credit_firms")
    assert (bureau.good.name in page, "当年有效的科技型中小企业" in page, f"仅供 {bureau.banker}" in page) == (
        True,
    ) * 3
    assert bureau.plain.name not in page
    assert banker.get(reverse("sheet", args=["credit-firms"])).status_code == 200
    seen = text(owner, "credit_result", bureau.good.pk)
    assert seen.count(str(bureau.banker)) == 2
    owner.post(reverse("credit_consent", args=[bureau.good.pk]))
    assert Consent.objects.count() == 1


def test_banks_experts_and_other_firms_do_not_see_what_is_not_theirs(bureau: Bureau) -> None:
    found = bureau.published()
    for user, name, arguments in (
        (bureau.city.expert, "credit_firms", ()),
        (bureau.owner, "credit_firms", ()),
        (bureau.banker, "credit_lists", ()),
        (bureau.banker, "credit_list", (found.pk,)),
    ):
        assert client(user).get(reverse(name, args=arguments)).status_code == 403
    assert client(bureau.owner).get(reverse("credit_result", args=[bureau.plain.pk])).status_code == 404
    assert client(bureau.banker).get(reverse("credit_result", args=[bureau.good.pk])).status_code == 404


def test_one_officer_runs_on_a_page_another_confirms_and_the_firm_appeals(bureau: Bureau) -> None:
    first, second = client(bureau.city.officer), client(bureau.second)
    page = first.get(reverse("credit_lists"))
    given = page.context["form"].initial
    assert first.post(reverse("credit_lists"), given).status_code == 302
    found = CreditList.objects.get()
    url = reverse("credit_list", args=[found.pk])
    assert "由另一位市级工作人员审定" in first.get(url).content.decode()
    assert first.post(url, {"publish": "1"}).status_code == 403
    assert second.post(url, {"publish": "1"}).status_code == 302
    entry = bureau.entry(found, bureau.city.company)
    engineer = client(bureau.city.engineer)
    assert "缺少：" in text(engineer, "credit_result", bureau.city.company.pk)
    wrong = engineer.post(reverse("appeal_credit", args=[entry.pk]), {"text": "太短"})
    assert wrong.status_code == 422
    done = engineer.post(reverse("appeal_credit", args=[entry.pk]), {"text": "登记编号已补录到企业档案，请重新判断。"})
    case = reverse("case", args=[Appeal.objects.get().case_id])
    assert done["Location"] == case
    assert "申诉处理中" in engineer.get(case).content.decode()
    assert "按今天的档案" in first.get(case).content.decode()

"""结对页面: the button on a platform's page, a visitor's words kept over the login, terms and reports."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.actions import advance
from kechuang.services.pairings.models import Pairing
from kechuang.services.pairings.tests.scenes import TERMS, agreed, asked, platform
from tests.city import NOW, PASSWORD, build

pytestmark = pytest.mark.django_db
WORDS = "想请平台看看封装胶为什么进水汽。"


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def test_the_page_of_a_platform_offers_one_click_to_ask_but_not_to_its_own_people() -> None:
    city = build()
    offer = platform(city)
    url, button = reverse("listing", args=["platforms", offer.pk]), reverse("ask_platform", args=[offer.pk])
    seen = {n: button in client(u).get(url).content.decode() for n, u in (("public", None), ("own", city.professor))}
    assert seen == {"public": True, "own": False}
    assert "样本不足 5 次，不显示" in client().get(url).content.decode()


def test_a_visitor_is_led_to_the_login_and_finds_what_she_typed() -> None:
    city = build()
    offer = platform(city)
    url = reverse("ask_platform", args=[offer.pk])
    visitor = client()
    answer = visitor.post(url, {"kind": "question", "purpose": WORDS}, HTTP_REFERER=f"http://testserver{url}")
    assert unquote(answer["Location"]) == f"{reverse('account_login')}?next={url}"
    back = visitor.post(answer["Location"], {"login": "engineer@test.example", "password": PASSWORD})
    assert back["Location"] == url
    page = visitor.get(url)
    assert WORDS in page.content.decode()
    sent = {"kind": "question", "purpose": WORDS, "party": city.company.pk, "key": page.context["form"].initial["key"]}
    answer = visitor.post(url, sent)
    pairing = Pairing.objects.get()
    assert answer["Location"] == reverse("case", args=[pairing.case_id])
    assert WORDS not in visitor.get(url).content.decode()


def test_a_form_that_says_too_little_comes_back_with_the_reason() -> None:
    city = build()
    offer = platform(city)
    answer = client(city.engineer).post(
        reverse("ask_platform", args=[offer.pk]), {"kind": "pairing", "purpose": "短", "party": city.company.pk}
    )
    assert answer.status_code == 422
    assert Pairing.objects.count() == 0


def test_somebody_without_an_organisation_is_told_what_to_do() -> None:
    city = build()
    answer = client(city.stranger).get(reverse("ask_platform", args=[platform(city).pk]))
    assert answer.status_code == 403
    assert "我的单位" in answer.content.decode()


def test_the_platform_proposes_terms_on_the_page_and_the_enterprise_agrees_on_the_case() -> None:
    city = build()
    pairing = asked(city, platform(city))
    advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
    professor, engineer = client(city.professor), client(city.engineer)
    url = reverse("pairing_terms", args=[pairing.case_id])
    sent = TERMS | {"version": 1, "starts_on": "2099-01-01", "ends_on": "2098-01-01"}
    wrong = professor.post(url, sent)
    assert (wrong.status_code, "结束日期应晚于开始日期。" in wrong.content.decode()) == (422, True)
    professor.post(url, sent | {"ends_on": "2099-12-31"})
    page = engineer.get(reverse("case", args=[pairing.case_id])).content.decode()
    assert TERMS["goals"] in page
    assert "确认方案，结对" in page
    engineer.post(reverse("case_step", args=[pairing.case_id, "agree"]))
    pairing.case.refresh_from_db()
    assert pairing.case.state == "running"


def test_either_side_reports_and_both_read_it() -> None:
    city = build()
    pairing = agreed(city)
    Pairing.objects.filter(pk=pairing.pk).update(starts_on="2026-01-01")
    report: dict[str, Any] = {"done": "完成第一批样品的对比试验。", "projects": 1, "people": 0, "plan": ""}
    answer = client(city.engineer).post(reverse("pairing_report", args=[pairing.case_id]), report)
    assert answer.status_code == 302
    assert report["done"] in client(city.professor).get(reverse("case", args=[pairing.case_id])).content.decode()


def test_the_list_shows_each_side_its_own() -> None:
    city = build()
    pairing = asked(city, platform(city))
    other = {name: client(user).get(reverse("pairings")).context["total"] for name, user in city.people().items()}
    assert {name for name, total in other.items() if total} == {
        "engineer",
        "colleague",
        "professor",
        "officer",
        "district_officer",
    }
    assert client(city.engineer).get(f"{reverse('pairings')}?state=running").context["total"] == 0
    assert pairing.case.title == "示例封装中试基地"

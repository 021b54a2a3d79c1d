"""从难题到意向书: a need typed on the home page, published, matched, introduced and signed, through HTTP."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kechuang.core.cases.models import Case, Contact
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.queries import notices_of
from tests.city import City, published, task_force
from tests.journeys.forms import PDF, browser, follow, need_form, text_of

TYPED = "海边的薄膜光伏板进水汽发黄，想找不用高温的密封办法"


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


def links(response: Any, label: str) -> list[str]:
    """Where the links with this label lead."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>', response.content.decode())
    return [href.replace("&amp;", "&") for href, text in found if text.strip() == label]


def opened(city: City) -> tuple[Case, Need, Offer]:
    """An introduction between a published need and a published achievement, asked for on the page."""
    task_force(city)
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    given = {"need": need.pk, "offer": offer.pk, "words": "想先看样品"}
    assert browser(city.engineer).post("/introductions/new/", given).status_code == 302
    return Case.objects.get(service="introductions"), need, offer


def contact(result: str, **more: Any) -> dict[str, Any]:
    """A contact as the page sends it."""
    today = timezone.localdate().isoformat()
    base = {"person": "需求方", "channel": "phone", "result": result, "on": today, "move": "on", "key": f"k-{result}"}
    return base | more


def test_a_typed_need_becomes_a_signed_letter_of_intent_by_three_roles(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    engineer, broker, officer = Client(), browser(city.broker), browser(city.officer)

    page = engineer.post("/match/", {"q": TYPED})
    assert offer.title in text_of(page)
    assert links(page, "请求对接") == [f"/introductions/new/?offer={offer.pk}"]
    assert engineer.get(f"/introductions/new/?offer={offer.pk}").status_code == 302  # to the login page
    engineer.force_login(city.engineer)
    page = engineer.get(f"/introductions/new/?offer={offer.pk}")
    [describe] = links(page, "描述一个新的需求")
    page = engineer.get(describe)
    assert TYPED in text_of(page)
    sent = need_form(city, text=f"{TYPED}，换过两种胶都不行。", submit="1", confirmed="1")
    assert "已提交审核" in text_of(follow(engineer, engineer.post("/s/needs/new/", sent)))
    need = Need.objects.get()
    publication = Case.objects.get(service="needs")
    assert officer.post(f"/cases/{publication.pk}/publish/").status_code == 302

    page = engineer.get(f"/s/needs/{need.pk}/match/")
    [ask] = links(page, "请求对接")
    page = engineer.get(ask)
    assert "发起对接" in text_of(page)
    page = follow(engineer, engineer.post(ask, {"need": need.pk, "offer": offer.pk, "words": "想先看样品"}))
    assert "已发起对接，由示例绿色能源服务专班跟进" in text_of(page)
    case = Case.objects.get(service="introductions")
    assert links(engineer.get(f"/s/needs/{need.pk}/match/"), "对接：待联系") == [f"/cases/{case.pk}/"]

    assert need.title in text_of(broker.get("/introductions/?list=team"))
    assert "/introductions/" in broker.get("/desk/").content.decode()
    page = follow(broker, broker.post(f"/introductions/{case.pk}/claim/"))
    assert "已由您跟进" in text_of(page)
    page = follow(broker, broker.post(f"/introductions/{case.pk}/contacts/", contact("reached", text="愿意先看样品。")))
    assert "愿意先看样品" in text_of(page)
    broker.post(f"/introductions/{case.pk}/contacts/", contact("met", next_step="问试用结果"))
    for step in ("negotiate", "draft"):
        assert broker.post(f"/cases/{case.pk}/{step}/").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("loi", city.engineer)
    assert "意向书待签" in text_of(engineer.get("/introductions/"))

    today = timezone.localdate().isoformat()
    letter = SimpleUploadedFile("意向书.pdf", PDF)
    signed = {"letter-file": letter, "letter-on": today}
    page = follow(engineer, engineer.post(f"/introductions/{case.pk}/sign/", signed))
    assert "意向书已登记，对接完成" in text_of(page)
    case.refresh_from_db()
    assert (case.state, case.owner) == ("signed", "")
    professor = browser(city.professor)
    page = professor.get(f"/cases/{case.pk}/")
    assert "意向书已签" in text_of(page)
    [file] = re.findall(r'href="(/materials/\d+/)"', page.content.decode())
    assert professor.get(file).status_code == 200
    assert browser(city.stranger).get(file).status_code == 404
    assert any("登记已签的意向书" in notice.text for notice in notices_of(city.professor))


def test_the_owner_offers_on_the_reverse_page_and_a_second_click_leads_to_the_first(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    professor = browser(city.professor)
    [give] = links(professor.get(f"/s/achievements/{offer.pk}/needs/"), "愿意提供给这个需求")
    given = {"need": need.pk, "offer": offer.pk}
    answers = [professor.post(give, given) for _ in range(2)]
    case = Case.objects.get(service="introductions")
    assert [a["Location"] for a in answers] == [f"/cases/{case.pk}/"] * 2
    assert "已经在对接中" in text_of(professor.get(f"/cases/{case.pk}/"))
    assert follow(professor, professor.get(give)).status_code == 200
    assert any("成果方愿意提供对接" in notice.text for notice in notices_of(city.engineer))


def test_on_the_page_of_an_achievement_one_chooses_among_own_needs(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    first, _ = published(city, "needs")
    second, _ = published(city, "needs", title="另一条已发布的需求", code="n2")
    engineer = browser(city.engineer)
    [ask] = links(engineer.get(f"/s/achievements/{offer.pk}/"), "请求对接")
    page = engineer.get(ask)
    assert first.title in text_of(page)
    assert second.title in text_of(page)
    wrong = engineer.post(ask, {"need": "", "offer": offer.pk})
    assert wrong.status_code == 422
    assert "请选择一条需求" in text_of(wrong)
    assert engineer.post(ask, {"need": second.pk, "offer": offer.pk}).status_code == 302
    assert Case.objects.get(service="introductions").need == second
    assert links(engineer.get(f"/s/achievements/{offer.pk}/"), "对接 1 件，进行中 1 件") != []
    assert links(browser(city.stranger).get(f"/s/achievements/{offer.pk}/"), "对接 1 件，进行中 1 件") == []


def test_what_one_may_not_introduce_is_refused_in_words(city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    stranger = browser(city.stranger)
    page = stranger.get(f"/introductions/new/?need={need.pk}&offer={offer.pk}")
    assert page.status_code == 403
    assert "只有需求方、成果方" in text_of(page)
    assert stranger.get("/introductions/new/?offer=999999").status_code == 404
    assert stranger.get("/introductions/new/?offer=x%00").status_code == 404


def test_what_is_wrong_with_a_contact_is_said_at_the_field_and_nothing_is_lost(city: City) -> None:
    case, _need, _offer = opened(city)
    broker = browser(city.broker)
    wrong = contact("met", person="", text="谈了一个小时", next_on="2020-01-01", next_step="")
    page = broker.post(f"/introductions/{case.pk}/contacts/", wrong)
    assert page.status_code == 422
    assert "谈了一个小时" in page.content.decode()
    assert "请写明那天要做什么" in text_of(page)
    late = contact("met", on="2999-01-01")
    page = broker.post(f"/introductions/{case.pk}/contacts/", late)
    assert page.status_code == 409
    assert "联系日期不能晚于今天；以后的安排请填下一步" in text_of(page)
    assert Contact.objects.count() == 0
    for _ in range(2):
        broker.post(f"/introductions/{case.pk}/contacts/", contact("open"))
    assert Contact.objects.count() == 1


def test_the_second_broker_is_told_on_the_page_who_was_first(city: City) -> None:
    case, _need, _offer = opened(city)
    second = browser(type(city.broker).objects.get(username="second"))
    assert browser(city.broker).post(f"/introductions/{case.pk}/claim/").status_code == 302
    page = second.post(f"/introductions/{case.pk}/claim/")
    assert page.status_code == 409
    assert "示例broker 已于" in text_of(page)


def test_remarks_are_on_no_page_of_a_side(city: City) -> None:
    case, _need, _offer = opened(city)
    broker, secret = browser(city.broker), "对方报价偏高"
    assert broker.post(f"/introductions/{case.pk}/remarks/", {"remark-text": secret}).status_code == 302
    assert secret in text_of(broker.get(f"/cases/{case.pk}/"))
    for user in (city.engineer, city.professor):
        client = browser(user)
        for url in (f"/cases/{case.pk}/", "/desk/", "/introductions/", "/my/notices/"):
            assert secret not in client.get(url).content.decode()


def test_a_letter_must_be_a_real_file_signed_by_today(city: City) -> None:
    case, _need, _offer = opened(city)
    broker = browser(city.broker)
    for step in ("meet", "draft"):
        broker.post(f"/cases/{case.pk}/{step}/")
    engineer, today = browser(city.engineer), timezone.localdate().isoformat()
    url = f"/introductions/{case.pk}/sign/"
    assert engineer.post(url, {"letter-on": today}).status_code == 422
    for name, content, words in (("意向书.pdf", b"no pdf", "扩展名"), ("意向书.exe", PDF, "不支持")):
        page = engineer.post(url, {"letter-file": SimpleUploadedFile(name, content), "letter-on": today})
        assert words in text_of(page)
    future = {"letter-file": SimpleUploadedFile("意向书.pdf", PDF), "letter-on": "2999-01-01"}
    assert "不能晚于今天" in text_of(engineer.post(url, future))
    page = engineer.post(f"/cases/{case.pk}/sign/")
    assert "请先上传双方签署的意向书" in text_of(page)
    case.refresh_from_db()
    assert (case.state, case.materials.count()) == ("loi", 0)


def test_a_shared_file_is_never_public_whatever_the_form_says(city: City) -> None:
    case, _need, _offer = opened(city)
    given = {"file": SimpleUploadedFile("样品.pdf", PDF), "tier": "public"}
    assert browser(city.professor).post(f"/cases/{case.pk}/materials/", given).status_code == 302
    material = case.materials.get()
    assert Client().get(f"/materials/{material.pk}/").status_code == 404
    bad = browser(city.professor).post(f"/cases/{case.pk}/materials/", {"file": SimpleUploadedFile("a.exe", PDF)})
    assert (bad.status_code, "不支持" in text_of(bad)) == (422, True)


def test_a_list_filters_sorts_and_ignores_nonsense(city: City) -> None:
    case, need, _offer = opened(city)
    officer = browser(city.officer)
    for query in ("", "?state=proposed", "?district=370281", f"?team={case.task_force_id}", "?sort=-due", "?page=99"):
        assert need.title in text_of(officer.get(f"/introductions/{query}")), query
    for query in ("?state=signed", "?overdue=1", "?team=x", "?list=none&sort=none&page=x", f"?need={need.pk + 999}"):
        assert officer.get(f"/introductions/{query}").status_code == 200, query
    assert need.title not in text_of(officer.get("/introductions/?state=signed"))

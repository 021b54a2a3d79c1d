"""订阅页面和邮件: saving says what will come; a mail says where it comes from and how to stop it, without a login."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kechuang.core.alerts import actions
from kechuang.core.alerts.links import Grant, token
from kechuang.core.alerts.models import Mute, SavedSearch
from kechuang.core.alerts.runs import find_strong, run_due, tell_strong
from kechuang.core.matching.models import Match
from kechuang.core.notices.actions import deliver_due
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import User
from kechuang.web.saved_searches import address_of
from tests.city import NOW, City, published

SITE = "https://kechuang.example"
SOON = NOW + timedelta(minutes=20)


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def text(response: Any) -> str:
    return response.content.decode()  # type: ignore[no-any-return]


def save(client: Client, query: str, service: str = "") -> Any:
    return client.post(reverse("save_search"), {"query": query, "service": service}, follow=True)


def subscribed(user: User, **more: Any) -> SavedSearch:
    given: dict[str, Any] = {"text": "", "kinds": ["achievements"], "facets": {}, "name": "新成果", "by": user}
    return actions.save_search(**given | {"now": NOW, "frequency": "at_once"} | more)[0]


def sent(city: City) -> list[Any]:
    mail.outbox.clear()
    run_due(now=SOON)
    Notice.objects.exclude(key__startswith="search:").exclude(key__startswith="match:").delete()
    deliver_due(now=SOON, site_url=SITE)
    return mail.outbox


def links(body: str) -> list[str]:
    return [url.removeprefix(SITE) for url in re.findall(rf"{SITE}\S+", body)]


def test_saving_takes_the_filters_of_the_page_and_says_that_mails_will_come(city: City) -> None:
    client = browser(city.engineer)
    page = text(client.get("/s/needs/?industry=green-energy&sort=newest&page=2"))
    assert "保存这个检索" in page
    said = text(save(client, "industry=green-energy&industry=nonsense&sort=newest&page=2", "needs"))
    search = SavedSearch.objects.get()
    assert (search.text, search.kinds, search.facets) == ("", ["needs"], {"industry": ["green-energy"]})
    assert search.name == "需求 · 绿色能源"
    assert "每天 07:30 发一封邮件到 engineer@test.example" in said
    assert address_of(search.query) == "/s/needs/?industry=green-energy&sort=newest"


def test_a_search_over_all_kinds_leads_back_to_the_search_page(city: City) -> None:
    client = browser(city.engineer)
    save(client, "q=光伏 密封&kind=needs&kind=achievements")
    search = SavedSearch.objects.get()
    assert search.name == "“光伏 密封” · 需求 · 成果"
    found = client.get(address_of(search.query))
    assert found.status_code == 200
    assert "光伏 密封" in text(found)
    assert "以前已经保存" in text(save(client, "q=光伏 密封&kind=achievements&kind=needs"))


def test_a_visitor_is_led_to_the_login_and_an_empty_search_is_refused_with_words(city: City) -> None:
    assert "登录后可保存" in text(browser().get("/s/needs/"))
    answer = browser().post(reverse("save_search"), {"query": "q=x"})
    assert answer["Location"].startswith(reverse("account_login"))
    refused = save(browser(city.engineer), "")
    assert (refused.status_code, "检索词" in text(refused)) == (409, True)


def test_the_list_shows_what_is_new_and_looking_makes_it_old(city: City) -> None:
    search = subscribed(city.engineer)
    offer, _ = published(city, "achievements")
    client = browser(city.engineer)
    assert "1 项，查看" in text(client.get(reverse("saved_searches")))
    seen = client.post(reverse("look_search", args=[search.pk]), follow=True)
    assert offer.title in text(seen)
    assert "1 项，查看" not in text(client.get(reverse("saved_searches")))
    assert "没有新结果" in text(client.get(reverse("saved_search", args=[search.pk])))


def test_a_strange_mark_in_the_address_is_harmless(city: City) -> None:
    search = subscribed(city.engineer)
    for mark in ("", "-1", "x", "9" * 19, "9" * 40, "٣"):
        assert browser(city.engineer).get(reverse("saved_search", args=[search.pk]), {"after": mark}).status_code == 200


def test_the_mail_says_which_search_sent_it_and_its_links_work_without_a_login(city: City) -> None:
    search = subscribed(city.engineer)
    offer, _ = published(city, "achievements")
    [letter] = sent(city)
    assert letter.subject == "【科创通】您保存的检索“新成果”有 1 项新结果"
    assert offer.title in letter.body
    assert "由您保存的检索“新成果”发出，频率：有新结果就发" in letter.body
    for link in links(letter.body):
        assert browser().get(link).status_code in (200, 302), link
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    assert stop in links(letter.body)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    search.refresh_from_db()
    assert search.frequency == "at_once"  # a scanner that opens every link stops nothing
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    search.refresh_from_db()
    assert search.frequency == "never"
    assert "恢复，每天一封" in text(strict.get(stop))
    strict.post(stop, {"do": "resume"})
    search.refresh_from_db()
    assert search.frequency == "daily"


def test_a_mail_mutes_a_listing_or_its_kind(city: City) -> None:
    subscribed(city.engineer)
    offer, _ = published(city, "achievements")
    [letter] = sent(city)
    [link] = [u for u in links(letter.body) if u.startswith("/mail/") and ".item." in u]
    assert offer.title in text(browser().get(link))
    assert Mute.objects.count() == 0
    browser().post(link, {"do": "stop", "scope": ""})
    browser().post(link, {"do": "stop", "scope": "kind:green-energy"})
    found = set(Mute.objects.values_list("user", "what", "kind", "ref", "industry"))
    assert found == {
        (city.engineer.pk, "item", "achievements", offer.pk, ""),
        (city.engineer.pk, "kind", "achievements", 0, "green-energy"),
    }
    page = text(browser().post(link, {"do": "resume"}))
    assert Mute.objects.count() == 0
    assert "以后的邮件不再提起它吗" in page


def test_a_mail_lists_ten_and_leads_to_the_rest(city: City) -> None:
    subscribed(city.engineer)
    for number in range(12):
        published(city, "achievements", title=f"第{number}项钙钛矿封装工艺", code=f"n{number}")
    [letter] = sent(city)
    assert letter.body.count("不感兴趣：") == 10
    assert "还有 2 项" in letter.body
    assert "有 12 项新结果" in letter.subject


def test_what_was_withdrawn_before_the_mail_went_out_is_not_in_it(city: City) -> None:
    subscribed(city.engineer)
    offer, _ = published(city, "achievements")
    run_due(now=SOON)
    type(offer).objects.filter(pk=offer.pk).update(status="closed")
    deliver_due(now=SOON, site_url=SITE)
    letter = next(m for m in mail.outbox if "新成果" in m.subject)
    assert offer.title not in f"{letter.subject}{letter.body}"
    assert "已经下架" in letter.body


@pytest.mark.parametrize("wrong", ["x", "1.search..1~forged", "1.item.needs~x", "~", "é.~"])
def test_a_damaged_link_says_what_to_do(city: City, wrong: str) -> None:
    for answer in (browser().get(f"/mail/{wrong}/"), browser().post(f"/mail/{wrong}/")):
        assert answer.status_code == 404
        assert "我的订阅" in text(answer)


def test_a_link_to_a_deleted_search_still_answers(city: City) -> None:
    search = subscribed(city.engineer)
    actions.end_search(search=search, by=city.engineer, now=NOW)
    url = reverse("mail_link", args=[token(Grant(city.engineer.pk, "search", "", search.pk))])
    assert "已经删除" in text(browser().get(url))
    assert browser().post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    gone = reverse("mail_link", args=[token(Grant(city.engineer.pk, "item", "needs", 999_999))])
    assert browser().get(gone).status_code == 404


def test_a_strong_match_is_mailed_with_its_reasons_and_can_be_stopped(city: City) -> None:
    need, _ = published(city, "needs")
    offer, _ = published(city, "achievements")
    reasons = [{"feature": "words", "value": 0.7, "words": "都提到：光伏、密封"}]
    Match.objects.create(need=need, offer=offer, score=83, reasons=reasons, engine="test", at=NOW)
    find_strong(now=NOW)
    tell_strong(now=NOW)
    letter = next(m for m in sent(city) if m.to == ["engineer@test.example"])
    assert "高匹配" in letter.subject
    assert f"对您的“{need.title}”，匹配度 83 分（都提到：光伏、密封）" in letter.body
    for link in links(letter.body):
        assert browser().get(link).status_code in (200, 302), link
    page = browser(city.engineer).get(reverse("my_matches"))
    assert offer.title in text(page)
    browser().post(letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(SITE))
    assert Mute.objects.get().what == "matches"
    assert offer.title not in text(browser(city.engineer).get(reverse("my_matches")))
    assert "已关闭" in text(browser(city.engineer).get(reverse("saved_searches")))


def test_mute_and_undo_on_the_page_lead_back_and_nowhere_else(city: City) -> None:
    offer, _ = published(city, "achievements")
    client = browser(city.engineer)
    data = {"kind": "achievements", "ref": offer.pk, "scope": "", "next": "/my/matches/"}
    assert client.post(reverse("mute"), data)["Location"] == "/my/matches/"
    assert client.post(reverse("mute"), data | {"next": "https://evil.example/"})["Location"] == "/my/searches/"
    assert offer.title in text(client.get(reverse("saved_searches")))
    row = Mute.objects.get()
    assert browser(city.stranger).post(reverse("unmute", args=[row.pk])).status_code == 404
    client.post(reverse("unmute", args=[row.pk]))
    assert Mute.objects.count() == 0


def test_frequency_and_name_are_changed_and_a_wrong_frequency_is_refused(city: City) -> None:
    search = subscribed(city.engineer)
    client = browser(city.engineer)
    url = reverse("saved_search", args=[search.pk])
    assert "每周一封" in text(client.post(url, {"frequency": "weekly"}, follow=True))
    assert "换个名字" in text(client.post(url, {"name": "换个名字", "frequency": "weekly"}, follow=True))
    assert client.post(url, {"frequency": "hourly"}).status_code == 409
    assert client.post(reverse("end_search", args=[search.pk]), follow=True).status_code == 200
    assert SavedSearch.objects.filter(ended_at=None).count() == 0

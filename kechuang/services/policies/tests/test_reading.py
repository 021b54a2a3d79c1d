"""政策库: words in the texts, news for subscribers, suggestions of visitors, FAQ, documents that need a look."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kechuang.core.notices.models import Notice
from kechuang.core.policy.loading import load_documents, load_pack, load_policies
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import latest
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.policies import actions, caring, news, queries
from kechuang.services.policies.models import Subscription
from kechuang.services.policies.search import search
from kechuang.web import clock
from kechuang.web.visitors import stamp
from tests.city import NOW, City, build
from tests.reading import CODE, answered, reading, suggested

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def city() -> City:
    made = build()
    for folder in ("national", settings.REGION):
        load_policies(folder=settings.PACKS_DIR / folder, now=NOW)
    return made


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def republished(now: object, old: str, new: str) -> PackVersion:
    """The pack with one word changed, published as a new version."""
    version = latest(CODE)
    assert version is not None
    assert old in version.text
    return load_pack(text=version.text.replace(old, new, 1), file=f"{CODE}.toml", now=now)  # type: ignore[arg-type]


def test_words_are_found_in_clauses_and_documents_with_the_passage(city: City) -> None:
    found = search("科技人员占比", on=TODAY)
    assert any(one.text.code == CODE for one in found[:5])
    assert all("…" in one.snippet or len(one.snippet) < 120 for one in found)
    assert [o.text.title for o in search("創投風投", on=TODAY)] == [o.text.title for o in search("创投风投", on=TODAY)]
    assert search("创投风投", on=TODAY)
    assert search("不存在的词语组合", on=TODAY) == []
    assert search(" ", on=TODAY) == []


def test_the_search_is_narrowed_by_document_authority_and_status(city: City) -> None:
    all_of_it = search("科技", on=TODAY)
    for given in ({"document": "gkfz-2017-115"}, {"authority": "青岛市人民政府"}, {"status": "seed"}):
        some = search("科技", on=TODAY, **given)
        assert 0 < len(some) < len(all_of_it)


def test_the_page_marks_what_was_found_and_helps_where_nothing_was(city: City) -> None:
    page = Client().get("/policies/search/?q=研发投入").content.decode()
    assert "年<mark>研发投入</mark>" in page  # in a passage that was cut, too
    assert "没有找到" in Client().get("/policies/search/?q=不存在的词语组合").content.decode()


def test_a_new_version_is_told_once_to_those_whom_it_concerns(city: City) -> None:
    news.subscribe(by=city.engineer, now=NOW, level="national")
    news.subscribe(by=city.professor, now=NOW, level="district")
    later = NOW + timedelta(days=1)
    version = republished(later, "科技型中小企业评价", "科技型中小企业评价（新）")
    news.tell_news(now=later)
    news.tell_news(now=later + timedelta(days=1))
    told = Notice.objects.filter(key=f"policy:{CODE}:version{version.number}")
    assert [(n.user, n.daily, n.heading) for n in told] == [(city.engineer, True, "政策订阅")]


def test_what_happened_before_the_subscription_is_not_told(city: City) -> None:
    news.subscribe(by=city.engineer, now=NOW + timedelta(days=2))
    assert news.tell_news(now=NOW + timedelta(days=2)) == 0


def test_the_link_of_a_digest_ends_the_subscription_without_login(city: City) -> None:
    row = news.subscribe(by=city.engineer, now=NOW)
    assert news.subscribe(by=city.engineer, now=NOW) == row
    link = f"/policies/news/{news.token(row, CODE)}/"
    assert "退订" in Client().get(link).content.decode()
    Client().post(link)
    assert Subscription.objects.get().ended_at is not None
    assert Client().get(f"/policies/news/{row.pk}.{CODE}~wrong/").status_code == 404
    with pytest.raises(NotAllowed):
        news.end(subscription=row, by=city.professor, now=NOW)


def test_a_subscription_says_in_words_what_it_covers(city: City) -> None:
    news.subscribe(by=city.engineer, now=NOW, level="city", kind="benefit")
    page = " ".join(client_of(city.engineer).get("/policies/subscriptions/").content.decode().split())
    assert "层级：市级 类型：资金" in page


def test_what_is_found_in_a_clause_has_its_figures(city: City) -> None:
    found = next(one for one in search("职工总数不超过", on=TODAY) if one.text.code == CODE)
    assert "职工总数不超过 500 人" in found.snippet


def test_nobody_subscribes_by_the_file_of_another_organisation(city: City) -> None:
    with pytest.raises(NotAllowed):
        news.subscribe(by=city.stranger, now=NOW, party=city.company)


def test_a_visitors_suggestion_is_a_case_of_an_officer_and_shown_with_its_answer(city: City) -> None:
    client = Client()
    sent = {"about": "wrong", "text": "第三条的日期写错了", "stamp": stamp(clock.now() - timedelta(seconds=9))}
    receipt = client.post(f"/policies/{CODE}/suggest/", sent)["Location"]
    case = queries.answered(CODE).model.objects.get(service="policies")
    assert (case.assignee, case.state) == (city.officer, "asked")
    assert "第三条的日期写错了" not in client.get(f"/policies/{CODE}/").content.decode()
    client_of(city.officer).post(f"/cases/{case.pk}/answer/", {"answer-note": "已改正，谢谢。"})
    assert "已改正，谢谢。" in client.get(receipt).content.decode()
    assert "第三条的日期写错了" in client.get(f"/policies/{CODE}/").content.decode()


def test_suggestions_are_slowed_down_and_the_same_form_is_one(city: City) -> None:
    assert suggested("一", form_key="k") == suggested("一", form_key="k")
    for number in range(actions.VISITOR_LIMIT - 1):
        suggested(f"第 {number} 条")
    with pytest.raises(Refusal, match="同一网络"):
        suggested("再一条")


def test_an_answered_question_becomes_a_faq_in_the_officers_words(city: City) -> None:
    case = answered(city, "人数按什么时点？")
    with pytest.raises(NotAllowed):
        actions.keep_faq(case=case, question="q", answer="a", by=city.professor, now=NOW)
    with pytest.raises(Refusal, match="先答复"):
        actions.keep_faq(case=suggested("另一个"), question="q", answer="a", by=city.officer, now=NOW)
    client = client_of(city.officer)
    client.post(f"/policies/questions/{case.pk}/faq/", {"question": "人数时点？", "answer": "报告期末。"})
    assert "报告期末。" in Client().get(f"/policies/{CODE}/").content.decode()
    faq = queries.faqs(CODE).get()
    actions.drop_faq(faq=faq, by=city.officer, now=NOW)
    assert list(queries.faqs(CODE)) == []


def flags_of(city: City, code: str) -> list[str]:
    return next((one.words for one in caring.flagged(city.officer, TODAY) if one.document.code == code), [])


def test_a_document_is_flagged_until_somebody_has_checked_it_and_again_after_months(city: City) -> None:
    document = Document.objects.get(code="gkfz-2017-115")
    assert "还没有核对过" in flags_of(city, document.code)
    with pytest.raises(NotAllowed):
        caring.mark_checked(document=document, note="", by=city.district_officer, now=NOW)
    caring.mark_checked(document=document, note="与原文核对", by=city.officer, now=NOW)
    assert flags_of(city, document.code) == []
    caring.mark_checked(document=document, note="", by=city.officer, now=NOW - timedelta(days=200))
    assert flags_of(city, document.code) == ["超过 6 个月没有核对"]
    with pytest.raises(Refusal):
        caring.hand_to(document=document, owner=city.engineer, by=city.officer, now=NOW)
    assert caring.hand_to(document=document, owner=city.officer, by=city.officer, now=NOW).owner == city.officer


def test_an_address_that_does_not_open_is_flagged_and_a_missing_net_says_nothing(city: City) -> None:
    base = {"level": "national", "text_status": "seed", "title": "示例文件"}
    given: list[Mapping[str, Any]] = [
        {"code": f"t-{n}", "url": f"https://{n}.example/", **base} for n in ("ok", "gone", "offline")
    ]
    load_documents(given, now=NOW)
    status = {"https://ok.example/": 200, "https://gone.example/": 404}
    Document.objects.exclude(code__startswith="t-").update(link_checked_at=NOW)
    assert caring.check_links(fetch=status.get, now=NOW) == {"opened": 1, "broken": 1, "unknown": 1}
    assert "网址打不开（HTTP 404）" in flags_of(city, "t-gone")
    assert Document.objects.get(code="t-offline").link_checked_at is None
    assert caring.check_links(fetch=status.get, now=NOW + timedelta(hours=1))["unknown"] == 1
    assert flags_of(city, "t-ok") == ["还没有核对过"]


def test_the_pages_of_the_library_open_for_those_who_use_them(city: City) -> None:
    here = reading(city)
    officer = client_of(city.officer)
    for path in ("/policies/flags/", f"/policies/questions/{here.answered.pk}/faq/"):
        assert officer.get(path).status_code == 200
    page = client_of(city.engineer).get("/policies/subscriptions/").content.decode()
    assert "国家" in page

"""产学研结对: asked, answered, agreed, reported, ended; who may do what; two at once; how long a platform takes."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from kechuang.core.cases.access import view_case
from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import close_listing
from kechuang.core.cases.queries import publication_case, said
from kechuang.core.market.models import Offer
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal, Stale
from kechuang.services.pairings import actions, queries
from kechuang.services.pairings.clock import tick
from kechuang.services.pairings.models import Pairing, Report
from kechuang.web.casework import case_page
from tests.city import NOW, City, build, published

pytestmark = pytest.mark.django_db
TERMS: dict[str, Any] = {
    "goals": "半年内完成三批样品的对比试验。",
    "starts_on": date(2026, 12, 1),
    "ends_on": date(2027, 11, 30),
    "every": 6,
    "platform_contact": "示例教授",
    "party_contact": "示例工程师",
}
REPORT = {"done": "完成第一批样品，效率保持率达标。", "projects": 1, "people": 2, "plan": "第二批"}


def platform(city: City, **changes: Any) -> Offer:
    content = {
        "title": "示例封装中试基地",
        "kind": "pilot-base",
        "level": "city",
        "pairing": "open",
        "district": "370281",
    }
    found: Offer = published(city, "platforms", **content | changes)[0]
    return found


def asked(city: City, offer: Offer, kind: str = "pairing", **more: Any) -> Pairing:
    given: dict[str, Any] = {"party": city.company, "by": city.engineer, "now": NOW} | more
    return actions.ask(platform=offer, kind=kind, purpose="想一起做封装的湿热试验。", **given)


def agreed(city: City) -> Pairing:
    pairing = asked(city, platform(city))
    advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
    pairing = actions.propose_terms(pairing=pairing, content=TERMS, version=1, by=city.professor, now=NOW)
    advance(case=pairing.case, step="agree", by=city.engineer, now=NOW)
    return fresh(pairing)


def fresh(pairing: Pairing) -> Pairing:
    return Pairing.objects.select_related("case").get(pk=pairing.pk)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T02:00:00+00:00")


def test_a_request_waits_five_working_days_for_a_person_of_the_platform() -> None:
    city = build()
    pairing = asked(city, platform(city))
    case = pairing.case
    assert (case.state, case.owner, case.assignee, str(case.due_on)) == (
        "asked",
        "counterpart",
        city.professor,
        "2026-11-25",
    )
    assert (
        "示例重锻机械有限公司 提出“结对共建”" in Notice.objects.get(user=city.professor, url=f"/cases/{case.pk}/").text
    )


def test_a_question_is_answered_and_ends() -> None:
    city = build()
    pairing = asked(city, platform(city), "question")
    with pytest.raises(NotAllowed):
        advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="谈谈。")
    case = advance(case=pairing.case, step="answer", by=city.professor, now=NOW, note="可以，周三送样。")
    assert (case.state, case.owner, said(case)) == ("answered", "", "可以，周三送样。")
    assert Notice.objects.filter(user=city.engineer, text__contains="可以，周三送样").exists()


def test_a_pairing_goes_from_the_first_talk_to_agreed_terms() -> None:
    city = build()
    pairing = agreed(city)
    assert (pairing.case.state, pairing.case.owner) == ("running", "")
    assert (pairing.next_report_on, pairing.goals) == (date(2027, 6, 1), TERMS["goals"])


def test_terms_that_do_not_suit_go_back_to_the_platform_with_words() -> None:
    city = build()
    pairing = asked(city, platform(city))
    advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
    pairing = actions.propose_terms(pairing=pairing, content=TERMS, version=1, by=city.professor, now=NOW)
    case = advance(case=pairing.case, step="revise", by=city.engineer, now=NOW, note="请延到两年。")
    assert (case.state, case.assignee) == ("talking", city.professor)
    with pytest.raises(Stale):
        actions.propose_terms(pairing=pairing, content=TERMS, version=1, by=city.professor, now=NOW)


def test_terms_whose_time_has_passed_cannot_be_agreed() -> None:
    city = build()
    pairing = asked(city, platform(city))
    advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
    pairing = actions.propose_terms(pairing=pairing, content=TERMS, version=1, by=city.professor, now=NOW)
    with pytest.raises(Refusal, match="结束日期已经过去"):
        advance(case=pairing.case, step="agree", by=city.engineer, now=day("2028-01-05"))


def test_reports_fall_due_every_half_year_and_the_end_asks_for_a_summary() -> None:
    city = build()
    pairing = agreed(city)
    assert tick(now=day("2027-05-31")) == (0, 0)
    assert (tick(now=day("2027-06-01")), tick(now=day("2027-06-01"))) == ((1, 0), (0, 0))
    case = fresh(pairing).case
    assert (case.state, case.assignee) == ("reporting", city.professor)
    row = actions.report(pairing=pairing, content=REPORT, by=city.professor, now=day("2027-06-03"))
    assert (row.since, row.until) == (date(2026, 12, 1), date(2027, 6, 3))
    assert (fresh(pairing).case.state, fresh(pairing).next_report_on) == ("running", None)
    assert tick(now=day("2027-12-01")) == (0, 1)
    ended = advance(
        case=fresh(pairing).case,
        step="finish",
        by=city.engineer,
        now=day("2027-12-02"),
        reason="met",
        note="都完成了。",
    )
    assert (ended.state, fresh(pairing).ended_at) == ("ended", day("2027-12-02"))


def test_a_report_sent_twice_on_one_day_is_kept_once() -> None:
    city = build()
    pairing = agreed(city)
    actions.report(pairing=pairing, content=REPORT, by=city.engineer, now=day("2027-01-05"))
    with pytest.raises(Refusal, match="已经报告过"):
        actions.report(pairing=pairing, content=REPORT, by=city.engineer, now=day("2027-01-05"))
    assert Report.objects.count() == 1


def test_a_pairing_that_has_run_out_can_be_agreed_anew() -> None:
    city = build()
    pairing = agreed(city)
    tick(now=day("2027-12-01"))
    more = TERMS | {"starts_on": date(2027, 12, 1), "ends_on": date(2028, 11, 30)}
    actions.propose_terms(pairing=pairing, content=more, version=2, by=city.professor, now=day("2027-12-02"))
    case = advance(case=pairing.case, step="agree", by=city.engineer, now=day("2027-12-03"))
    assert (case.state, fresh(pairing).next_report_on) == ("running", date(2028, 6, 3))


def test_there_is_one_open_pairing_and_after_its_end_another_can_be_asked_for() -> None:
    city = build()
    offer = platform(city)
    first = asked(city, offer)
    with pytest.raises(Refusal, match="已有进行中的结对，当前状态为“待平台回应”"):
        asked(city, offer, by=city.colleague)
    assert asked(city, offer, "question").kind == "question"
    advance(case=first.case, step="decline", by=city.professor, now=NOW, reason="full")
    assert asked(city, offer).pk != first.pk


def test_the_same_form_sent_twice_makes_one_request() -> None:
    city = build()
    offer = platform(city)
    first = asked(city, offer, "question", form_key="a" * 32)
    assert asked(city, offer, "question", form_key="a" * 32) == first


def test_a_refusal_needs_a_reason_that_reaches_the_enterprise() -> None:
    city = build()
    case = asked(city, platform(city)).case
    with pytest.raises(Refusal, match="请选择原因"):
        advance(case=case, step="decline", by=city.professor, now=NOW)
    advance(case=case, step="decline", by=city.professor, now=NOW, reason="full")
    assert Notice.objects.filter(user=city.colleague, text__contains="名额已满或人手不足").exists()


def test_requests_close_when_nobody_follows_up_or_the_platform_leaves_and_running_pairings_go_on() -> None:
    city = build()
    lapsed = asked(city, platform(city, code="1"))
    assert advance(case=lapsed.case, step="lapse", by=None, now=NOW).state == "closed"
    running = agreed(city)
    waiting = asked(city, running.platform, "question")
    case = publication_case(running.platform)
    assert case is not None
    close_listing(case, by=None, now=NOW)
    assert (Case.objects.get(pk=waiting.case_id).state, fresh(running).case.state) == ("closed", "running")
    with pytest.raises(NoSuchStep):
        advance(case=running.case, step="lapse", by=None, now=NOW)


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("engineer", True),
        ("colleague", True),
        ("professor", True),
        ("officer", True),
        ("district_officer", True),
        ("broker", False),
        ("expert", False),
        ("stranger", False),
    ],
)
def test_who_sees_a_pairing(name: str, sees: bool) -> None:
    city = build()
    pairing = asked(city, platform(city))
    user = city.people()[name]
    assert (view_case.check(user, pairing.case), pairing in queries.pairings(user)) == (sees, sees)


@pytest.mark.parametrize(("name", "may"), [("engineer", False), ("professor", True), ("officer", False)])
def test_only_the_platform_answers(name: str, may: bool) -> None:
    city = build()
    case = asked(city, platform(city)).case
    if may:
        advance(case=case, step="talk", by=city.people()[name], now=NOW, note="周四。")
    else:
        with pytest.raises(NotAllowed):
            advance(case=case, step="talk", by=city.people()[name], now=NOW, note="周四。")


def test_only_enterprises_pair_and_nobody_with_herself() -> None:
    city = build()
    offer = platform(city)
    with pytest.raises(Refusal, match="本单位自己的平台"):
        asked(city, offer, "question", party=city.university, by=city.professor)
    city.company.kind = "institute"
    city.company.save()
    with pytest.raises(Refusal, match="结对共建由企业提出"):
        asked(city, offer)
    assert asked(city, offer, "question").kind == "question"


def test_the_answering_time_is_shown_from_five_answers_on_and_counts_working_days() -> None:
    city = build()
    offer = platform(city)
    for days in (1, 2, 5, 6, 7):
        found = asked(city, offer, "question")
        later = NOW + timedelta(days=days)
        if days == 7:
            before = queries.answering([offer], later)[offer.pk]
            assert (before.days, before.answers) == (None, 4)
        advance(case=found.case, step="answer", by=city.professor, now=later, note="好。")
    asked(city, offer, "question")  # waits: not counted
    # from Wednesday 18 November: Thursday 1, Friday 2, Monday 3, Tuesday 4, Wednesday 5
    found_now = queries.answering([offer], NOW + timedelta(days=8))[offer.pk]
    assert (found_now.days, found_now.answers) == (3, 5)


def test_two_colleagues_who_ask_at_once_open_one_pairing(live_city: City) -> None:
    city = live_city
    offer = platform(city)
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def ask(user: Any) -> None:
        together.wait()
        try:
            outcomes.append(asked(city, Offer.objects.get(pk=offer.pk), by=user))
        except Refusal as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in (city.engineer, city.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Pairing.objects.count() == 1
    assert sum(isinstance(o, str) and "已有进行中的结对" in o for o in outcomes) == 1


def test_before_a_platform_is_withdrawn_its_page_says_which_requests_end_with_what_words() -> None:
    city = build()
    offer = platform(city)
    waiting, running = asked(city, offer), asked(city, platform(city, title="示例另一个中试基地"))
    publication = publication_case(offer)
    assert publication is not None
    page = case_page(city.professor, publication, NOW, NOW.date())
    assert "withdraw" in page.closing
    words = "“示例封装中试基地”已下架，不能继续。可以直接联系对方，或者另选一家。"
    assert [(e.service, e.count, e.words, e.shown) for e in page.endings] == [("pairings", 1, words, [waiting.case])]
    assert case_page(city.broker, publication, NOW, NOW.date()).endings == []  # not for those who take no part
    advance(case=publication, step="withdraw", by=city.professor, now=NOW, reason="other")
    for pairing, state in ((waiting, "closed"), (running, "asked")):
        pairing.case.refresh_from_db()
        assert pairing.case.state == state
    assert said(waiting.case) == words

"""产学研结对: asked, answered, agreed, reported, ended; who may do what; two at once; how long a platform takes."""

from datetime import date, datetime

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import close_listing
from kechuang.core.cases.queries import publication_case, said
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal, Stale
from kechuang.services.pairings import actions
from kechuang.services.pairings.clock import tick
from kechuang.services.pairings.models import Report
from kechuang.services.pairings.tests.scenes import TERMS, agreed, asked, fresh, platform
from tests.city import NOW, build

pytestmark = pytest.mark.django_db


REPORT = {"done": "完成第一批样品，效率保持率达标。", "projects": 1, "people": 2, "plan": "第二批"}


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

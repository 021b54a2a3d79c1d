"""资格认定: from the file to the national number: window, gates, two officers, notice, batch, outcome, revocation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from kechuang.core.cases.queries import waiting_for
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.dossier.models import Qualification
from kechuang.core.dossier.queries import facts_of
from kechuang.core.notices.models import Notice
from kechuang.core.publicity import actions as publicity
from kechuang.core.publicity.clock import end_notices
from kechuang.core.publicity.models import PublicNotice
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal
from kechuang.services.recognition import actions, queries
from kechuang.services.recognition.clock import tick
from kechuang.services.recognition.models import Application
from kechuang.services.recognition.tests.desk import AFTER, NUMBER, Desk, open_window
from tests.city import NOW

pytestmark = pytest.mark.django_db
GR = "GR202637100001"


def test_the_whole_way_ends_with_the_qualification_in_the_file(desk: Desk) -> None:
    city = desk.city
    row = desk.draft()
    assert [row.case.assignee, row.case.state] == [city.engineer, "draft"]
    row = desk.step(row, "submit", city.engineer)
    assert list(waiting_for(city.district_officer)) == [row.case]
    row = desk.step(row, "check", city.district_officer)
    assert row.case.assignee in (city.officer, desk.second)  # the recommendation waits for the city
    row = desk.step(row, "recommend", city.officer)
    notice = PublicNotice.objects.get()
    assert (notice.matter, notice.until) == ("拟推荐：科技型中小企业 2026 年申报", date(2026, 12, 2))
    assert end_notices(now=datetime.combine(notice.until, NOW.timetz())) == 0
    end_notices(now=AFTER)
    actions.send_batch(rung=desk.rung(), numbers=[row.pk], by=desk.second, now=AFTER)
    row, remark = desk.told(Application.objects.get(pk=row.pk), NUMBER)
    assert (row.case.state, remark) == ("recognised", "")
    held = Qualification.objects.get()
    assert (held.kind, held.number, held.source) == ("sme", NUMBER, "case")
    assert (held.valid_from, held.valid_to) == (AFTER.date(), date(2027, 1, 1))
    assert facts_of(city.company, on=AFTER.date())["sme_valid"] is True
    assert Notice.objects.filter(user=city.engineer, text__contains="登记认定结果").exists()


def test_facts_and_verdict_are_frozen_when_it_is_handed_in(desk: Desk) -> None:
    row = desk.submitted()
    report(party=desk.city.company, values={2025: {"rd_staff_sme": 1}}, by=desk.city.engineer, now=NOW)
    row = Application.objects.get(pk=row.pk)
    assert row.verdict is not None
    assert (row.verdict.result, row.verdict.low, row.verdict.facts["rd_staff_sme"]) == ("met", 60, 22)
    assert row.case.data["facts"]["rd_staff_sme"] == 22
    assert row.case.data["sources"]["rd_staff_sme"][0] == "enterprise"
    assert queries.again(row.verdict).result == "met"


def test_a_firm_that_does_not_reach_the_mark_is_refused_with_the_reason(desk: Desk) -> None:
    report(party=desk.city.company, values={2025: {"rd_staff_sme": 19}}, by=desk.city.engineer, now=NOW)
    row = desk.draft()
    with pytest.raises(Refusal, match="还不符合"):
        desk.step(row, "submit", desk.city.engineer)
    report(party=desk.city.company, values={2025: {"rd_staff_sme": None}}, by=desk.city.engineer, now=NOW)
    with pytest.raises(Refusal, match=r"缺少.*科技人员"):
        desk.step(row, "submit", desk.city.engineer)


def test_experts_points_leave_a_range_and_do_not_hinder_an_application_for_hnte(desk: Desk) -> None:
    row = desk.submitted("hnte")
    assert row.verdict is not None
    assert row.verdict.result == "unknown"
    assert row.verdict.low is not None
    assert row.verdict.high is not None
    assert row.verdict.low < 70 < row.verdict.high


def test_outside_the_window_one_prepares_a_draft_and_is_told_when_it_opens(desk: Desk) -> None:
    row = desk.draft("innovative")
    with pytest.raises(Refusal, match="尚未公布"):
        desk.step(row, "submit", desk.city.engineer)
    open_window("sme", opens=date(2026, 3, 1), closes=date(2026, 9, 30))
    found = queries.campaign(desk.rung(), NOW.date(), "")
    assert (found.year, found.open) == (2027, None)
    assert "2026-09-30 截止，2027 年的时间尚未公布" in actions.closed_words(found)
    open_window("sme", opens=date(2026, 12, 1))
    row = desk.draft()
    with pytest.raises(Refusal, match="从 2026-12-01 开始"):
        desk.step(row, "submit", desk.city.engineer)
    assert desk.step(row, "submit", desk.city.engineer, AFTER).case.state == "submitted"


def test_a_draft_asked_for_twice_is_one_and_a_second_application_of_the_year_is_refused(desk: Desk) -> None:
    row = desk.draft()
    assert desk.draft() == row
    desk.step(row, "submit", desk.city.engineer)
    with pytest.raises(Refusal, match=f"编号 {row.case_id}"):
        desk.draft()
    desk.step(row, "withdraw", desk.city.engineer, reason="mistake")
    assert desk.draft() != row


def test_who_is_blocked_is_stopped_at_every_gate_with_the_decision(desk: Desk) -> None:
    draft, checked = desk.draft("hnte"), desk.checked()
    what = {"decision": "示例信用〔2026〕9号", "start": date(2026, 11, 1), "until": date(2027, 11, 1)}
    what |= {"act": "other", "measures": "示例", "found_on": date(2026, 10, 1), "source": "示例"}
    enter_integrity(subject=desk.city.company, content=what, by=None, now=NOW)
    for row, name, by in ((draft, "submit", desk.city.engineer), (checked, "recommend", desk.city.officer)):
        with pytest.raises(Refusal, match="示例信用〔2026〕9号"):
            desk.step(row, name, by)


def test_corrections_are_asked_for_once_and_the_clock_of_the_office_stops(desk: Desk) -> None:
    row = desk.step(desk.submitted(), "supplement", desk.city.district_officer, note="缺人员清单。")
    assert (row.supplement, row.case.owner, row.case.assignee) == ("缺人员清单。", "applicant", desk.city.engineer)
    row = desk.step(row, "resubmit", desk.city.engineer)
    with pytest.raises(NoSuchStep):
        desk.step(row, "supplement", desk.city.district_officer, note="再补。")
    assert desk.step(row, "check", desk.city.district_officer).case.state == "checked"


def test_late_corrections_are_returned_by_the_clock_with_what_was_wanted(desk: Desk) -> None:
    row = desk.step(desk.submitted(), "supplement", desk.city.district_officer, note="缺人员清单。")
    due = row.case.due_on
    assert due == date(2026, 12, 2)  # ten working days
    assert tick(now=datetime.combine(due, NOW.timetz())) == 0
    later = datetime.combine(due, NOW.timetz()) + timedelta(days=1)
    assert (tick(now=later), tick(now=later)) == (1, 0)
    row = Application.objects.get(pk=row.pk)
    assert (row.case.state, row.supplement) == ("draft", "")
    assert "缺人员清单" in row.case.note
    assert desk.step(row, "submit", desk.city.engineer, later).case.state == "submitted"


def test_who_pre_checked_does_not_recommend_nor_does_the_district(desk: Desk) -> None:
    row = desk.step(desk.submitted(), "check", desk.city.officer)
    for by in (desk.city.officer, desk.city.district_officer, desk.city.engineer):
        with pytest.raises(NotAllowed):
            desk.step(row, "recommend", by)
    row = desk.step(row, "recommend", desk.second)
    with pytest.raises(IntegrityError):
        Application.objects.filter(pk=row.pk).update(recommender=row.checker)


def test_an_objection_stops_the_notice_and_upheld_it_ends_the_application(desk: Desk) -> None:
    row, notice = desk.on_notice(), PublicNotice.objects.get()
    when = NOW + timedelta(days=6)
    made = publicity.object_to(notice=notice, text="人员数字不实。", by=desk.city.stranger, now=when)
    notice.refresh_from_db()
    assert notice.left == 6
    publicity.decide(objection=made, upheld=True, answer="查实。", by=desk.city.district_officer, now=when)
    row = Application.objects.get(pk=row.pk)
    assert (row.case.state, row.ended_at) == ("rejected", when)


def test_a_wrong_number_of_hnte_is_refused_and_an_odd_one_of_a_technology_sme_only_remarked(desk: Desk) -> None:
    sme, hnte = desk.sent(), desk.sent("hnte")
    for number in ("", "GR2026", "XX202637100001"):
        with pytest.raises(Refusal) as refused:
            desk.told(hnte, number)
        assert "number" in refused.value.fields
    assert desk.told(hnte, GR)[0].number == GR
    row, remark = desk.told(sme, "示例A1")
    assert row.number == "示例A1"
    assert "请核对" in remark
    assert {q.valid_to for q in Qualification.objects.filter(kind="hnte")} == {date(2029, 12, 3)}


def test_days_that_cannot_be_are_refused(desk: Desk) -> None:
    row = desk.sent()
    for wrong in (
        {"granted_on": AFTER.date() + timedelta(days=2)},
        {"valid_to": AFTER.date()},
        {"announcement": " "},
    ):
        with pytest.raises(Refusal) as refused:
            desk.told(row, NUMBER, **wrong)
        assert list(refused.value.fields) == list(wrong)
    assert Application.objects.get(pk=row.pk).case.state == "sent"


def test_a_revoked_technology_sme_is_told_why_and_waits_for_the_next_year(desk: Desk) -> None:
    row = desk.recognised()
    desk.step(row, "revoke", desk.second, AFTER, reason="sampling", note="抽查人员占比不足。")
    held = Qualification.objects.get()
    assert (held.revoked_on, held.revoked_for) == (AFTER.date(), "抽查不符合条件；抽查人员占比不足。")
    assert facts_of(desk.city.company, on=AFTER.date())["sme_valid"] is False
    assert Notice.objects.filter(user=desk.city.engineer, text__contains="抽查人员占比不足").exists()
    with pytest.raises(Refusal, match="2027 年可以重新申报"):
        actions.start(party=desk.city.company, rung=desk.rung(), by=desk.city.engineer, now=AFTER)


def test_who_was_not_recognised_may_apply_again(desk: Desk) -> None:
    row = desk.step(desk.sent(), "refuse", desk.second, AFTER, reason="review", note="")
    assert (row.case.state, Qualification.objects.exists()) == ("unrecognised", False)
    assert desk.draft() != row


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_recommend_at_once_put_it_on_notice_once(live_desk: Desk) -> None:
    row = live_desk.checked()

    def one(by: Any) -> str:
        try:
            live_desk.step(row, "recommend", by)
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, (live_desk.city.officer, live_desk.second)))
    assert said == ["NoSuchStep", "ok"]
    assert PublicNotice.objects.count() == 1

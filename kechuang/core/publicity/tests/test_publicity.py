"""公示: working days with a holiday, objections that stop and resume it, races, and a service that shares it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import events
from kechuang.core.catalogue import models as catalogue
from kechuang.core.catalogue.models import Service
from kechuang.core.notices.models import Notice
from kechuang.core.publicity import actions, queries
from kechuang.core.publicity.clock import end_notices
from kechuang.core.publicity.models import Objection, PublicNotice
from kechuang.core.publicity.steps import notice_states, notice_steps
from kechuang.core.vocab.models import CalendarDay
from kechuang.kit.access import nobody
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.workflow import State, Step, Workflow
from tests.city import NOW, City

pytestmark = pytest.mark.django_db
WORDS = "示例事实不符，附有证据。"
WORKFLOW = Workflow(
    start="draft",
    states={
        "draft": State("草稿", "applicant", 5),
        **notice_states(),
        "noticed": State("公示期满", end=True),
        "rejected": State("不予支持", end=True),
    },
    steps=(
        Step("begin", "公示", ("draft",), "notice", nobody, automatic=True),
        *notice_steps(over="noticed", upheld="rejected", label="异议成立，不予支持"),
    ),
)
SERVICE = Service("test-notice", "示例事项", "Test", "示例", "示例", ("enterprise",), WORKFLOW, 5, ("A4.2",))


@pytest.fixture(autouse=True)
def _service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(catalogue._services, SERVICE.code, SERVICE)
    yield
    cache.clear()  # the calendar of this test


def on_notice(city: City, now: datetime = NOW, days: int = 10) -> PublicNotice:
    case = Case.objects.create(
        service=SERVICE.code, applicant=city.company, district="370281", state="notice", since=now, opened_at=now,
        owner="officer", opened_by=city.engineer, assignee=city.district_officer,
    )  # fmt: skip
    return actions.begin(case=case, days=days, matter="示例认定", now=now)


def state(notice: PublicNotice) -> str:
    return Case.objects.get(pk=notice.case_id).state


def test_a_notice_counts_working_days_and_leaves_out_holidays_and_counts_days_worked_instead(city: City) -> None:
    for day, kind in (
        (date(2026, 11, 20), "holiday"),
        (date(2026, 11, 22), "make_up"),
        (date(2026, 11, 23), "holiday"),
    ):
        CalendarDay.objects.create(day=day, kind=kind, name="示例节", source="示例", text_status="ours")
    cache.clear()
    notice = on_notice(city)
    assert notice.until == date(2026, 12, 3)  # one day later than without: two days off, one Sunday worked
    assert notice.case.due_on == notice.until


def test_it_ends_the_day_after_its_last_day_and_only_once(city: City) -> None:
    notice = on_notice(city)
    last = datetime.combine(notice.until, NOW.timetz())
    assert end_notices(now=last) == 0
    assert (end_notices(now=last + timedelta(days=1)), end_notices(now=last + timedelta(days=2))) == (1, 0)
    assert state(notice) == "noticed"
    notice.refresh_from_db()
    assert notice.over_on == notice.until + timedelta(days=1)
    assert [list(queries.running()), list(queries.past())] == [[], [notice]]


def test_an_objection_stops_it_and_when_dismissed_it_runs_for_the_days_that_were_left(city: City) -> None:
    notice = on_notice(city)
    fourth = NOW + timedelta(days=6)  # 24 November, four working days on
    made = actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=fourth)
    notice.refresh_from_db()
    assert (state(notice), notice.left) == ("objected", 6)
    later = NOW + timedelta(days=60)
    assert end_notices(now=later) == 0
    actions.decide(objection=made, upheld=False, answer="已核实。", by=city.district_officer, now=later)
    notice.refresh_from_db()
    assert (state(notice), notice.left, notice.until) == ("notice", None, date(2027, 1, 25))
    assert "不成立：已核实。" in Notice.objects.get(user=city.stranger).text


def test_the_way_of_the_case_says_what_happened_and_not_who_objected(city: City) -> None:
    notice = on_notice(city)
    made = actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW)
    actions.decide(objection=made, upheld=False, answer="已核实。", by=city.district_officer, now=NOW)
    way = [(label, event.by_name) for event, label in events(notice.case)]
    assert way == [("有异议，暂停公示", ""), ("处理异议", str(city.district_officer)), ("异议不成立，继续公示", "")]
    assert Event.objects.get(subject=Objection._meta.label_lower, subject_id=made.pk).by_name == str(city.stranger)


def test_it_goes_on_only_when_the_last_of_several_objections_is_decided(city: City) -> None:
    notice = on_notice(city)
    one = actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW)
    two = actions.object_to(notice=notice, text=WORDS, by=city.professor, now=NOW + timedelta(days=1))
    actions.decide(objection=one, upheld=False, answer="已核实。", by=city.officer, now=NOW)
    assert state(notice) == "objected"
    actions.decide(objection=two, upheld=False, answer="已核实。", by=city.officer, now=NOW)
    notice.refresh_from_db()
    assert (state(notice), notice.until) == ("notice", date(2026, 12, 2))


def test_one_that_is_upheld_ends_the_case_with_the_reason(city: City) -> None:
    notice = on_notice(city)
    made = actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW)
    actions.decide(objection=made, upheld=True, answer="查实。", by=city.officer, now=NOW)
    case = Case.objects.get(pk=notice.case_id)
    assert (case.state, case.note) == ("rejected", "查实。")
    with pytest.raises(Refusal, match="已经处理"):
        actions.decide(objection=made, upheld=False, answer="改。", by=city.officer, now=NOW)


def test_nobody_objects_to_ones_own_twice_without_words_or_when_it_is_over(city: City) -> None:
    notice = on_notice(city)
    with pytest.raises(NotAllowed):
        actions.object_to(notice=notice, text=WORDS, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="事实和理由"):
        actions.object_to(notice=notice, text="  ", by=city.stranger, now=NOW)
    with pytest.raises(Refusal, match="公示已经结束"):  # the clock has not come round yet
        actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW + timedelta(days=30))
    actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW)
    with pytest.raises(Refusal, match="已经收到"):
        actions.object_to(notice=notice, text=WORDS, by=city.stranger, now=NOW)


def test_an_officer_does_not_decide_her_own_objection_nor_one_of_another_district(city: City) -> None:
    notice = on_notice(city)
    Case.objects.filter(pk=notice.case_id).update(district="370212")
    made = actions.object_to(notice=notice, text=WORDS, by=city.officer, now=NOW)
    for who in (city.officer, city.district_officer, city.professor):
        with pytest.raises(NotAllowed):
            actions.decide(objection=made, upheld=False, answer="已核实。", by=who, now=NOW)
    with pytest.raises(IntegrityError):
        Objection.objects.filter(pk=made.pk).update(decided_by=made.by)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_decide_at_once_decide_once(live_city: City) -> None:
    city = live_city
    made = actions.object_to(notice=on_notice(city), text=WORDS, by=city.stranger, now=NOW)

    def one(choice: tuple[Any, bool]) -> str:
        try:
            actions.decide(objection=made, upheld=choice[1], answer="已核实。", by=choice[0], now=NOW)
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, ((city.officer, True), (city.district_officer, False))))
    assert said == ["ok", "这条异议已经处理。"]

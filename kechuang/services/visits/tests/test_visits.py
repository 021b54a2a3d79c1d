"""走访: planned, joined, merged, moved, logged; who sees what; two units that plan at once meet."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.queries import waiting_for
from kechuang.core.dossier.entries import add_entry
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.visits import actions, queries
from kechuang.services.visits.clock import tick
from kechuang.services.visits.figures import figures
from kechuang.services.visits.models import Visit
from kechuang.services.visits.queries import Wanted
from kechuang.services.visits.rows import VISIT
from kechuang.services.visits.tests.town import (
    CITY,
    DISTRICT,
    LOGGED,
    PROBLEM,
    TODAY,
    agency,
    fresh,
    logged,
    planned,
)
from kechuang.web.sheets import Ask, Given
from tests.city import NOW, City, build, party

pytestmark = pytest.mark.django_db


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_a_plan_stands_on_the_desk_of_who_made_it_until_its_day_and_the_enterprise_is_told() -> None:
    city = build()
    visit = planned(city)
    case = visit.case
    assert (case.state, case.assignee, case.due_on) == ("planned", city.district_officer, TODAY + timedelta(days=5))
    assert list(waiting_for(city.district_officer)) == [case]
    assert Notice.objects.filter(user=city.engineer, text__contains="计划 2026-11-23 走访贵单位").exists()


def test_a_second_unit_is_shown_the_plan_of_the_first_and_goes_along_instead() -> None:
    city = build()
    visit = planned(city)
    broker = agency(city)
    with pytest.raises(Refusal, match="近期已有走访计划：胶州市科技主管部门 2026-11-23"):
        planned(city, days=9, unit=broker, by=city.broker)
    page = client(city.broker).get(reverse("visit_firm", args=[city.company.pk])).content.decode()
    assert "2026-11-23 · 胶州市科技主管部门" in page
    for _twice in range(2):
        client(city.broker).post(reverse("join_visit", args=[visit.pk]))
    assert [one.unit for one in visit.companions.all()] == [broker.party]
    assert Notice.objects.filter(user=city.district_officer, text__contains="一起参加").count() == 1
    assert client(city.broker).get(reverse("case", args=[visit.case_id])).status_code == 200


def test_who_goes_alone_all_the_same_says_why_and_both_hear_of_it() -> None:
    city = build()
    planned(city)
    alone = planned(city, days=9, unit=agency(city), by=city.broker, separate_for="涉及融资，企业要求单独谈")
    assert alone.separate_for
    assert Notice.objects.filter(user=city.district_officer, text__contains="建议合并成一次").count() == 1
    tick(now=NOW)
    assert Notice.objects.filter(text__contains="建议合并成一次").count() == 2  # the broker hears it, too; once each
    assert tick(now=NOW)[1] == 0


def test_plans_far_apart_do_not_disturb_each_other() -> None:
    city = build()
    planned(city)
    assert planned(city, days=40, unit=agency(city), by=city.broker).separate_for == ""


def test_an_own_plan_can_be_given_up_for_that_of_another_unit() -> None:
    city = build()
    other = planned(city, days=40, unit=agency(city), by=city.broker)
    mine = planned(city)
    actions.merge(visit=mine, into=other, by=city.district_officer, now=NOW)
    assert (fresh(mine).case.state, fresh(mine).case.assignee) == ("merged", None)
    assert [one.user for one in other.companions.all()] == [city.district_officer]
    with pytest.raises(Refusal, match="只能并入"):
        actions.merge(visit=other, into=mine, by=city.broker, now=NOW)


def test_a_visit_is_moved_to_another_day_and_reminded_of_on_the_day_before() -> None:
    city = build()
    visit = planned(city, days=9)
    assert tick(now=NOW)[0] == 0
    actions.move(visit=visit, planned_on=TODAY + timedelta(days=1), by=city.district_officer, now=NOW)
    assert fresh(visit).case.due_on == TODAY + timedelta(days=1)
    assert (tick(now=NOW)[0], tick(now=NOW)[0]) == (1, 0)
    with pytest.raises(Refusal, match="与原计划相同"):
        actions.move(visit=visit, planned_on=TODAY + timedelta(days=1), by=city.district_officer, now=NOW)
    with pytest.raises(Refusal, match="不能早于今天"):
        actions.move(visit=visit, planned_on=TODAY - timedelta(days=1), by=city.district_officer, now=NOW)


def test_what_was_seen_reaches_the_enterprise_and_private_remarks_do_not() -> None:
    city = build()
    visit = planned(city)
    sent = LOGGED | {"problems.kind": ["technology"], "problems.text": [PROBLEM["text"]], "problems.days": ["8"]}
    answer = client(city.district_officer).post(reverse("log_visit", args=[visit.case_id]), sent)
    assert answer.status_code == 302
    assert fresh(visit).case.state == "done"
    url = reverse("case", args=[visit.case_id])
    seen = {name: client(user).get(url) for name, user in city.people().items()}
    texts = {name: answer.content.decode() for name, answer in seen.items() if answer.status_code == 200}
    assert set(texts) == {"engineer", "colleague", "officer", "district_officer"}
    assert [name for name, text in texts.items() if LOGGED["private"] in text] == ["officer", "district_officer"]
    assert all(LOGGED["seen"] in text and PROBLEM["text"] in text for text in texts.values())
    assert LOGGED["private"] not in str(visit.case.data)


def test_another_unit_sees_day_and_unit_of_the_last_visit_and_nothing_else() -> None:
    city = build()
    visit = logged(city)
    agency(city)
    page = client(city.broker).get(reverse("visit_firm", args=[city.company.pk])).content.decode()
    assert "2026-11-18 · 胶州市科技主管部门" in page
    assert [text for text in (LOGGED["seen"], LOGGED["private"], PROBLEM["text"]) if text in page] == []
    assert client(city.broker).get(reverse("case", args=[visit.case_id])).status_code == 404


def test_nobody_visits_outside_the_own_district_the_own_organisation_or_without_a_unit() -> None:
    city = build()
    far = party("enterprise", "示例远方公司", "91370200264574251E", "370212")
    with pytest.raises(NotAllowed):
        planned(city, party=far)
    with pytest.raises(NotAllowed):
        planned(city, unit=CITY)
    assert planned(city, party=far, unit=CITY, by=city.officer).office == ""
    assert client(city.broker).get(reverse("visit_firms")).status_code == 403  # no organisation yet
    assert client(city.engineer).get(reverse("visit_firms")).status_code == 403


def test_enterprises_not_visited_for_longest_come_first_under_filters() -> None:
    city = build()
    party("enterprise", "示例阿尔法公司", "91370200264574251E", "370281")
    logged(city)
    found = [one.name for one in queries.firms(city.district_officer, Wanted(), TODAY)]
    assert found == ["示例阿尔法公司", "示例重锻机械有限公司"]
    content = {"kind": "hnte", "valid_from": TODAY - timedelta(days=30), "valid_to": TODAY + timedelta(days=900)}
    add_entry(party=city.company, held="qualifications", content=content, by=None, now=NOW, source="national")
    wanted = Wanted(qualification="hnte", district="370281")
    assert [one.name for one in queries.firms(city.officer, wanted, TODAY)] == ["示例重锻机械有限公司"]


def test_each_number_of_the_statistics_opens_the_list_behind_it() -> None:
    city = build()
    logged(city)
    for group in ("unit", "district", "month"):
        line = figures(city.officer, group, 2026, TODAY)[0]
        assert (line.visits, line.firms, line.problems, line.open) == (1, 1, 1, 1)
        url = f"{reverse('visit_problems')}?year=2026&state=open&{group}={line.key}"
        assert client(city.officer).get(url).context["total"] == 1
        other = "unit=o" if group == "unit" else "district=370212" if group == "district" else "month=2026-01"
        assert client(city.officer).get(f"{reverse('visits')}?{other}").context["total"] == 0


def test_visits_come_from_excel_and_the_same_row_twice_is_one() -> None:
    city = build()
    ask = Ask(city.district_officer, QueryDict(""), NOW)
    data = LOGGED | {"uscc": city.company.uscc, "problems": [PROBLEM]}
    given = Given(ask, None, ("",), data)
    VISIT.plan(given)(NOW)
    assert VISIT.done(given) is True
    visit = Visit.objects.get()
    assert (visit.case.state, visit.problems.get().days) == ("done", 8)
    waits = planned(city)
    row = VISIT.find(ask, [(str(waits.case_id),)])[(str(waits.case_id),)]
    VISIT.plan(Given(ask, row, (str(waits.case_id),), data | {"problems": []}))(NOW)
    assert fresh(waits).case.state == "done"
    with pytest.raises(Refusal, match="不在您的走访范围内"):
        VISIT.plan(Given(ask, None, ("",), data | {"uscc": "91370200264574251E"}))


@pytest.mark.django_db(transaction=True)
def test_of_two_units_that_plan_at_the_same_moment_the_second_hears_of_the_first(live_city: City) -> None:
    broker = agency(live_city)
    told: list[str] = []

    def attempt(**more: Any) -> None:
        try:
            planned(live_city, **more)
        except Refusal as refusal:
            told.append(refusal.message)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=attempt, kwargs={"unit": DISTRICT, "by": live_city.district_officer}),
        threading.Thread(target=attempt, kwargs={"unit": broker, "by": live_city.broker}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Visit.objects.count(), len(told)) == (1, 1)

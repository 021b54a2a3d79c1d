"""联盟活动: proposed, checked, signed up for, held, reported; the last seat."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kechuang.core.cases.actions import advance
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.alliances import actions, queries
from kechuang.services.alliances.clock import tick
from kechuang.services.alliances.models import Activity, Alliance, SignUp
from kechuang.services.alliances.tests.town import MEETING, alliance, joined, meeting, office
from tests.city import NOW, City, build

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=11)


def member_city() -> tuple[City, Alliance]:
    city = build()
    return city, members_of(city)


def members_of(city: City) -> Alliance:
    found = alliance()
    joined(city, found, city.company, city.engineer)
    joined(city, found, city.university, city.professor)
    return found


def test_a_members_activity_is_published_after_a_check() -> None:
    city, found = member_city()
    activity = actions.propose_activity(
        alliance=found, organiser=city.company, content=MEETING, by=city.engineer, now=NOW
    )
    assert (activity.case.state, activity.case.assignee) == ("submitted", city.district_officer)
    assert list(queries.activities(city.stranger, found)) == []
    advance(case=activity.case, step="publish", by=city.district_officer, now=NOW)
    assert list(queries.activities(city.stranger, found)) == [activity]


def test_the_secretariats_own_activity_is_published_at_once() -> None:
    build()
    host, secretary = office()
    activity = actions.propose_activity(alliance=alliance(host), organiser=host, content=MEETING, by=secretary, now=NOW)
    assert activity.case.state == "open"


def test_only_members_and_the_secretariat_organise() -> None:
    city = build()
    with pytest.raises(NotAllowed):
        actions.propose_activity(
            alliance=alliance(), organiser=city.company, content=MEETING, by=city.engineer, now=NOW
        )


def test_an_activity_in_the_past_is_refused_at_the_field() -> None:
    city, found = member_city()
    with pytest.raises(Refusal) as refused:
        meeting(city, found, city.engineer, city.company, starts_at=NOW - timedelta(days=1))
    assert list(refused.value.fields) == ["starts_at"]


def test_an_activity_that_was_sent_back_is_changed_and_handed_in_again() -> None:
    city, found = member_city()
    activity = actions.propose_activity(
        alliance=found, organiser=city.company, content=MEETING, by=city.engineer, now=NOW
    )
    advance(case=activity.case, step="return", by=city.officer, now=NOW, reason="unclear", note="写明议程。")
    changed = actions.change_activity(
        activity=activity, content=MEETING | {"text": "议程：每家发言十分钟。"}, version=1, by=city.engineer, now=NOW
    )
    assert (changed.case.state, changed.text) == ("submitted", "议程：每家发言十分钟。")


def test_a_new_place_is_told_to_those_who_signed_up_and_an_older_page_does_not_overwrite_it() -> None:
    city, found = member_city()
    activity = meeting(city, found, city.engineer, city.company)
    actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW)
    moved = MEETING | {"place": "示例大厦五楼", "title": "另一个名称"}
    changed = actions.change_activity(activity=activity, content=moved, version=1, by=city.district_officer, now=NOW)
    assert (changed.place, changed.title) == ("示例大厦五楼", MEETING["title"])
    assert Notice.objects.filter(user=city.professor, text__contains="请查看最新安排").count() == 1
    with pytest.raises(Stale):
        actions.change_activity(activity=activity, content=moved, version=1, by=city.engineer, now=NOW)


def test_a_cancelled_activity_is_told_to_those_who_signed_up() -> None:
    city, found = member_city()
    activity = meeting(city, found, city.engineer, city.company)
    actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW)
    advance(case=activity.case, step="cancel", by=city.engineer, now=NOW, reason="few")
    assert Notice.objects.filter(user=city.professor, text__contains="活动已取消").count() == 1


def test_signing_up_twice_changes_nothing_and_can_be_taken_back() -> None:
    city, found = member_city()
    activity = meeting(city, found, city.engineer, city.company)
    first = actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW)
    assert actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW) == first
    actions.cancel_sign_up(activity=activity, by=city.professor, now=NOW)
    assert list(queries.signed_up(activity)) == []
    with pytest.raises(Refusal, match="没有报名"):
        actions.cancel_sign_up(activity=activity, by=city.professor, now=NOW)


def test_whoever_does_not_belong_to_the_alliance_cannot_sign_up() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    activity = meeting(city, found, city.engineer, city.company)
    with pytest.raises(NotAllowed):
        actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW)


def test_an_activity_that_has_ended_waits_for_its_organiser_who_reports_once_it_is_known_who_came() -> None:
    city, found = member_city()
    activity = meeting(city, found, city.engineer, city.company)
    row = actions.sign_up(activity=activity, party=city.university, by=city.professor, now=NOW)
    with pytest.raises(Refusal, match="活动开始之后"):
        actions.note_attendance(activity=activity, came=[row.pk], by=city.engineer, now=NOW)
    assert (tick(now=LATER), tick(now=LATER)) == (1, 0)
    activity.case.refresh_from_db()
    assert (activity.case.state, activity.case.assignee) == ("reporting", city.engineer)
    outcome = {"outcome": "谈成两项试用。", "introductions": 2, "needs": 1}
    with pytest.raises(Refusal, match="没有记录是否到会"):
        actions.report(activity=activity, content=outcome, by=city.engineer, now=LATER)
    assert actions.note_attendance(activity=activity, came=[row.pk], by=city.engineer, now=LATER) == 1
    done = actions.report(activity=activity, content=outcome, by=city.engineer, now=LATER)
    assert (done.case.state, done.introductions) == ("done", 2)
    with pytest.raises(NotAllowed):
        actions.note_attendance(activity=activity, came=[], by=city.professor, now=LATER)


def test_the_last_seat_goes_to_one_of_two(live_city: City) -> None:
    city, found = live_city, members_of(live_city)
    activity = meeting(city, found, city.engineer, city.company, seats=1)
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def sign(user: Any, party: Any) -> None:
        together.wait()
        try:
            outcomes.append(
                actions.sign_up(activity=Activity.objects.get(pk=activity.pk), party=party, by=user, now=NOW)
            )
        except Refusal as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    pairs = ((city.colleague, city.company), (city.professor, city.university))
    threads = [threading.Thread(target=sign, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SignUp.objects.count() == 1
    assert [o for o in outcomes if isinstance(o, str)] == ["1 个名额已报满。可以联系组织单位，或稍后看看有没有人取消。"]

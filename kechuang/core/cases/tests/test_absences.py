"""外出"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from kechuang.core.audit.queries import history
from kechuang.core.cases.absences import deputising, end_absence, enter_absence, stand_ins
from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import Moves, on_desk_of, sweep
from kechuang.core.cases.models import Case
from kechuang.core.cases.tests.handovers import TODAY, drafts, give, one, submitted, team_of, told
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Absence, Mandate, User
from kechuang.core.taskforces.actions import seat
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, person, published, works_for


@one
def test_the_deputy_has_the_cases_from_the_first_day_to_the_last(city: City) -> None:
    cases = submitted(city, 2)
    enter_absence(
        deputy=city.officer,
        since=TODAY + timedelta(days=1),
        until=TODAY + timedelta(days=2),
        note="学习",
        by=city.district_officer,
        now=NOW,
    )
    assert sweep(now=NOW).total == 0
    assert sweep(now=NOW + timedelta(days=1)).to == {city.officer: 2}
    assert sweep(now=NOW + timedelta(days=1)).total == 0
    assert sweep(now=NOW + timedelta(days=2)).total == 0
    assert {c.on_behalf_of for c in on_desk_of(city.officer)} == {city.district_officer}
    assert sweep(now=NOW + timedelta(days=3)).to == {city.district_officer: 2}
    assert [e.note for e in history(cases[0])][-2:] == [
        "示例district_officer → 示例officer，原因：示例district_officer外出，由代理人办理",
        "示例officer → 示例district_officer，原因：示例district_officer已返回",
    ]


@one
def test_an_absence_that_begins_today_moves_the_cases_at_once_and_its_end_brings_them_back(city: City) -> None:
    submitted(city, 2)
    by = city.district_officer
    absence, _ = enter_absence(deputy=city.officer, since=TODAY, until=TODAY, note="", by=by, now=NOW)
    assert told(city.officer)[-1].endswith("外出，由您代理。已有 2 件办件转到您的待办。")
    assert list(deputising(city.officer, TODAY)) == [absence]
    with pytest.raises(NotAllowed):
        end_absence(absence=absence, by=city.officer, now=NOW)
    assert end_absence(absence=absence, by=by, now=NOW) == 2
    with pytest.raises(Refusal, match="已经结束"):
        end_absence(absence=absence, by=by, now=NOW)


@one
def test_what_the_deputy_may_not_do_goes_to_the_next_one_and_the_absent_one_is_told(city: City) -> None:
    submitted(city, 1)
    team = team_of(city, city.broker)
    seat(task_force=team, user=city.district_officer, role="liaison", by=city.officer, now=NOW)
    by = city.district_officer
    assert list(stand_ins(by)) == [city.officer, city.broker]
    _, moves = enter_absence(deputy=city.broker, since=TODAY, until=TODAY, note="", by=by, now=NOW)
    assert moves.to == {city.officer: 1}
    assert told(city.broker) == ["示例district_officer于 2026-11-18 至 2026-11-18 外出，由您代理。"]
    assert told(city.officer) == ["1 件办件转到您的待办：示例district_officer外出"]


@one
def test_what_a_deputy_hands_on_still_comes_back_to_the_one_who_was_away(city: City) -> None:
    third = person("third")
    appoint(user=third, role="officer", by=None, now=NOW)
    submitted(city, 1)
    absence, _ = enter_absence(
        deputy=city.officer, since=TODAY, until=TODAY, note="", by=city.district_officer, now=NOW
    )
    give(city.officer, third)
    assert on_desk_of(third).get().on_behalf_of == city.district_officer
    assert end_absence(absence=absence, by=city.district_officer, now=NOW) == 1


@one
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": TODAY - timedelta(days=1)}, "结束日期"),
        ({"since": TODAY - timedelta(days=1)}, "开始日期"),
        ({"deputy": "professor"}, "不能代您办理"),
        ({"deputy": "district_officer"}, "也外出"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused_in_words(city: City, changes: dict[str, Any], words: str) -> None:
    third = person("third")
    appoint(user=third, role="officer", by=None, now=NOW)
    appoint(user=third, role="officer", district="370281", by=None, now=NOW)
    enter_absence(deputy=city.officer, since=TODAY, until=TODAY, note="", by=city.district_officer, now=NOW)
    given = {"deputy": city.officer, "since": TODAY, "until": TODAY, "note": "", "by": third, "now": NOW} | changes
    if isinstance(given["deputy"], str):
        given["deputy"] = getattr(city, str(given["deputy"]))
    with pytest.raises(Refusal, match=words):
        enter_absence(**given)  # type: ignore[arg-type]


@one
def test_two_absences_of_one_person_do_not_overlap(city: City) -> None:
    enter_absence(deputy=city.colleague, since=TODAY, until=TODAY, note="", by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="重叠"):
        enter_absence(deputy=city.colleague, since=TODAY, until=TODAY, note="", by=city.engineer, now=NOW)
    assert Absence.objects.count() == 1


@one
def test_deputies_come_from_the_same_party_scope_or_team(city: City) -> None:
    other = person("other")
    team_of(city, city.broker, other)
    assert list(stand_ins(city.engineer)) == [city.colleague]
    assert list(stand_ins(city.broker)) == [other]
    assert list(stand_ins(city.district_officer)) == [city.officer]
    assert list(stand_ins(city.officer)) == []  # an officer of a district cannot act for the whole city
    assert list(stand_ins(city.stranger)) == []


@one
def test_the_sweep_takes_waits_from_closed_accounts_and_gives_orphans_to_somebody(city: City) -> None:
    case, other = submitted(city, 2)
    Case.objects.filter(pk=other.pk).update(assignee=None)
    User.objects.filter(pk=city.district_officer.pk).update(is_active=False)
    assert sweep(now=NOW).to == {city.officer: 2}
    assert told(city.officer) == ["2 件办件转到您的待办：经办人外出、返回或变动"]
    assert {case.pk, other.pk} == set(on_desk_of(city.officer).values_list("pk", flat=True))


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each with a connection of its own; gives results or refusals."""
    results: list[Any] = []
    barrier = Barrier(len(work))

    def run(job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results.append(job())
        except Refusal as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_hand_overs_at_once_one_wins_and_the_other_is_told(live_city: City) -> None:
    city = live_city
    third = person("third")
    works_for(third, city.company, Mandate.Role.AGENT)
    drafts(city, 5)
    results = at_once(lambda: give(city.engineer, city.colleague), lambda: give(city.engineer, third))
    refused = [r for r in results if isinstance(r, Refusal)]
    (done,) = (r for r in results if isinstance(r, Moves))
    assert (done.total, len(refused)) == (5, 1)
    assert "已不在" in refused[0].message
    (winner,) = done.to
    assert on_desk_of(winner).count() == 5


def test_a_step_and_a_hand_over_at_once_leave_one_assignee(live_city: City) -> None:
    city = live_city
    (case,) = drafts(city, 1)
    when: datetime = NOW
    at_once(
        lambda: give(city.engineer, city.colleague),
        lambda: advance(case=case, step="submit", by=city.engineer, now=when),
    )
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("submitted", city.district_officer)
    assert published(city, "needs")[1].assignee is None

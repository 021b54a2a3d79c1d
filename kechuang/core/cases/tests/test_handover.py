"""交接: open cases change hands with a reason, never get lost, and each receiver hears of it once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from kechuang.core.audit.queries import history
from kechuang.core.cases import leaving
from kechuang.core.cases.absences import deputising, end_absence, enter_absence, stand_ins
from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import Moves, desks, hand_over, on_desk_of, sweep
from kechuang.core.cases.models import Case
from kechuang.core.notices.models import Notice
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Absence, Mandate, Party, Post, User
from kechuang.core.taskforces.actions import create_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, listing, person, published, works_for

TODAY = NOW.date()
one = pytest.mark.django_db


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("text", flat=True))


def drafts(city: City, n: int) -> list[Case]:
    return [listing(city, "needs", title=f"第 {i} 项等待处理的需求")[1] for i in range(n)]


def submitted(city: City, n: int) -> list[Case]:
    return [advance(case=case, step="submit", by=city.engineer, now=NOW) for case in drafts(city, n)]


def give(giver: User, receiver: User, by: User | None = None, **more: Any) -> Moves:
    return hand_over(
        **{"giver": giver, "receiver": receiver, "cases": None, "note": "调岗", "by": by or giver, "now": NOW} | more
    )


def team_of(city: City, *brokers: User) -> TaskForce:
    team = create_team(
        code="t", name="示例服务专班", section="", industry=[], districts=[], platform=None, by=city.officer, now=NOW
    )
    for broker in brokers:
        appoint(user=broker, role="broker", by=None, now=NOW)
        seat(task_force=team, user=broker, role="broker", by=city.officer, now=NOW)
    return team


@one
def test_all_cases_go_over_with_a_reason_in_each_history_and_one_notice(city: City) -> None:
    cases = drafts(city, 3)
    moves = give(city.engineer, city.colleague)
    assert (moves.to, moves.kept) == ({city.colleague: 3}, [])
    assert set(on_desk_of(city.colleague)) == set(cases)
    assert [(e.verb, e.note) for e in history(cases[0])][-1] == (
        "hand_over",
        "示例engineer → 示例colleague，原因：调岗",
    )
    assert told(city.colleague) == ["示例engineer的 3 件办件交接给您：调岗"]
    assert told(city.engineer) == []


@one
def test_chosen_cases_only_and_they_come_back_to_the_new_one(city: City) -> None:
    first, second = drafts(city, 2)
    give(city.engineer, city.colleague, cases=[first.pk])
    assert list(on_desk_of(city.engineer)) == [second]
    case = advance(case=first, step="submit", by=city.colleague, now=NOW)
    back = advance(case=case, step="return", by=city.officer, now=NOW, reason="unclear", note="请补充")
    assert back.assignee == city.colleague


@one
def test_who_may_not_act_gets_nothing(city: City) -> None:
    drafts(city, 1)
    with pytest.raises(Refusal, match="无权办理"):
        give(city.engineer, city.professor)
    with pytest.raises(NotAllowed):
        give(city.engineer, city.colleague, by=city.professor)
    with pytest.raises(Refusal, match="另一个人"):
        give(city.engineer, city.engineer)
    with pytest.raises(Refusal, match="原因"):
        give(city.engineer, city.colleague, note=" ")
    assert on_desk_of(city.engineer).count() == 1


@one
def test_what_the_receiver_may_not_do_stays_and_the_rest_goes(city: City) -> None:
    works_for(city.engineer, city.university, Mandate.Role.AGENT)
    _, other = listing(city, "achievements")
    hand_over(giver=city.professor, receiver=city.engineer, cases=None, note="出差", by=city.professor, now=NOW)
    (mine,) = drafts(city, 1)
    moves = give(city.engineer, city.colleague)
    assert (moves.total, moves.kept) == (1, [other])
    assert list(on_desk_of(city.colleague)) == [mine]


@one
def test_nobody_who_is_away_gets_cases(city: City) -> None:
    drafts(city, 1)
    enter_absence(deputy=city.engineer, since=TODAY, until=TODAY, note="", by=city.colleague, now=NOW)
    with pytest.raises(Refusal, match="外出至"):
        give(city.engineer, city.colleague)


@one
def test_an_officer_hands_over_cases_of_people_in_her_scope_only(city: City) -> None:
    submitted(city, 2)
    advance(case=listing(city, "needs", district="370202")[1], step="submit", by=city.engineer, now=NOW)
    assert [(d.user, d.cases) for d in desks(city.officer, TODAY)] == [
        (city.district_officer.pk, 2),
        (city.officer.pk, 1),
    ]
    assert [d.cases for d in desks(city.district_officer, TODAY)] == [2]
    with pytest.raises(Refusal, match="已不在"):
        give(city.officer, city.district_officer, by=city.district_officer)
    assert give(city.district_officer, city.officer, by=city.officer).total == 2
    assert told(city.district_officer)[-1] == "示例officer将您的 2 件办件交接给示例officer：调岗"


@one
def test_a_person_with_40_open_cases_loses_her_post_and_all_of_them_find_somebody(city: City) -> None:
    second = person("second")
    appoint(user=second, role="officer", district="370281", by=None, now=NOW)
    Post.objects.filter(user=second).update(until=NOW)
    cases = submitted(city, 40)
    assert on_desk_of(city.district_officer).count() == 40
    for name in ("third", "fourth"):
        appoint(user=person(name), role="officer", district="370281", by=None, now=NOW)
    moves = leaving.end_post(post=Post.objects.get(user=city.district_officer), by=city.officer, now=NOW)
    third, fourth = User.objects.get(username="third"), User.objects.get(username="fourth")
    assert moves.to == {third: 20, fourth: 20}
    assert moves.words() == "40 件待办已转给：示例third 20 件、示例fourth 20 件。"
    assert not Case.objects.exclude(owner="").filter(assignee=city.district_officer).exists()
    assert told(third) == told(fourth) == ["20 件办件转到您的待办：示例district_officer不再担任主管部门"]
    assert [e.verb for e in history(cases[0])][-1] == "reassign"


@one
def test_an_ended_mandate_frees_the_cases(city: City) -> None:
    drafts(city, 2)
    works_for(person("boss"), city.company, Mandate.Role.ADMIN)
    mandate = Mandate.objects.get(user=city.engineer)
    moves = leaving.decide(mandate=mandate, decision="leave", by=city.engineer, now=NOW)
    assert [(user.username, n) for user, n in moves.to.items()] == [("boss", 2)]


@one
def test_a_seat_that_ends_frees_the_cases_of_the_team_and_so_does_the_post_behind_it(city: City) -> None:
    other = person("other")
    team = team_of(city, city.broker, other)
    case = drafts(city, 1)[0]
    Case.objects.filter(pk=case.pk).update(owner="broker", task_force=team, assignee=city.broker)
    moves = leaving.unseat(seat=Seat.objects.get(user=city.broker), by=city.officer, now=NOW)
    assert moves.to == {other: 1}
    moves = leaving.end_post(post=Post.objects.get(user=other, until=None), by=city.officer, now=NOW)
    assert moves.to == {city.district_officer: 1}
    assert not Seat.objects.filter(until=None).exists()


@one
def test_an_impostors_drafts_go_to_an_officer(city: City) -> None:
    drafts(city, 1)
    Party.objects.filter(pk=city.company.pk).update(verified_at=None)
    leaving.send_back(party=city.company, reason="impostor", note="", by=city.officer, now=NOW)
    assert on_desk_of(city.officer).count() == 1


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

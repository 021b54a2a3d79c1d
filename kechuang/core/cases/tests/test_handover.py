"""交接: open cases change hands with a reason, never get lost, and each receiver hears of it once."""

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.cases import leaving
from kechuang.core.cases.absences import enter_absence
from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import desks, hand_over, on_desk_of
from kechuang.core.cases.models import Case
from kechuang.core.cases.tests.handovers import TODAY, drafts, give, one, submitted, team_of, told
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.taskforces.models import Seat
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, listing, person, works_for


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

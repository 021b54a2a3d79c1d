"""改派专班和双方的保密协议: who may move an introduction, what is kept, who is told; who has signed what."""

from typing import Any

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import events
from kechuang.core.disclosure import actions as disclosure
from kechuang.core.disclosure.queries import text_for
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import Mandate, User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.introductions import actions, holding, moving, queries
from kechuang.services.introductions.page import introduction_page
from kechuang.services.introductions.pledges import pledges
from tests.city import NOW, City, person, published, task_force

TODAY = NOW.date()


@pytest.fixture
def team(city: City) -> TaskForce:
    return task_force(city)


@pytest.fixture
def marine(team: TaskForce) -> TaskForce:
    found = TaskForce.objects.create(code="marine", name="示例海洋装备服务专班", industry=["marine"])
    user = person("skipper")
    Seat.objects.create(task_force=found, role=Seat.Role.BROKER, user=user, since=NOW)
    return found


@pytest.fixture
def case(city: City, team: TaskForce) -> Case:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    return actions.propose(need=need, offer=offer, words="", nda_wanted=True, by=city.engineer, now=NOW)


def skipper() -> User:
    return User.objects.get(username="skipper")


def fresh(case: Case) -> Case:
    return queries.introductions().get(pk=case.pk)


def moved(case: Case, to: TaskForce, by: User, **more: Any) -> Case:
    given = {"seen": case.task_force_id, "note": "属于海洋装备"} | more
    return moving.move(case=case, to=to, by=by, now=NOW, **given)


def test_an_introduction_goes_to_another_team_with_its_history_and_everybody_is_told(
    city: City, case: Case, team: TaskForce, marine: TaskForce
) -> None:
    holding.claim(case=case, by=city.broker, now=NOW)
    said = actions.Said(person="需求方", channel="phone", result="reached", on=TODAY)
    actions.log_contact(case=case, said=said, form_key="k", by=city.broker, now=NOW)
    moved(case, marine, city.officer)
    row = fresh(case)
    assert (row.task_force, row.assignee, row.introduction.claimed_at) == (marine, skipper(), None)
    assert row.introduction.routed == ["改派：属于海洋装备"]
    assert len(queries.contacts(row)) == 1
    event, label = events(row)[-1]
    assert (label, event.note) == ("改派专班", f"{team} → {marine}，原因：属于海洋装备")
    assert event.before == {"task_force": team.pk, "by": city.broker.pk}
    words = f"对接改由其他专班跟进：{row.title}（{team} → {marine}，原因：属于海洋装备）"
    for user in (city.engineer, city.professor, city.broker, city.district_officer, skipper()):
        assert [n.text for n in notices_of(user)].count(words) == 1, user
    assert words not in [n.text for n in notices_of(city.officer)]


def test_the_broker_of_the_new_team_takes_it_up_and_the_former_one_no_longer_may(
    city: City, case: Case, marine: TaskForce
) -> None:
    holding.claim(case=case, by=city.broker, now=NOW)
    moved(case, marine, city.officer)
    with pytest.raises(NotAllowed):
        holding.claim(case=case, by=city.broker, now=NOW)
    assert holding.claim(case=case, by=skipper(), now=NOW).assignee == skipper()


def test_only_the_city_and_the_teams_bureau_seat_move_it(
    city: City, case: Case, team: TaskForce, marine: TaskForce
) -> None:
    for user in (city.broker, city.district_officer, city.engineer, city.professor, city.stranger):
        with pytest.raises(NotAllowed):
            moved(case, marine, user)
    clerk = person("clerk")
    Seat.objects.create(task_force=team, role=Seat.Role.SECTION, user=clerk, since=NOW)
    assert moved(case, marine, clerk).task_force == marine
    with pytest.raises(NotAllowed):
        moved(fresh(case), team, clerk)  # it is no longer her team's


def test_of_two_who_move_it_at_once_the_second_is_told_of_the_first(
    city: City, case: Case, team: TaskForce, marine: TaskForce
) -> None:
    third = TaskForce.objects.create(code="third", name="示例第三服务专班")
    moved(case, marine, city.officer)
    with pytest.raises(Stale, match="现在的专班是“示例海洋装备服务专班”"):
        moved(case, third, city.officer, seen=team.pk)


def test_a_reason_and_a_team_in_service_are_needed(city: City, case: Case, team: TaskForce, marine: TaskForce) -> None:
    with pytest.raises(Refusal, match="写明改派的原因"):
        moved(case, marine, city.officer, note=" ")
    with pytest.raises(Refusal, match="另一个在用的专班"):
        moved(case, team, city.officer)
    marine.retired = True
    marine.save()
    with pytest.raises(Refusal, match="另一个在用的专班"):
        moved(case, marine, city.officer)
    assert moving.other_teams(case) == ([], [])


def test_what_has_ended_is_not_moved(city: City, case: Case, marine: TaskForce) -> None:
    advance(case=case, step="close", by=city.engineer, now=NOW, reason="timing")
    with pytest.raises(Refusal, match="已经结束"):
        moved(case, marine, city.officer)


def test_while_the_asker_has_to_sign_the_wait_stays_hers(city: City, case: Case, marine: TaskForce) -> None:
    actions.want_nda(case=case, wanted=False, by=city.engineer, now=NOW)
    for step in ("meet", "draft"):
        advance(case=case, step=step, by=city.broker, now=NOW)
    moved(fresh(case), marine, city.officer)
    assert (fresh(case).task_force, fresh(case).assignee) == (marine, city.engineer)


def accept(listing: Any, by: User, behalf: Any) -> None:
    text = text_for(listing.party)
    assert text is not None
    disclosure.accept(listing=listing, seen=text.pk, behalf=behalf, by=by, now=NOW)


def signed(user: User, case: Case) -> list[tuple[list[User], bool]]:
    return [([row.user for row in p.accepted], p.may_accept) for p in pledges(user, case)]


def test_the_page_says_which_side_has_accepted_and_proposes_the_step_when_both_have(city: City, case: Case) -> None:
    case = advance(case=case, step="meet", by=city.broker, now=NOW)
    assert signed(city.engineer, fresh(case)) == [([], True), ([], False)]
    actions.want_nda(case=case, wanted=False, by=city.engineer, now=NOW)
    assert introduction_page(city.broker, fresh(case), TODAY).main == "negotiate"
    accept(case.offer, city.engineer, city.company)
    assert signed(city.professor, fresh(case)) == [([city.engineer], False), ([], True)]
    assert not introduction_page(city.broker, fresh(case), TODAY).nda_done
    accept(case.need, city.professor, city.university)
    page = introduction_page(city.broker, fresh(case), TODAY)
    assert (page.nda_done, page.main) == (True, "sign_nda")
    assert introduction_page(city.engineer, fresh(case), TODAY).main == ""


def test_an_acceptance_for_oneself_an_ended_or_outdated_one_and_that_of_who_has_left_do_not_count(
    city: City, case: Case
) -> None:
    accept(case.offer, city.engineer, None)
    assert signed(city.broker, fresh(case))[0] == ([], False)
    accept(case.offer, city.colleague, city.company)
    assert signed(city.broker, fresh(case))[0][0] == [city.colleague]
    Mandate.objects.filter(user=city.colleague).update(state=Mandate.State.ENDED)
    assert signed(city.broker, fresh(case))[0][0] == []
    Mandate.objects.filter(user=city.colleague).update(state=Mandate.State.ACTIVE)
    held = text_for(city.university)
    assert held is not None
    own = "示例保密约定。" * 40
    disclosure.publish_text(
        party=city.university, title="示例大学保密协议", text=own, seen=held.pk, by=city.professor, now=NOW
    )
    pledge = pledges(city.broker, fresh(case))[0]
    assert (pledge.accepted, [row.user for row in pledge.outdated]) == ([], [city.colleague])

"""对接的结束与材料"""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kechuang.core.cases.access import view_case, view_material
from kechuang.core.cases.actions import advance, attach, remove_material
from kechuang.core.cases.handover import hand_over
from kechuang.core.cases.models import Case, Material
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Stale
from kechuang.services.introductions import access, actions, holding, queries
from kechuang.services.introductions.tests.scenes import LATER, PDF, TODAY, fresh, proposed, second, texts
from kechuang.web.casework import case_page
from tests.city import NOW, City, published, task_force


def test_an_owner_who_withdraws_in_mid_negotiation_ends_it_and_all_are_told(
    city: City, pair: tuple[Need, Offer]
) -> None:
    case = proposed(pair, city.engineer)
    for step in ("meet", "negotiate"):
        case = advance(case=case, step=step, by=city.broker, now=NOW)
    publication = Case.objects.get(service="achievements")
    advance(case=publication, step="withdraw", by=city.professor, now=LATER, reason="outdated")
    assert fresh(case).state == "closed"
    for user in (city.engineer, city.broker, second(), city.professor):
        assert any("已下架" in text and "其他成果" in text for text in texts(user)), user
    with pytest.raises(NoSuchStep, match="已结束"):
        advance(case=case, step="draft", by=city.broker, now=LATER)


def test_before_a_need_leaves_the_market_its_page_says_which_introductions_end_and_who_may_read_of_them(
    city: City, pair: tuple[Need, Offer], client: Client
) -> None:
    publication = Case.objects.get(service="needs")
    assert case_page(city.engineer, publication, NOW, TODAY).closing == set()
    case = proposed(pair, city.engineer)
    page = case_page(city.engineer, publication, NOW, TODAY)
    assert {"withdraw", "solve"} <= page.closing
    assert [(e.service, e.count, e.shown) for e in page.endings] == [("introductions", 1, [case])]
    assert case_page(city.broker, publication, NOW, TODAY).endings == []
    client.force_login(city.engineer)
    html = client.get(f"/cases/{publication.pk}/").content.decode()
    assert html.count("1 件进行中的“成果对接”会同时结束") == 2  # at both buttons
    assert "确认标记为已解决" in html
    advance(case=publication, step="solve", by=city.engineer, now=NOW)
    assert page.endings[0].words in texts(city.professor)[0]


def test_a_need_that_is_solved_ends_its_introductions_but_one_that_expires_does_not(
    city: City, pair: tuple[Need, Offer]
) -> None:
    case = proposed(pair, city.engineer)
    publication = Case.objects.get(service="needs")
    advance(case=publication, step="expire", by=None, now=NOW)
    assert fresh(case).state == "proposed"
    advance(case=publication, step="renew", by=city.engineer, now=NOW)
    advance(case=publication, step="solve", by=city.engineer, now=NOW)
    assert fresh(case).state == "closed"


def test_files_are_shared_by_the_sides_and_the_team_and_taken_back_by_their_own(
    city: City, pair: tuple[Need, Offer]
) -> None:
    case = proposed(pair, city.engineer)
    given: dict[str, Any] = {"case": case, "chunks": [PDF], "label": "", "now": NOW}
    theirs = attach(name="样品.pdf", by=city.professor, **given)
    ours = attach(name="纪要.pdf", by=city.broker, **given)
    assert (theirs.document.party, ours.document.party) == (city.university, None)
    readers = {name for name, user in city.people().items() if view_material.check(user, theirs)}
    assert readers == {"engineer", "colleague", "professor", "officer", "district_officer", "broker"}
    with pytest.raises(NotAllowed):
        attach(name="别人.pdf", by=city.stranger, **given)
    for material, wrong in ((theirs, city.engineer), (theirs, city.broker), (ours, city.professor)):
        with pytest.raises(NotAllowed):
            remove_material(material=material, by=wrong, now=NOW)
    remove_material(material=theirs, by=city.professor, now=NOW)
    remove_material(material=ours, by=city.broker, now=NOW)
    assert Material.objects.filter(removed_at=None).count() == 0


def test_lists_counts_and_filters_show_each_her_own(city: City, pair: tuple[Need, Offer], team: TaskForce) -> None:
    case = proposed(pair, city.engineer)
    holding.claim(case=case, by=city.broker, now=NOW)
    names = {name: [scope.name for scope in queries.scopes(user)] for name, user in city.people().items()}
    assert names == {
        "engineer": ["mine", "own"],
        "colleague": ["mine", "own"],
        "professor": ["mine", "own"],
        "officer": ["mine", "officer"],
        "district_officer": ["mine", "team", "officer"],
        "broker": ["mine", "team"],
        "expert": ["mine"],
        "stranger": ["mine"],
    }
    assert queries.counted(city.professor, [pair[1]]) == {("offer", pair[1].pk): (1, 1)}
    assert queries.counted(city.stranger, [pair[1]]) == {}
    counts = queries.counts(queries.visible(city.officer), {})
    assert counts == {"open": {"1": 1}, "state": {"proposed": 1}, "district": {"370281": 1}, "team": {str(team.pk): 1}}


@pytest.mark.django_db(transaction=True)
def test_two_brokers_who_claim_at_once_one_wins_and_the_other_is_told(live_city: City) -> None:
    task_force(live_city)
    offer, _ = published(live_city, "achievements")
    need, _ = published(live_city, "needs")
    case = proposed((need, offer), live_city.engineer)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def claim(user: User) -> None:
        start.wait()
        try:
            holding.claim(case=case, by=user, now=NOW)
            outcomes.append("won")
        except Stale as stale:
            outcomes.append(stale.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(user,)) for user in (live_city.broker, second())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = fresh(case)
    assert row.assignee == queries.holder(row)
    assert sorted(o == "won" for o in outcomes) == [False, True]
    assert any(f"{row.assignee} 已于" in o for o in outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_who_propose_the_same_pair_at_once_make_one(live_city: City) -> None:
    task_force(live_city)
    offer, _ = published(live_city, "achievements")
    need, _ = published(live_city, "needs")
    outcomes: list[int] = []
    start = threading.Barrier(2)

    def propose(user: User) -> None:
        start.wait()
        try:
            outcomes.append(proposed((need, offer), user).pk)
        except actions.AlreadyOpen as there:
            outcomes.append(there.case.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=propose, args=(u,)) for u in (live_city.engineer, live_city.professor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert len(set(outcomes)) == 1


def test_a_seat_that_ended_no_longer_opens_anything(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    Seat.objects.filter(user=second()).update(until=NOW)
    assert not view_case.check(second(), case)
    with pytest.raises(NotAllowed):
        holding.claim(case=case, by=second(), now=NOW)


def test_whoever_gets_it_by_hand_over_has_it_and_what_a_leaver_had_may_be_taken_up(
    city: City, pair: tuple[Need, Offer]
) -> None:
    case = proposed(pair, city.engineer)
    holding.claim(case=case, by=city.broker, now=NOW)
    hand_over(giver=city.broker, receiver=second(), cases=None, note="休假", by=city.broker, now=NOW)
    assert queries.holder(fresh(case)) == second()
    with pytest.raises(Stale, match="示例second"):
        holding.claim(case=case, by=city.broker, now=LATER)
    assert not access.holder.check(city.broker, case)
    Seat.objects.filter(user=second()).update(until=NOW)
    assert queries.holder(fresh(case)) is None
    holding.claim(case=case, by=city.broker, now=LATER)
    assert queries.holder(fresh(case)) == city.broker

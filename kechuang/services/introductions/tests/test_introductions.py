"""对接: proposing, following up, ending; who may what; races; what happens when a side leaves the market."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from kechuang.core.cases.access import view_case, view_material
from kechuang.core.cases.actions import advance, attach, open_case, remove_material
from kechuang.core.cases.handover import hand_over
from kechuang.core.cases.models import Case, Contact, Material, Remark
from kechuang.core.cases.queries import events, waiting_for
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal, Stale
from kechuang.services.introductions import access, actions, holding, queries
from kechuang.web.casework import case_page
from tests.city import NOW, City, person, published, task_force

PDF = b"%PDF-1.7 letter"
TODAY = date(2026, 11, 18)
LATER = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


@pytest.fixture
def team(city: City) -> TaskForce:
    return task_force(city)


@pytest.fixture
def pair(city: City, team: TaskForce) -> tuple[Need, Offer]:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    return need, offer


def proposed(pair: tuple[Need, Offer], by: User, *, nda_wanted: bool = False) -> Case:
    need, offer = pair
    return actions.propose(need=need, offer=offer, words="想先看样品", nda_wanted=nda_wanted, by=by, now=NOW)


def fresh(case: Case) -> Case:
    return queries.introductions().get(pk=case.pk)


def second() -> User:
    return User.objects.get(username="second")


def texts(user: User) -> list[str]:
    return [notice.text for notice in notices_of(user)]


def test_the_asker_proposes_and_the_team_of_the_industry_follows_up(
    city: City, pair: tuple[Need, Offer], team: TaskForce
) -> None:
    case = fresh(proposed(pair, city.engineer))
    row = case.introduction
    assert (case.state, case.owner, case.task_force, case.applicant) == ("proposed", "broker", team, city.company)
    assert case.due_on == date(2026, 11, 23)
    assert case.assignee in (city.broker, second())
    assert (row.origin, row.words, row.routed, row.claimed_at) == ("asker", "想先看样品", ["产业：绿色能源"], None)
    assert any(reason["words"].startswith("产业") for reason in row.reasons)
    assert not any("发布" in reason["words"] for reason in row.reasons)  # "published today" is true on one day alone
    told = f"需求方请求对接：{pair[0].title} × {pair[1].title}。由示例绿色能源服务专班跟进，请留意联系。"
    assert told in texts(city.professor)
    assert told in texts(case.assignee)
    assert told not in texts(city.engineer)
    assert case in waiting_for(case.assignee)


def test_each_capacity_proposes_in_its_own_name_and_strangers_cannot(city: City, pair: tuple[Need, Offer]) -> None:
    capacities = {name: access.origins(user, [pair])[0] for name, user in city.people().items()}
    assert {name: origin for name, origin in capacities.items() if origin} == {
        "engineer": "asker",
        "colleague": "asker",
        "professor": "owner",
        "officer": "officer",
        "district_officer": "officer",
        "broker": "broker",
    }
    with pytest.raises(NotAllowed):
        proposed(pair, city.stranger)
    assert Case.objects.filter(service="introductions").count() == 0


def test_of_one_pair_only_one_introduction_is_open_and_after_its_end_another_may_follow(
    city: City, pair: tuple[Need, Offer]
) -> None:
    first = proposed(pair, city.engineer)
    with pytest.raises(actions.AlreadyOpen) as refused:
        proposed(pair, city.professor)
    assert refused.value.case == first
    advance(case=first, step="close", by=city.engineer, now=NOW, reason="timing")
    assert proposed(pair, city.professor).pk != first.pk


def test_the_database_refuses_a_second_open_introduction(city: City, pair: tuple[Need, Offer]) -> None:
    proposed(pair, city.engineer)
    with pytest.raises(IntegrityError, match="introductions_one_open"), transaction.atomic():
        open_case(service="introductions", applicant=city.company, by=None, now=NOW, need=pair[0], offer=pair[1])


def test_what_has_left_the_market_cannot_be_introduced(city: City, pair: tuple[Need, Offer]) -> None:
    case = Case.objects.get(service="achievements")
    advance(case=case, step="withdraw", by=city.professor, now=NOW, reason="outdated")
    with pytest.raises(Refusal, match="已经下架"):
        proposed(pair, city.engineer)


def test_without_a_team_an_officer_follows_up(city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    case = proposed((need, offer), city.engineer)
    assert (case.task_force, case.assignee) == (None, city.district_officer)


def test_from_the_first_call_to_the_signed_letter(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    holding.claim(case=case, by=city.broker, now=NOW)
    said = actions.Said(
        person="需求方 示例赵经理",
        channel="phone",
        result="reached",
        on=TODAY,
        text="愿意先看样品。",
        next_step="约双方见面",
        next_on=date(2026, 11, 20),
        move=True,
    )
    actions.log_contact(case=case, said=said, form_key="k1", by=city.broker, now=NOW)
    case = fresh(case)
    assert (case.state, case.assignee, case.next_step) == ("contacted", city.broker, "约双方见面")  # type: ignore[attr-defined]
    for step in ("meet", "negotiate", "draft"):
        case = advance(case=case, step=step, by=city.broker, now=LATER)
    assert (case.state, case.owner, case.assignee) == ("loi", "applicant", city.engineer)
    with pytest.raises(Refusal, match="先上传"):
        advance(case=case, step="sign", by=city.engineer, now=LATER)
    actions.sign(case=case, name="意向书.pdf", chunks=[PDF], on=TODAY, by=city.engineer, now=LATER)
    case = fresh(case)
    row = case.introduction
    assert (case.state, case.owner, case.assignee, row.signed_on) == ("signed", "", None, TODAY)
    assert row.letter is not None
    assert (row.letter.label, row.letter.tier) == ("意向书", "case")
    labels = [label for _event, label in events(case)]
    assert labels == [
        *("发起", "接手跟进", "联系记录", "已联系上", "已见面", "进入洽谈", "准备签意向书", "提交材料"),
        "登记已签的意向书",
    ]
    assert any("登记已签的意向书" in text for text in texts(city.professor))
    with pytest.raises(Refusal, match="归档"):
        remove_material(material=row.letter, by=city.engineer, now=LATER)


def test_steps_may_be_skipped_and_talks_resumed_with_a_reason(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    for step in ("meet", "draft"):
        case = advance(case=case, step=step, by=city.broker, now=NOW)
    with pytest.raises(Refusal, match="选择原因"):
        advance(case=case, step="resume", by=city.professor, now=NOW)
    case = advance(case=case, step="resume", by=city.professor, now=NOW, reason="terms")
    assert case.state == "negotiating"
    assert any("条款有分歧" in text for text in texts(city.engineer))


def test_who_wants_an_nda_first_gets_it_first_or_gives_it_up(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer, nda_wanted=True)
    case = advance(case=case, step="meet", by=city.broker, now=NOW)
    with pytest.raises(Refusal, match="先签保密协议"):
        advance(case=case, step="negotiate", by=city.broker, now=NOW)
    with pytest.raises(NotAllowed):
        actions.want_nda(case=case, wanted=False, by=city.broker, now=NOW)
    actions.want_nda(case=case, wanted=False, by=city.professor, now=NOW)
    actions.want_nda(case=case, wanted=True, by=city.engineer, now=NOW)
    case = advance(case=case, step="sign_nda", by=city.broker, now=NOW)
    case = advance(case=case, step="negotiate", by=city.broker, now=NOW)
    assert case.state == "negotiating"


def test_a_refusal_carries_its_reason_to_the_other_side(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    with pytest.raises(Refusal, match="选择原因"):
        advance(case=case, step="close", by=city.professor, now=NOW)
    advance(case=case, step="close", by=city.professor, now=NOW, reason="taken", note="上月已许可给别家")
    assert any("成果已转让或许可给他人；上月已许可给别家" in text for text in texts(city.engineer))


def test_only_the_two_sides_the_team_and_the_officers_of_the_place_see_it(city: City, pair: tuple[Need, Offer]) -> None:
    outsider, laoshan = person("outsider"), person("laoshan")
    appoint(user=outsider, role="broker", by=None, now=NOW)
    appoint(user=laoshan, role="officer", district="370212", by=None, now=NOW)
    case = proposed(pair, city.engineer)
    crowd = city.people() | {"second": second(), "outsider": outsider, "laoshan": laoshan}
    seen = {name for name, user in crowd.items() if view_case.check(user, case)}
    workers = {name for name, user in crowd.items() if access.worker.check(user, case)}
    claimers = {name for name, user in crowd.items() if access.broker.check(user, case)}
    assert seen == {"engineer", "colleague", "professor", "officer", "district_officer", "broker", "second"}
    assert workers == {"officer", "district_officer", "broker", "second"}
    assert claimers == {"broker", "second"}


def test_a_broker_outside_the_team_who_proposed_it_may_look_and_no_more(city: City, pair: tuple[Need, Offer]) -> None:
    outsider = person("outsider")
    appoint(user=outsider, role="broker", by=None, now=NOW)
    case = proposed(pair, outsider)
    assert view_case.check(outsider, case)
    with pytest.raises(NotAllowed):
        holding.claim(case=case, by=outsider, now=NOW)
    with pytest.raises(NotAllowed):
        advance(case=case, step="contact", by=outsider, now=NOW)
    assert queries.remarks(outsider, case) == []


def test_sides_take_no_step_of_the_team(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    for user in (city.engineer, city.professor, city.stranger):
        with pytest.raises(NotAllowed):
            advance(case=case, step="contact", by=user, now=NOW)
    said = actions.Said(person="甲", channel="phone", result="reached", on=TODAY)
    with pytest.raises(NotAllowed):
        actions.log_contact(case=case, said=said, form_key="", by=city.engineer, now=NOW)


def test_remarks_stay_with_the_team_and_out_of_history_and_notices(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    for _ in range(2):
        actions.add_remark(case=case, text="对方报价偏高，先别急。", by=city.broker, now=NOW)
    assert Remark.objects.count() == 1
    readers = {name for name, user in city.people().items() if queries.remarks(user, case)}
    assert readers == {"broker", "officer", "district_officer"}
    with pytest.raises(NotAllowed):
        actions.add_remark(case=case, text="偷看", by=city.engineer, now=NOW)
    assert not any("报价" in event.note or "备注" in label for event, label in events(case))
    assert not any("报价" in text for user in city.people().values() for text in texts(user))


def test_a_contact_sent_twice_is_kept_once_and_counts_as_touching(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    said = actions.Said(person="成果方", channel="visit", result="no_answer", on=TODAY)
    for _ in range(2):
        actions.log_contact(case=case, said=said, form_key="same", by=city.broker, now=LATER)
    assert (Contact.objects.count(), fresh(case).touched_at, fresh(case).state) == (1, LATER, "proposed")


def test_contacts_lie_in_the_past_and_next_steps_after_them(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    late = actions.Said(person="甲", channel="phone", result="open", on=TODAY + timedelta(days=1))
    with pytest.raises(Refusal, match="不能晚于今天"):
        actions.log_contact(case=case, said=late, form_key="", by=city.broker, now=NOW)
    back = actions.Said(person="甲", channel="phone", result="open", on=TODAY, next_on=TODAY - timedelta(days=1))
    with pytest.raises(Refusal, match="早于联系日期"):
        actions.log_contact(case=case, said=back, form_key="", by=city.broker, now=NOW)


def test_the_next_date_is_overdue_once_it_has_passed(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    said = actions.Said(person="甲", channel="phone", result="open", on=TODAY, next_step="回电", next_on=TODAY)
    actions.log_contact(case=case, said=said, form_key="", by=city.broker, now=NOW)
    rows = queries.introductions()
    assert list(queries.overdue(rows, TODAY)) == []
    assert list(queries.overdue(rows, TODAY + timedelta(days=1))) == [case]


def test_a_second_claim_is_told_who_has_it_and_since_when(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    holding.claim(case=case, by=city.broker, now=NOW)
    holding.claim(case=case, by=city.broker, now=LATER)
    with pytest.raises(Stale, match="示例broker 已于 11-18 09:30 接手"):
        holding.claim(case=case, by=second(), now=LATER)
    assert fresh(case).assignee == city.broker


def test_passing_on_and_giving_back_move_the_to_do(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    with pytest.raises(Refusal, match="还没有人接手"):
        holding.pass_on(case=case, to=second(), by=city.officer, now=NOW, note="请接")
    holding.claim(case=case, by=city.broker, now=NOW)
    with pytest.raises(NotAllowed):
        holding.pass_on(case=case, to=second(), by=second(), now=NOW, note="我来")
    with pytest.raises(Refusal, match="另一位"):
        holding.pass_on(case=case, to=city.engineer, by=city.broker, now=NOW, note="请接")
    holding.pass_on(case=case, to=second(), by=city.broker, now=NOW, note="周五要回电")
    row = fresh(case)
    assert (row.assignee, queries.holder(row)) == (second(), second())
    assert any("周五要回电" in text for text in texts(second()))
    case = advance(case=case, step="meet", by=second(), now=NOW)
    assert case.assignee == second()
    holding.give_back(case=case, by=second(), now=LATER, note="调离")
    row = fresh(case)
    assert (row.assignee, queries.holder(row)) == (city.district_officer, None)
    assert any("调离" in text for text in texts(city.district_officer))
    holding.claim(case=case, by=city.broker, now=LATER)
    assert fresh(case).assignee == city.broker


def test_the_clock_ends_what_nobody_follows_up_and_says_what_can_be_done(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    advance(case=case, step="lapse", by=None, now=LATER)
    case = fresh(case)
    assert (case.state, case.owner) == ("closed", "")
    assert "可以重新请求对接" in case.note
    assert any("长期无人跟进" in text for text in texts(city.engineer))
    assert any("长期无人跟进" in text for text in texts(second()))


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

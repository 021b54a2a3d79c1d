"""对接的跟进"""

from datetime import timedelta

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Contact, Remark
from kechuang.core.cases.queries import events
from kechuang.core.market.models import Need, Offer
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.introductions import actions, holding, queries
from kechuang.services.introductions.tests.scenes import LATER, TODAY, fresh, proposed, second, texts
from tests.city import NOW, City


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

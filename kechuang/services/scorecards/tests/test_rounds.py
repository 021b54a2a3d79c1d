"""评价: prefilled facts, explanations, one return, points where rules leave a range, results and corrections."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import report
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.scorecards import actions, page, queries, rounds
from kechuang.services.scorecards.clock import tick
from kechuang.services.scorecards.models import Card, Result
from kechuang.services.scorecards.tests.holding import Group, figures
from tests.city import NOW

pytestmark = pytest.mark.django_db


def step(card: Card, name: str, group: Group, **said: str) -> Case:
    reason, note = said.get("reason", ""), said.get("note", "")
    case = Case.objects.get(pk=card.case_id)
    return advance(case=case, step=name, by=group.city.officer, now=NOW, reason=reason, note=note)


def review(card: Card, group: Group, settled: dict[str, int] | None = None, **remarks: str) -> Card:
    return actions.review(card=card, settled=settled or {}, remarks=remarks, by=group.city.officer, now=NOW)


def test_every_firm_gets_a_card_with_the_facts_of_its_file_and_their_sources(group: Group) -> None:
    found = group.opened()
    assert (found.cards.count(), found.on) == (5, NOW.date())
    rows = {row.code: (row.value, row.source) for row in page.fact_rows(queries.stated(group.card(found)))}
    assert rows["rd_sme"][0] == "600 万元"
    assert "企业" in rows["rd_sme"][1]
    assert Notice.objects.filter(user=group.city.engineer, text__contains="请在").exists()
    with pytest.raises(Refusal, match="已经发起过"):
        group.opened()


def test_the_published_score_is_that_of_the_rules_with_rank_and_median(group: Group) -> None:
    found = group.published()
    rows = [(row.card.party, row.rank, row.score) for row in page.round_rows(found)]
    assert rows == [(firm, n + 1, 95 - 5 * n) for n, firm in enumerate(group.firms)]
    assert queries.medians(found)[0] == 85
    card = group.card(found)
    assert (card.case.state, card.late, group.card(found, group.firms[1]).late) == ("published", False, True)
    items = page.item_rows(Result.objects.get(card=card), queries.medians(found)[1], None)
    assert [(i.points, i.most, i.median) for i in items] == [(25, 25, 15), (25, 25, 25), (25, 25, 25), (20, 25, 20)]
    assert "研发费用占销售收入 6%，得 25 分" in items[0].detail


def test_of_fewer_than_five_firms_no_median_is_shown(group: Group) -> None:
    found = group.opened()
    group.confirmed(found)
    review(group.card(found), group)
    for firm in group.firms[1:]:
        step(group.card(found, firm), "remove", group, reason="moved", note="已划转。")
    rounds.publish(found=found, by=group.city.officer, now=NOW)
    assert queries.medians(found) == (None, {})


def test_facts_that_changed_in_the_meantime_are_shown_before_the_firm_stands_by_them(group: Group) -> None:
    card = group.card(group.opened())
    seen = queries.seen_of(queries.stated(card))
    figures(group.city.company, spent=500)
    with pytest.raises(Stale, match="有变化"):
        actions.confirm(card=card, seen=seen, explanations={}, elements="", by=group.city.engineer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.confirm(card=card, seen=seen, explanations={}, elements="", by=group.city.professor, now=NOW)


def test_what_is_missing_is_explained_and_an_officer_gives_the_points_with_a_reason(group: Group) -> None:
    report(party=group.city.company, values={2025: {"conversions": None}}, by=None, now=NOW)
    found = group.opened()
    with pytest.raises(Refusal) as refused:
        group.confirmed(found)
    assert list(refused.value.fields) == ["why_conversions"]
    card = group.confirmed(found, conversions="统计口径调整，数据另报。")
    with pytest.raises(Refusal) as refused:
        review(card, group)
    assert list(refused.value.fields) == ["points_conversions"]
    with pytest.raises(Refusal) as refused:
        review(card, group, {"conversions": 20})
    assert list(refused.value.fields) == ["remark_conversions"]
    review(card, group, {"conversions": 20}, conversions="按另报数据核定。")
    assert group.card(found).case.state == "reviewed"


def test_a_card_is_returned_once_at_most(group: Group) -> None:
    found = group.opened()
    card = group.confirmed(found)
    assert step(card, "return", group, note="请核对研发费用。").assignee == group.city.engineer
    group.confirmed(found)
    with pytest.raises(Refusal):
        step(card, "return", group, note="再核对。")
    assert group.card(found).case.state == "resubmitted"


def test_results_are_published_only_when_every_firm_is_assessed(group: Group) -> None:
    found = group.opened()
    group.confirmed(found)
    review(group.card(found), group)
    with pytest.raises(Refusal, match="还有 4 家没有评定"):
        rounds.publish(found=found, by=group.city.officer, now=NOW)
    with pytest.raises(NotAllowed):
        rounds.publish(found=found, by=group.city.district_officer, now=NOW)
    assert not Result.objects.exists()


def test_a_firm_that_is_not_state_owned_is_not_assessed(group: Group) -> None:
    report(party=group.city.company, values={0: {"state_owned": False}}, by=None, now=NOW)
    card = group.confirmed(group.opened())
    with pytest.raises(Refusal, match="国有企业"):
        review(card, group)


def test_a_correction_is_a_further_version_with_its_reason(group: Group) -> None:
    found = group.published()
    card = group.card(found)
    figures(group.city.company, spent=500)
    with pytest.raises(Refusal, match="更正原因"):
        actions.correct(card=card, settled={}, remarks={}, reason=" ", by=group.city.officer, now=NOW)
    actions.correct(card=card, settled={}, remarks={}, reason="审计调减研发费用。", by=group.city.officer, now=NOW)
    kept = [(row.number, row.score, row.reason) for row in card.results.order_by("number")]
    assert kept == [(1, 95, ""), (2, 90, "审计调减研发费用。")]
    assert queries.latest(found)[card.pk].score == 90


def test_the_result_stands_beside_that_of_the_year_before(group: Group) -> None:
    group.published(2024)
    found = group.published(2025)
    card = group.card(found)
    before = queries.year_before(card)
    assert before is not None
    assert (before.card.round.year, before.score) == (
        2024,
        Result.objects.get(card__round__year=2024, card__party=card.party).score,
    )


def test_the_firm_is_reminded_before_the_deadline_once_and_then_the_file_counts(group: Group) -> None:
    found = group.opened()
    due = found.deadline
    near = NOW + timedelta(days=(due - NOW.date()).days - 1)
    assert tick(now=near).reminded == 1  # the only firm with people of its own
    assert tick(now=near).reminded == 0
    assert tick(now=near + timedelta(days=2)).overdue == 5
    card = group.card(found)
    assert (card.case.state, card.late, card.verdict.high if card.verdict else 0) == ("submitted", True, 95)


def test_a_round_is_called_off_with_a_reason_and_can_be_opened_anew(group: Group) -> None:
    found = group.opened()
    with pytest.raises(Refusal, match="取消原因"):
        rounds.drop(found=found, reason="", by=group.city.officer, now=NOW)
    rounds.drop(found=found, reason="指标表有误。", by=group.city.officer, now=NOW)
    assert group.card(found).case.state == "removed"
    assert group.opened().pk != found.pk


def test_an_answer_of_zero_sales_the_year_before_is_settled_by_a_person(group: Group) -> None:
    report(party=group.city.company, values={2024: {"revenue": Decimal(0)}}, by=None, now=NOW)
    card = group.confirmed(group.opened())
    with pytest.raises(Refusal):
        review(card, group)
    review(card, group, {"growth": 10}, growth="上年停产改造，按行业平均评定。")

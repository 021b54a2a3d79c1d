"""评判队列: which pairs come first, who sees them, no pair twice."""

from datetime import timedelta

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.actions import judge, judge_many, pass_over, unjudge
from kechuang.core.matching.judging import PER_NEED, candidates, open_count, pair, queue, tally
from kechuang.core.matching.models import Judgement, Match, Passed
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City

LATER = NOW + timedelta(hours=2)


def need_of(city: City, title: str, days_ago: int, status: str = Status.PUBLIC, district: str = "370281") -> Need:
    at = NOW - timedelta(days=days_ago)
    return Need.objects.create(
        title=title, text=title, party=city.company, status=status, district=district,
        published_at=at, created_at=at, updated_at=at,
    )  # fmt: skip


def offers_of(city: City, count: int) -> list[Offer]:
    rows = (
        Offer(service="achievements", title=f"成果{n}", text=f"成果{n}。", party=city.university, status=Status.PUBLIC,
              published_at=NOW, created_at=NOW, updated_at=NOW)
        for n in range(count)
    )  # fmt: skip
    return Offer.objects.bulk_create(rows)


def match(need: Need, offers: list[Offer], first: float = 90.0) -> None:
    """Matches with scores from ``first`` down in steps of 5."""
    reasons = [{"feature": "meaning", "value": 0.7, "words": "意思很接近"}]
    Match.objects.bulk_create(
        Match(need=need, offer=o, score=first - 5 * n, reasons=reasons, features={"meaning": 0.7}, engine="score-2",
              at=NOW)
        for n, o in enumerate(offers)
    )  # fmt: skip


@pytest.fixture
def bench(city: City) -> tuple[City, Need, Need, list[Offer]]:
    """An older and a newer need, both matched with the same seven achievements."""
    older, newer = need_of(city, "旧的需求", 20), need_of(city, "新的需求", 1)
    offers = offers_of(city, 7)
    match(older, offers)
    match(newer, offers)
    return city, older, newer, offers


def test_the_newest_need_comes_first_with_its_best_and_then_its_most_uncertain_pairs(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, older, newer, offers = bench
    found = queue(city.broker, NOW)
    assert [n for n, _ in found] == [newer.pk] * PER_NEED + [older.pk] * PER_NEED
    # the best two; then the fourth, for the middle of 90, 85 … 60 is 75; then those beside it
    assert [o for _, o in found[:3]] == [offers[0].pk, offers[1].pk, offers[3].pk]
    assert {o for _, o in found[3:5]} == {offers[2].pk, offers[4].pk}
    assert open_count(city.broker) == 14


def test_no_pair_comes_twice_whether_judged_by_anybody_passed_over_or_held_by_the_page(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, _, newer, offers = bench
    judge(need=newer, offer=offers[3], fits=True, by=city.engineer, now=NOW)
    pass_over(need=newer, offer=offers[2], by=city.broker, now=NOW)
    held = (newer.pk, offers[0].pk)
    found = queue(city.broker, NOW, without=[held])
    assert not {(newer.pk, offers[3].pk), (newer.pk, offers[2].pk), held} & set(found)
    assert len(found) == len(set(found))
    # what one has passed over the other is still asked
    assert (newer.pk, offers[2].pk) in queue(city.officer, NOW)


def test_needs_without_verdicts_come_before_those_that_have_had_their_round(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, older, newer, offers = bench
    for offer in offers[:PER_NEED]:
        judge(need=newer, offer=offer, fits=True, by=city.broker, now=NOW)
    assert [n for n, _ in queue(city.broker, NOW)] == [older.pk] * PER_NEED + [newer.pk] * 2


def test_two_brokers_do_not_meet_at_the_same_need(bench: tuple[City, Need, Need, list[Offer]]) -> None:
    city, older, newer, offers = bench
    judge(need=newer, offer=offers[0], fits=True, by=city.broker, now=NOW)
    assert queue(city.broker, NOW)[0][0] == newer.pk
    assert queue(city.officer, NOW)[0][0] == older.pk
    assert queue(city.officer, LATER)[0][0] == newer.pk


def test_the_queue_holds_only_what_the_person_may_see_and_what_is_public(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, older, newer, offers = bench
    elsewhere = need_of(city, "别的区的需求", 2, district="370212")
    hidden = need_of(city, "审核中的需求", 0, status=Status.REVIEW)
    for need in (elsewhere, hidden):
        match(need, offers[:2])
    Offer.objects.filter(pk=offers[3].pk).update(status=Status.CLOSED)
    assert {n for n, _ in queue(city.broker, NOW)} == {older.pk, newer.pk, elsewhere.pk}
    assert {n for n, _ in queue(city.district_officer, NOW)} == {older.pk, newer.pk}
    assert offers[3].pk not in {o for _, o in queue(city.broker, NOW, limit=100)}
    for user in (city.engineer, city.professor, city.stranger, city.expert):
        assert queue(user, NOW) == []
        assert pair(user, newer.pk, offers[0].pk) is None
    assert pair(city.district_officer, elsewhere.pk, offers[0].pk) is None


def test_a_pair_says_what_was_said_by_me_and_how_many_others(bench: tuple[City, Need, Need, list[Offer]]) -> None:
    city, _, newer, offers = bench
    judge(need=newer, offer=offers[0], fits=False, reason="immature", by=city.broker, now=NOW)
    judge(need=newer, offer=offers[0], fits=True, by=city.engineer, now=NOW)
    found = pair(city.broker, newer.pk, offers[0].pk)
    assert found is not None
    assert found.said is not None
    assert (found.said.reason, found.others, found.passed, found.score) == ("immature", 1, False, 90.0)
    assert [(r.feature, r.words, r.speaks) for r in found.reasons] == [("meaning", "意思很接近", "for")]


def test_passing_over_takes_a_verdict_back_and_a_verdict_ends_it(bench: tuple[City, Need, Need, list[Offer]]) -> None:
    city, _, newer, offers = bench
    judge(need=newer, offer=offers[0], fits=True, by=city.broker, now=NOW)
    pass_over(need=newer, offer=offers[0], by=city.broker, now=NOW)
    pass_over(need=newer, offer=offers[0], by=city.broker, now=NOW)
    assert (Judgement.objects.count(), Passed.objects.count()) == (0, 1)
    judge(need=newer, offer=offers[0], fits=True, by=city.broker, now=NOW)
    assert (Judgement.objects.count(), Passed.objects.count()) == (1, 0)
    pass_over(need=newer, offer=offers[1], by=city.broker, now=NOW)
    unjudge(need=newer, offer=offers[1], by=city.broker, now=NOW)
    assert Passed.objects.count() == 0
    with pytest.raises(NotAllowed):
        pass_over(need=newer, offer=offers[0], by=city.stranger, now=NOW)


def test_several_answers_are_refused_at_once_with_one_reason_or_none_is(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, _, newer, offers = bench
    assert judge_many(need=newer, offers=offers[:3], reason="wrong_industry", by=city.broker, now=NOW) == 3
    assert set(Judgement.objects.values_list("offer", "fits", "reason")) == {
        (o.pk, False, "wrong_industry") for o in offers[:3]
    }
    assert [e.verb for e in history(newer)] == ["judge"] * 3
    with pytest.raises(Refusal, match="原因"):
        judge_many(need=newer, offers=offers[3:], reason="", by=city.broker, now=NOW)
    with pytest.raises(Refusal, match="勾选"):
        judge_many(need=newer, offers=[], reason="known", by=city.broker, now=NOW)
    assert Judgement.objects.count() == 3


def test_candidates_leave_out_what_i_refused_and_the_tally_counts_my_own(
    bench: tuple[City, Need, Need, list[Offer]],
) -> None:
    city, _, newer, offers = bench
    judge(need=newer, offer=offers[0], fits=False, reason="known", by=city.broker, now=NOW)
    judge(need=newer, offer=offers[1], fits=True, by=city.broker, now=NOW)
    judge(need=newer, offer=offers[2], fits=True, by=city.officer, now=NOW)
    pass_over(need=newer, offer=offers[3], by=city.broker, now=NOW)
    assert [p.offer.pk for p in candidates(city.broker, newer, limit=3)] == [o.pk for o in offers[1:4]]
    mine = tally(city.broker, NOW)
    assert (mine.fits, mine.unfit, mine.passed, mine.total) == (1, 1, 1, 2)
    assert tally(city.broker, LATER).total == 0

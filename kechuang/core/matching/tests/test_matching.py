"""匹配: answers, verdicts, bundle and refresh on the real index of the test city."""

import pytest

from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.actions import judge, refresh_stale, unjudge
from kechuang.core.matching.models import Judgement
from kechuang.core.matching.queries import asked, bundle, needs_for, stored_matches
from kechuang.core.matching.score import Asked
from kechuang.core.search.actions import embed_pending
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, published

TODAY = NOW.date()
CORROSION = {
    "title": "低表面处理防腐涂料",
    "summary": "带锈潮湿的钢材表面可直接涂装。",
    "text": "环氧树脂接枝缓蚀官能团，能在除锈不彻底、有水膜的钢结构表面成膜，耐盐雾 3000 小时。适合码头和风电塔筒。",
    "keywords": ["防腐", "涂料", "盐雾"],
    "industry": ["chemicals-materials"],
    "field": ["materials"],
}


@pytest.fixture
def market(city: City) -> tuple[City, Need, Offer, Offer]:
    """A need, the achievement that answers it, and one that does not."""
    right, _ = published(city, "achievements")
    wrong, _ = published(city, "achievements", **CORROSION)
    need, _ = published(city, "needs")
    embed_pending()
    return city, need, right, wrong


def test_the_need_is_answered_with_reasons_and_the_nearest_sentence(
    market: tuple[City, Need, Offer, Offer],
) -> None:
    _, need, right, wrong = market
    found = bundle(asked(need), TODAY, need=need)
    assert ([a.offer.pk for a in found.answers], [a.offer.pk for a in found.further]) == ([right.pk], [wrong.pk])
    best = found.answers[0]
    assert best.score.score > found.further[0].score.score + 15
    assert "产业一致：绿色能源" in [r.words for r in best.score.reasons]
    assert best.sentence in right.text
    assert found.open_points == ()


def test_a_text_typed_by_a_visitor_is_answered_alike(market: tuple[City, Need, Offer, Offer]) -> None:
    _, need, right, _ = market
    found = bundle(Asked("海边的薄膜光伏板进水汽发黄，想找不用高温的密封办法"), TODAY)
    assert found.answers[0].offer.pk == right.pk
    assert [thing.pk for part in found.parts if part.kind == "needs" for thing, _, _ in part.rows] == [need.pk]


def test_a_verdict_changes_the_order_at_once_and_is_kept_as_a_label(
    market: tuple[City, Need, Offer, Offer],
) -> None:
    city, need, right, wrong = market
    judge(need=need, offer=right, fits=False, reason="known", by=city.engineer, now=NOW)
    judge(need=need, offer=wrong, fits=True, by=city.broker, now=NOW)
    found = bundle(asked(need), TODAY, need=need)
    assert [a.offer.pk for a in found.answers] == [wrong.pk]
    assert [(a.offer.pk, a.reason) for a in found.refused] == [(right.pk, "known")]
    labels = set(Judgement.objects.values_list("offer_id", "fits", "reason"))
    assert labels == {(right.pk, False, "known"), (wrong.pk, True, "")}
    unjudge(need=need, offer=right, by=city.engineer, now=NOW)
    assert {a.offer.pk for a in bundle(asked(need), TODAY, need=need).answers} == {right.pk, wrong.pk}
    assert bundle(asked(need), TODAY, need=need).refused == ()


def test_a_refusal_without_reason_and_a_stranger_are_refused(market: tuple[City, Need, Offer, Offer]) -> None:
    city, need, right, _ = market
    with pytest.raises(Refusal, match="原因"):
        judge(need=need, offer=right, fits=False, by=city.engineer, now=NOW)
    for user in (city.stranger, city.professor, city.expert):
        with pytest.raises(NotAllowed):
            judge(need=need, offer=right, fits=True, by=user, now=NOW)
    assert Judgement.objects.count() == 0


def test_the_reverse_finds_the_need_for_an_achievement(market: tuple[City, Need, Offer, Offer]) -> None:
    _, need, right, _ = market
    assert [n.pk for n, _ in needs_for(right, TODAY)] == [need.pk]


def test_matches_are_refreshed_when_either_side_changes_and_only_then(
    market: tuple[City, Need, Offer, Offer],
) -> None:
    city, need, right, wrong = market
    assert refresh_stale(now=NOW) == 1
    assert [m.offer_id for m in stored_matches(need)] == [right.pk, wrong.pk]
    assert refresh_stale(now=NOW) == 0
    text = "冷库门封条每天早上都冻住，开门要两个人拉，门框还往里漏冷，因为封条老化发硬，加热丝也试过不管用。"
    other, _ = published(city, "needs", title="冷库门封条老是结霜", text=text, code="frost")
    embed_pending()
    assert refresh_stale(now=NOW) == 1
    assert {m.offer_id for m in stored_matches(other)} == {right.pk, wrong.pk}
    third, _ = published(city, "achievements", title="光伏组件边缘阻水密封胶带", code="third")
    embed_pending()
    assert refresh_stale(now=NOW) >= 1
    assert third.pk in [m.offer_id for m in stored_matches(need)]

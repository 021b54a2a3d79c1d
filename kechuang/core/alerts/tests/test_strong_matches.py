"""高匹配: both sides are told once ever, in words with the reasons, never in a flood."""

from datetime import timedelta
from typing import Any

import pytest

from kechuang.core.alerts import actions
from kechuang.core.alerts.models import Pair, Told
from kechuang.core.alerts.runs import DAILY_NOTICES, find_strong, tell_strong
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.actions import judge
from kechuang.core.matching.models import Match
from kechuang.core.matching.score import STRONG
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import User
from tests.city import NOW, City, published, works_for

REASONS = [
    {"feature": "meaning", "value": 0.9, "words": "意思很接近"},
    {"feature": "words", "value": 0.7, "words": "都提到：光伏、密封"},
    {"feature": "industry", "value": 1.0, "words": "产业一致：绿色能源"},
    {"feature": "budget", "value": None, "words": "需求未写预算"},
]


@pytest.fixture
def pair(city: City) -> tuple[City, Need, Offer]:
    need, _ = published(city, "needs")
    offer, _ = published(city, "achievements")
    return city, need, offer


def match(need: Need, offer: Offer, score: float = STRONG, **more: Any) -> Match:
    given = {"reasons": REASONS, "engine": "test", "at": NOW} | more
    return Match.objects.update_or_create(need=need, offer=offer, defaults={"score": score, **given})[0]


def told(user: User) -> list[str]:
    return list(
        Notice.objects.filter(user=user, key__startswith="match:").order_by("pk").values_list("text", flat=True)
    )


def go(now: Any = NOW) -> int:
    find_strong(now=now)
    return tell_strong(now=now)


def test_both_sides_are_told_with_the_strongest_reasons_and_nobody_else(pair: tuple[City, Need, Offer]) -> None:
    city, need, offer = pair
    match(need, offer, 81.4)
    assert go() == 3  # two people of the company, one of the university
    words = f"新成果“{offer.title}”与您的需求“{need.title}”高度匹配（81分：意思很接近；都提到：光伏、密封）"
    assert told(city.engineer) == told(city.colleague) == [words]
    words = f"新需求“{need.title}”与您的成果“{offer.title}”高度匹配（81分：意思很接近；都提到：光伏、密封）"
    assert told(city.professor) == [words]
    assert Told.objects.count() == 3
    notice = Notice.objects.get(user=city.professor, key__startswith="match:")
    assert notice.url == f"/s/achievements/{offer.pk}/needs/"
    assert Notice.objects.filter(user=city.engineer, url=f"/s/needs/{need.pk}/match/").exists()


def test_a_pair_is_told_once_for_ever(pair: tuple[City, Need, Offer]) -> None:
    city, need, offer = pair
    match(need, offer)
    assert go() == 3
    later = NOW + timedelta(days=3)
    Match.objects.all().delete()
    assert go(later) == 0
    match(need, offer, 95, at=later)
    works_for(city.stranger, city.company, "agent")
    assert go(later) == 0
    assert told(city.stranger) == []


def test_a_weaker_match_an_old_one_and_ones_own_are_not_told(pair: tuple[City, Need, Offer]) -> None:
    _, need, offer = pair
    match(need, offer, STRONG - 0.1)
    assert go() == 0
    match(need, offer, at=NOW - timedelta(days=8))
    assert go() == 0
    Offer.objects.update(party=need.party)
    match(need, offer)
    assert go() == 0
    assert Pair.objects.count() == 0


def test_what_somebody_judged_unfit_is_not_told(pair: tuple[City, Need, Offer]) -> None:
    city, need, offer = pair
    match(need, offer)
    judge(need=need, offer=offer, fits=False, reason="known", by=city.engineer, now=NOW)
    assert go() == 0


def test_a_verdict_between_finding_and_telling_still_counts(pair: tuple[City, Need, Offer]) -> None:
    city, need, offer = pair
    match(need, offer)
    assert find_strong(now=NOW) == 1
    judge(need=need, offer=offer, fits=False, reason="known", by=city.broker, now=NOW)
    assert tell_strong(now=NOW) == 0
    assert Told.objects.count() == 0


def test_what_left_the_market_is_not_told(pair: tuple[City, Need, Offer]) -> None:
    _, need, offer = pair
    match(need, offer)
    find_strong(now=NOW)
    Offer.objects.update(status="closed")
    assert tell_strong(now=NOW) == 0


@pytest.mark.parametrize(
    "muted",
    [
        {"what": "matches"},
        {"what": "matches", "kind": "needs"},
        {"what": "item", "kind": "achievements"},
        {"what": "kind", "kind": "achievements", "industry": "green-energy"},
    ],
)
def test_who_muted_it_is_not_told_and_the_others_are(pair: tuple[City, Need, Offer], muted: dict[str, Any]) -> None:
    city, need, offer = pair
    refs = {"needs": need.pk, "achievements": offer.pk}
    ref = refs.get(muted.get("kind", ""), 0) if muted["what"] != "kind" else 0
    actions.mute(**muted, ref=ref, by=city.engineer, now=NOW)
    match(need, offer)
    assert go() == 2
    assert told(city.engineer) == []
    assert len(told(city.colleague)) == 1


def test_an_import_of_many_achievements_sends_a_few_mails_that_tell_of_all(pair: tuple[City, Need, Offer]) -> None:
    city, need, offer = pair
    notices, told_of = 0, []
    for minute in range(0, 300, 5):  # the import and its matching take five hours
        clones = [_clone(offer, f"c{minute}-{i}") for i in range(10)]
        for clone in clones:
            match(need, clone, at=NOW)
        notices += go(NOW + timedelta(minutes=minute))
        told_of.append(Told.objects.filter(user=city.engineer, notice__isnull=False).count())
    assert len(told(city.engineer)) == len(told(city.professor)) == DAILY_NOTICES
    assert notices == 3 * DAILY_NOTICES
    assert go(NOW + timedelta(hours=24)) == 3
    assert "另有" in told(city.engineer)[-1]
    assert Told.objects.filter(user=city.engineer, notice=None).count() == 0
    assert Told.objects.filter(user=city.engineer).count() == 600


def _clone(offer: Offer, code: str) -> Offer:
    return Offer.objects.create(
        service="achievements",
        party=offer.party,
        code=code,
        title=f"{offer.title} {code}",
        status="public",
        industry=offer.industry,
        created_at=NOW,
        updated_at=NOW,
        published_at=NOW,
    )

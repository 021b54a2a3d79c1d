"""热门匹配 hot: public pairs of need and achievement that fit well and are looked at; for screens that anybody sees."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.core.market.attention import Views, views_of
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.models import Match
from kechuang.core.matching.score import WEIGHTS
from kechuang.core.matching.tallies import worthwhile
from kechuang.core.matching.wording import reasons

RATED = 300  # of the best scores so many are compared by heat
MOST_FOR_VIEWS = 10  # points that views can add to a score
# Reasons that say nothing but what both sides have published for everybody.
SAYABLE = ("words", "meaning", "industry", "field")


@dataclass(frozen=True)
class Hot:
    """热门匹配: both sides, the score, the strongest reason in words, and the views of both in the last 30 days."""

    need: Need
    offer: Offer
    score: int
    reason: str
    views: int

    @property
    def heat(self) -> int:
        """热度: the score, and a point for each view up to ten."""
        return _heat(self.score, self.views)


def hottest(today: date, limit: int) -> list[Hot]:
    """The hottest pairs; each need and each achievement comes once. What two sides are dealing does not count."""
    rows = list(worthwhile().select_related("need", "offer").order_by("-score", "pk")[:RATED])
    needs = views_of(Need, [row.need_id for row in rows], today)
    offers = views_of(Offer, [row.offer_id for row in rows], today)
    none = Views()
    views = {row.pk: needs.get(row.need_id, none).recent + offers.get(row.offer_id, none).recent for row in rows}
    found: list[Match] = []
    taken: set[tuple[str, int]] = set()
    for row in sorted(rows, key=lambda row: -_heat(round(row.score), views[row.pk])):
        sides = {("need", row.need_id), ("offer", row.offer_id)}
        if not sides & taken:
            taken |= sides
            found.append(row)
    return [Hot(r.need, r.offer, round(r.score), _strongest(r), views[r.pk]) for r in found[:limit]]


def _heat(score: int, views: int) -> int:
    return score + min(MOST_FOR_VIEWS, views)


def _strongest(match: Match) -> str:
    known: list[dict[str, Any]] = [r for r in reasons(match) if r.get("feature") in SAYABLE and r.get("value")]
    best = max(known, key=lambda r: r["value"] * WEIGHTS.get(r["feature"], 0), default=None)
    return str(best["words"]) if best else ""

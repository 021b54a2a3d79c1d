"""匹配计数 tallies: how many stored matches needs and achievements have, and how good the best one is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.models import Match
from kechuang.core.matching.queries import BEHIND, RELEVANT, SHOWN


@dataclass(frozen=True)
class Tally:
    """匹配数: matches worth a look and the score of the best one."""

    number: int
    best: int


def worthwhile() -> QuerySet[Match]:
    """The stored matches of public listings from the score on from which an offer is worth a look."""
    return Match.objects.filter(score__gte=RELEVANT, need__status=Status.PUBLIC, offer__status=Status.PUBLIC)


def tallies(model: type[Offer] | type[Need], numbers: Sequence[int]) -> dict[int, Tally]:
    """Matches of several needs or achievements. Of a need those that its page shows: not far behind the best."""
    column = "need" if model is Need else "offer"
    scores: dict[int, list[float]] = {}
    for pk, score in worthwhile().filter(**{f"{column}__in": numbers}).order_by().values_list(column, "score"):
        scores.setdefault(pk, []).append(score)
    return {pk: _tally(found, BEHIND if model is Need else 100) for pk, found in scores.items()}


def _tally(scores: Iterable[float], behind: float) -> Tally:
    best = max(scores)
    return Tally(min(SHOWN, sum(score >= best - behind for score in scores)), round(best))

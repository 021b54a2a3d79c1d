"""衡量 yardstick: how well weights put the answers of each need in order, and whether one set beats another. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kechuang.core.matching.score import NEUTRAL, WEIGHTS

FEATURES = tuple(WEIGHTS)
DEPTH = 10
RESAMPLES, SEED = 2_000, 2028  # of the bootstrap; a fixed seed, so that the same verdicts give the same report
Values = tuple[float, ...]


@dataclass(frozen=True)
class Sample:
    """样本: one verdict on a pair: the need's number, the values of its features in the order of ``FEATURES``."""

    need: int
    offer: int
    values: Values
    fits: bool


def values_of(features: Mapping[str, float | None]) -> Values:
    """The values of a pair's features in order; what nobody can know counts as in the score."""
    given = (features.get(name) for name in FEATURES)
    return tuple(NEUTRAL if value is None else float(value) for value in given)


def rated(weights: Mapping[str, float], values: Values) -> float:
    """The score of a pair, from 0 to 1."""
    return sum(weights[n] * v for n, v in zip(FEATURES, values, strict=True)) / sum(weights[n] for n in FEATURES)


def by_need(samples: Sequence[Sample]) -> dict[int, list[tuple[Values, float]]]:
    """For each need its pairs with the share of verdicts that found them fit; needs judged all alike are left out."""
    said: dict[int, dict[int, list[Sample]]] = {}
    for sample in samples:
        said.setdefault(sample.need, {}).setdefault(sample.offer, []).append(sample)
    found = {
        need: [(rows[-1].values, sum(s.fits for s in rows) / len(rows)) for rows in offers.values()]
        for need, offers in said.items()
    }
    return {need: rows for need, rows in found.items() if len({share >= 0.5 for _, share in rows}) == 2}


def ndcg(weights: Mapping[str, float], rows: Sequence[tuple[Values, float]]) -> float:
    """nDCG@10 of one need's pairs; the gain of a pair is the share of verdicts that found it fit."""
    ranking = [share for _, share in sorted(rows, key=lambda row: -rated(weights, row[0]))]
    ideal = _gain(sorted(ranking, reverse=True))
    return _gain(ranking) / ideal if ideal else 1.0


def auc(weights: Mapping[str, float], rows: Sequence[tuple[Values, float]]) -> float:
    """AUC of one need: how often a pair that fits is rated higher than one that does not; a tie counts half."""
    good = [rated(weights, values) for values, share in rows if share >= 0.5]
    bad = [rated(weights, values) for values, share in rows if share < 0.5]
    wins = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return wins / (len(good) * len(bad))


def _gain(shares: Sequence[float]) -> float:
    return sum(share / math.log2(rank + 1) for rank, share in enumerate(shares[:DEPTH], 1))


@dataclass(frozen=True)
class Comparison:
    """比较: new weights beside old ones on the same needs: means, and the 95 % interval of the gain in nDCG@10."""

    needs: int
    ndcg_before: float
    ndcg_after: float
    auc_before: float
    auc_after: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """The gain in nDCG@10."""
        return self.ndcg_after - self.ndcg_before


def compare(before: Mapping[str, float], after: Mapping[str, float], samples: Sequence[Sample]) -> Comparison:
    """Both weights on the needs of these verdicts, need by need; the interval by a paired bootstrap over needs."""
    needs = list(by_need(samples).values())
    if not needs:
        return Comparison(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    old, new = np.array([[ndcg(w, rows) for rows in needs] for w in (before, after)])
    low, high = interval(new - old)
    auc_before, auc_after = (sum(auc(w, rows) for rows in needs) / len(needs) for w in (before, after))
    return Comparison(len(needs), float(old.mean()), float(new.mean()), auc_before, auc_after, low, high)


def interval(gains: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, float]:
    """The 95 % interval of the mean of paired gains, by bootstrap."""
    picks = np.random.default_rng(SEED).integers(0, len(gains), (RESAMPLES, len(gains)))
    low, high = np.percentile(gains[picks].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)

"""学习 learning: weights of the reasons fitted to verdicts by logistic regression. Imported by the training alone.

The regression starts from the weights in force: their score is one column that is hardly penalised, each feature
another one that is. So few verdicts change little, and a feature about which the verdicts say nothing keeps its share.
A weight below ``LEAST`` is held there and the others are fitted again: a reason must never count the wrong way round,
and a refusal because of it (which doubles its weight for that need) must still have an effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from kechuang.core.matching.yardstick import FEATURES, Sample, by_need, ndcg

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # inverse strength of the penalty: the larger, the freer from the prior
ANCHOR = 100.0  # how much larger the column of the weights in force is, so that the penalty hardly touches it
LEAST = 0.01  # of a sum of 1
ENOUGH_BETTER = 0.005  # in cross-validation, for a freer fit to be taken
HELD_BACK = 5  # one need in five is never used for fitting
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """拟合: weights that sum to 1, the strength chosen, and the mean nDCG@10 of cross-validation for each strength."""

    weights: Mapping[str, float]
    strength: float
    validated: Mapping[float, float]


def held_back(need: int) -> bool:
    """Whether a need is kept for the test; by a hash of its number, so that it stays so from training to training."""
    return int.from_bytes(sha256(str(need).encode()).digest()[:4], "big") % HELD_BACK == 0


def split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """The verdicts for fitting and those held back; no need has verdicts in both."""
    return [s for s in samples if not held_back(s.need)], [s for s in samples if held_back(s.need)]


def folds(samples: Sequence[Sample], count: int) -> Iterator[tuple[list[Sample], list[Sample]]]:
    """Verdicts for fitting and for checking, ``count`` times; the verdicts of a need stay together."""
    needs = [s.need for s in samples]
    for fitting, checking in GroupKFold(n_splits=min(count, len(set(needs)))).split(needs, groups=needs):
        yield [samples[i] for i in fitting], [samples[i] for i in checking]


def fit(samples: Sequence[Sample], prior: Mapping[str, float], count: int = 5) -> Fit:
    """Weights for these verdicts; how far they leave ``prior`` is chosen by cross-validation over needs."""
    validated = {s: _validated(samples, prior, s, count) for s in STRENGTHS}
    chosen = STRENGTHS[0]
    for strength in STRENGTHS[1:]:
        if validated[strength] > validated[chosen] + ENOUGH_BETTER:
            chosen = strength
    return Fit(fit_once(samples, prior, chosen), chosen, validated)


def _validated(samples: Sequence[Sample], prior: Mapping[str, float], strength: float, count: int) -> float:
    found: list[float] = []
    for fitting, checking in folds(samples, count):
        weights = fit_once(fitting, prior, strength)
        found += [ndcg(weights, rows) for rows in by_need(checking).values()]
    return float(np.mean(found)) if found else 0.0


def fit_once(samples: Sequence[Sample], prior: Mapping[str, float], strength: float) -> dict[str, float]:
    """Weights that sum to 1, each at least ``LEAST``; the prior where there are verdicts of one kind only."""
    start = _normalised(np.array([prior[name] for name in FEATURES]))
    fits = np.array([s.fits for s in samples])
    if len(set(fits.tolist())) < 2:
        return dict(zip(FEATURES, start.tolist(), strict=True))
    values = np.array([s.values for s in samples])
    free = np.ones(len(FEATURES), dtype=bool)
    while free.any():
        found = _free_weights(values, fits, np.where(free, start, 0.0), free, strength)
        total = found[free].sum()
        held = free & (found < LEAST * max(total, 0.0))
        if total > 0 and not held.any():
            break
        free &= ~(held if total > 0 else free)
    weights = np.where(free, found, 0.0) if free.any() else start
    return dict(zip(FEATURES, _normalised(weights).tolist(), strict=True))


def _free_weights(values: Floats, fits: NDArray[np.bool_], start: Floats, free: NDArray[np.bool_], c: float) -> Floats:
    """One regression; the features that are not free are left out of all columns."""
    columns = np.column_stack([ANCHOR * (values @ start), np.where(free, values, 0.0)])
    model = LogisticRegression(C=c, class_weight="balanced", solver="newton-cholesky").fit(columns, fits)
    anchor, *own = model.coef_[0]
    found: Floats = np.where(free, ANCHOR * anchor * start + np.array(own), 0.0)
    return found


def _normalised(weights: Floats) -> Floats:
    """The weights as shares of their sum, none below ``LEAST``."""
    shares = weights / weights.sum()
    low = shares < LEAST
    room = 1.0 - LEAST * low.sum()
    rest: Floats = np.where(low, LEAST, shares * room / shares[~low].sum())
    return rest

"""权重 weighting: the weights in force, written or learned, and the name of the recipe that they make."""

from collections.abc import Mapping
from dataclasses import dataclass

from kechuang.core.matching.models import Weights
from kechuang.core.matching.score import ENGINE, WEIGHTS


@dataclass(frozen=True)
class Weighing:
    """一套权重: the weight of every feature, and the name that a match made with them carries."""

    weights: Mapping[str, float]
    engine: str = ENGINE


WRITTEN = Weighing(WEIGHTS)


def weighing(version: Weights | None) -> Weighing:
    """The weights of a version; of None those that are written in the code."""
    if version is None:
        return WRITTEN
    # A feature that came into the code after the training keeps its written weight.
    known = {name: float(version.weights.get(name, written)) for name, written in WEIGHTS.items()}
    return Weighing(known, f"{ENGINE}/w{version.version}")


def version_in_force() -> Weights | None:
    """The learned version in force, or None. Asked anew each time, so that all processes change over at once."""
    return Weights.objects.filter(in_force=True).first()


def in_force() -> Weighing:
    """The weights in force; one small query, read once for all answers to a question."""
    return weighing(version_in_force())

"""相近程度 likeness: how near two texts are by meaning, by words and token by token, on scales from 0 to 1. Pure.

The scales follow the demo's labelled answers: where what is not related mostly ends a value begins, at the good end of
what answers a need it is ``GOOD``, and from there to the most that texts reach it rises slowly, so that the order of
the very best is kept. docs/decisions/0024-token-comparison-in-scores.md has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GOOD = 0.8
# A short question reaches a larger share of its largest BM25 than a written need of this many characters does: the
# scale of the words widens with the cube root of how much shorter it is.
USUAL, SHORTEST = 230, 8


@dataclass(frozen=True)
class Scale:
    """刻度: 0 up to ``floor``, ``GOOD`` at ``good``, 1 from ``most`` on, and straight lines between."""

    floor: float
    good: float
    most: float

    def share(self, value: float) -> float:
        """The place of a value on the scale, from 0 to 1."""
        if value < self.good:
            return GOOD * max(0.0, (value - self.floor) / (self.good - self.floor))
        return GOOD + (1 - GOOD) * min(1.0, (value - self.good) / (self.most - self.good))


MEANING = Scale(0.08, 0.42, 0.75)
TOKENS = Scale(0.22, 0.43, 0.65)
WORDS = Scale(0.01, 0.12, 1.0)


@dataclass(frozen=True)
class Likeness:
    """相近程度: what search measured of a question and a document.

    ``meaning`` is the centred cosine (None while the embedding is still to come), ``words`` BM25 as a share of the
    most that the question can reach, ``tokens`` how well it is covered token by token (None: not compared), and
    ``length`` the characters of the question.
    """

    meaning: float | None
    words: float
    tokens: float | None = None
    length: int = USUAL

    def shares(self) -> Mapping[str, float | None]:
        """Each of the three on its scale; None where it is not known."""
        wider = max(1.0, (USUAL / max(self.length, SHORTEST)) ** (1 / 3))
        words = Scale(WORDS.floor * wider, WORDS.good * wider, WORDS.most)
        return {
            "tokens": _rounded(TOKENS, self.tokens),
            "meaning": _rounded(MEANING, self.meaning),
            "words": _rounded(words, self.words),
        }


@dataclass(frozen=True)
class Kept:
    """存下的相近程度: the three places as they were kept with a match."""

    places: Mapping[Any, float | None]

    def shares(self) -> Mapping[str, float | None]:
        """Each of the three on its scale; None where it was not known."""
        return {name: self.places.get(name) for name in ("tokens", "meaning", "words")}


def _rounded(scale: Scale, value: float | None) -> float | None:
    return None if value is None else round(scale.share(value), 4)

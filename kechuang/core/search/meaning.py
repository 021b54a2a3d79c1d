"""语义 meaning: documents and queries as centred vectors, whose inner product is the meaning half of a score.

For the first candidates of a search, their tokens refine it: see `late`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import opencc

from kechuang.core.search import late
from kechuang.core.search.e5 import Encoded
from kechuang.core.search.embed import Embedder, Floats, get_embedder
from kechuang.core.search.means import Means, encode, means_of, space_of

_has_han = re.compile("[\u3400-\u9fff\uf900-\ufaff]").search
_WIDE = "[\u3000-\u9fff\uf900-\ufaff]"
_GAP = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_t2s = opencc.OpenCC("t2s")
_AT_ONCE = 64  # documents whose token states are held at once


@dataclass(frozen=True)
class Document:
    """文献: what is embedded of an entry."""

    title: str
    text: str
    keywords: Sequence[str] = ()


@dataclass(frozen=True)
class DocumentMeaning:
    """文献语义: centred vectors of length 1, of the whole and of the title alone (of the whole where there is none).

    ``tokens`` (48 bytes each, at most 19 kB) are for `refine`; empty when the embedder gives none.
    """

    body: Floats
    title: Floats
    tokens: bytes = field(repr=False, default=b"")


@dataclass(frozen=True)
class QueryMeaning:
    """查询语义: a centred vector of length 1. ``foreign`` (no Han character): compare it with titles as well.

    A title is short and so nearer to a query in another language; for Chinese queries titles mislead.
    """

    vector: Floats
    foreign: bool
    tokens: late.QueryTokens


def encode_documents(documents: Sequence[Document], *, embedder: Embedder | None = None) -> list[DocumentMeaning]:
    """文献向量: two documents or more at once use all threads. Raises EmbedderUnavailable."""
    embedder = embedder or get_embedder()
    steps = range(0, len(documents), _AT_ONCE)
    return [one for at in steps for one in _encode_documents(documents[at : at + _AT_ONCE], embedder)]


def encode_query(text: str, *, embedder: Embedder | None = None) -> QueryMeaning:
    """查询向量: about 6 ms with the local embedder. Raises EmbedderUnavailable."""
    embedder, text = embedder or get_embedder(), _plain(text)
    mean, found = _means(embedder, text), encode(embedder, [text], query=True)[0]
    tokens = late.query_tokens(found.states - mean.query_token, found.information)
    return QueryMeaning(_centred(found.vector, mean.query), _has_han(text) is None, tokens)


def refine(query: QueryMeaning, documents: Sequence[bytes]) -> list[float]:
    """细排: what to add to the scores of the first candidates, from their `DocumentMeaning.tokens`, in this order."""
    return late.similarities(query.tokens, documents)


def encode_sentences(texts: Sequence[str], *, embedder: Embedder | None = None) -> Floats:
    """句子向量: sentences of documents as (sentences, 384), comparable to `encode_query`; shows why a text matched."""
    embedder, plain = embedder or get_embedder(), [_plain(text) for text in texts]
    raw = embedder.passages(plain)
    rows = [_centred(row, _means(embedder, text).passage) for row, text in zip(raw, plain, strict=True)]
    return np.stack(rows) if rows else raw


def document_text(document: Document) -> str:
    """嵌入文本: title, text and keywords in one line. A line break between title and text would cost quality."""
    parts = (_plain(document.title), _plain(document.text), "、".join(map(_plain, document.keywords)))
    return "。".join(part for part in parts if part)


def space(embedder: Embedder | None = None) -> str:
    """向量空间: names weights, recipe and means; vectors of another space are to be computed anew."""
    return space_of(embedder or get_embedder())


def prepare() -> None:
    """准备: build the local model and the means unless they are there, about 8 s; for set-up."""
    means_of(get_embedder())


def _encode_documents(documents: Sequence[Document], embedder: Embedder) -> list[DocumentMeaning]:
    texts = [document_text(document) for document in documents]
    titles = [_plain(document.title) for document in documents]
    raw = iter(embedder.passages([title for title in titles if title]))
    found = []
    for text, title, one in zip(texts, titles, encode(embedder, texts, query=False), strict=True):
        body = _centred(one.vector, _means(embedder, text).passage)
        short = _centred(next(raw), _means(embedder, title).title) if title else body
        found.append(DocumentMeaning(body, short, _tokens(one, _means(embedder, text))))
    return found


def _tokens(document: Encoded, means: Means) -> bytes:
    return late.document_tokens(document.states - means.passage_token)


def _means(embedder: Embedder, text: str) -> Means:
    return means_of(embedder)["han" if _has_han(text) else "other"]


def _plain(text: str) -> str:
    """NFKC, simplified characters, and no blanks or line breaks between Han characters."""
    return " ".join(_GAP.sub("", _t2s.convert(unicodedata.normalize("NFKC", text))).split())


def _centred(vector: Floats, mean: Floats) -> Floats:
    difference = vector - mean
    return np.asarray(difference / max(float(np.linalg.norm(difference)), 1e-12), np.float32)

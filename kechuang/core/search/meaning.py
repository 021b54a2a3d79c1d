"""语义 meaning: documents and queries as centred vectors, whose inner product is the meaning half of a score.

All raw vectors of one language and kind point much the same way, which hides the differences that matter: cosines lie
between 0.75 and 0.95. So the mean vector of such texts is subtracted. It comes from fixed sentences, not from the
corpus: the first document of an empty system is found, and no vector need be computed again as the corpus grows.
"""

import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import opencc
from numpy.typing import NDArray

from kechuang.core.search.baseline import BASELINE
from kechuang.core.search.embed import Embedder, get_embedder, models_dir

Floats = NDArray[np.float32]
_RECIPE = 1  # to be raised when the same embedder's centred vectors change
_HAN = "[\u3400-\u9fff\uf900-\ufaff]"
_has_han = re.compile(_HAN).search
_WIDE = "[\u3000-\u9fff\uf900-\ufaff]"
_GAP = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_t2s = opencc.OpenCC("t2s")


@dataclass(frozen=True)
class Document:
    """文献: what is embedded of an entry."""

    title: str
    text: str
    keywords: Sequence[str] = ()


@dataclass(frozen=True)
class DocumentMeaning:
    """文献语义: centred vectors of length 1, of the whole and of the title alone (of the whole where there is none)."""

    body: Floats
    title: Floats


@dataclass(frozen=True)
class QueryMeaning:
    """查询语义: a centred vector of length 1. ``foreign`` (no Han character): compare it with titles as well.

    A title is short and so nearer to a query in another language; for Chinese queries titles mislead.
    """

    vector: Floats
    foreign: bool


@dataclass(frozen=True)
class _Means:
    """均值: the mean vector of each kind of text, by script (``han``, ``other``)."""

    queries: dict[str, Floats]
    passages: dict[str, Floats]
    titles: dict[str, Floats]


def encode_documents(documents: Sequence[Document], *, embedder: Embedder | None = None) -> list[DocumentMeaning]:
    """文献向量: 64 to 512 documents at once use all threads. Raises EmbedderUnavailable."""
    embedder = embedder or get_embedder()
    means = _means(embedder)
    texts = [document_text(d) for d in documents]
    titles = [_plain(d.title) for d in documents]
    raw = iter(embedder.passages([*texts, *filter(None, titles)]))
    bodies = [_centred(next(raw), means.passages[_script(text)]) for text in texts]
    return [
        DocumentMeaning(body, _centred(next(raw), means.titles[_script(title)]) if title else body)
        for body, title in zip(bodies, titles, strict=True)
    ]


def encode_query(text: str, *, embedder: Embedder | None = None) -> QueryMeaning:
    """查询向量: about 5 ms with the local embedder. Raises EmbedderUnavailable."""
    embedder = embedder or get_embedder()
    text = _plain(text)
    script = _script(text)
    vector = _centred(embedder.queries([text])[0], _means(embedder).queries[script])
    return QueryMeaning(vector, script == "other")


def encode_sentences(texts: Sequence[str], *, embedder: Embedder | None = None) -> Floats:
    """句子向量: sentences of documents as (sentences, 384), comparable to `encode_query`; shows why a text matched."""
    embedder = embedder or get_embedder()
    means, plain = _means(embedder), [_plain(text) for text in texts]
    raw = embedder.passages(plain)
    rows = [_centred(row, means.passages[_script(text)]) for row, text in zip(raw, plain, strict=True)]
    return np.stack(rows) if rows else raw


def document_text(document: Document) -> str:
    """嵌入文本: title, text and keywords in one line. A line break between title and text would cost quality."""
    parts = (_plain(document.title), _plain(document.text), "、".join(map(_plain, document.keywords)))
    return "。".join(part for part in parts if part)


def space(embedder: Embedder | None = None) -> str:
    """向量空间: names weights, recipe and means; vectors of another space are to be computed anew."""
    sentences = blake2b(repr(BASELINE).encode(), digest_size=4).hexdigest()
    return f"{(embedder or get_embedder()).name}/{_RECIPE}-{sentences}"


def prepare() -> None:
    """准备: build the local model and the means unless they are there, about 8 s; for set-up."""
    _means(get_embedder())


def _plain(text: str) -> str:
    """NFKC, simplified characters, and no blanks or line breaks between Han characters."""
    return " ".join(_GAP.sub("", _t2s.convert(unicodedata.normalize("NFKC", text))).split())


def _script(text: str) -> str:
    return "han" if _has_han(text) else "other"


def _centred(vector: Floats, mean: Floats) -> Floats:
    difference = vector - mean
    return np.asarray(difference / max(float(np.linalg.norm(difference)), 1e-12), np.float32)


@lru_cache(maxsize=4)
def _means(embedder: Embedder) -> _Means:
    path = models_dir() / f"means-{blake2b(space(embedder).encode(), digest_size=8).hexdigest()}.npy"
    scripts = list(BASELINE)
    if not path.exists():
        _save(path, np.stack([_mean_rows(embedder, script) for script in scripts]))
    stored = np.load(path)
    kinds = (dict(zip(scripts, stored[:, kind], strict=True)) for kind in range(3))
    return _Means(*kinds)


def _mean_rows(embedder: Embedder, script: str) -> Floats:
    sentences = BASELINE[script]
    kinds = (
        embedder.queries(sentences.queries),
        embedder.passages(sentences.passages),
        embedder.passages(sentences.titles),
    )
    return np.stack([vectors.mean(0) for vectors in kinds])


def _save(path: Path, rows: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        np.save(part, rows)
    Path(part.name).replace(path)

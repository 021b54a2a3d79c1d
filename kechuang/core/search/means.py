"""均值 means: what all texts of a kind and language have in common, to be subtracted from their vectors.

All raw vectors of one language and kind point much the same way, which hides the differences that matter: cosines lie
between 0.75 and 0.95. The means come from fixed sentences, not from the corpus: the first document of an empty system
is found, and no vector need be computed again as the corpus grows.
"""

import tempfile
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kechuang.core.search.baseline import BASELINE
from kechuang.core.search.e5 import Encoded
from kechuang.core.search.embed import Embedder, Floats, TokenEmbedder, models_dir

RECIPE = 2  # to be raised when the same embedder's centred vectors or tokens change


class Means(NamedTuple):
    """均值: mean vectors for texts of one script; zero for the tokens of an embedder that gives none."""

    query: Floats
    passage: Floats
    title: Floats
    query_token: Floats
    passage_token: Floats


def encode(embedder: Embedder, texts: Sequence[str], *, query: bool) -> list[Encoded]:
    """编码: raw vectors, and token states where the embedder gives them. Raises EmbedderUnavailable."""
    if isinstance(embedder, TokenEmbedder):
        return embedder.encoded(texts, query=query)
    vectors = embedder.queries(texts) if query else embedder.passages(texts)
    return [Encoded(vector, np.zeros((0, embedder.dim), np.float32), np.zeros(0, np.float32)) for vector in vectors]


def space_of(embedder: Embedder) -> str:
    """向量空间: names weights, recipe and means; vectors of another space are to be computed anew."""
    return f"{embedder.name}/{RECIPE}-{_SENTENCES}"


@lru_cache(maxsize=4)
def means_of(embedder: Embedder) -> dict[str, Means]:
    """The means by script (``han``, ``other``), computed once and kept in a file. Raises EmbedderUnavailable."""
    path = models_dir() / f"means-{blake2b(space_of(embedder).encode(), digest_size=8).hexdigest()}.npy"
    if not path.exists():
        _save(path, np.stack([_measured(embedder, script) for script in BASELINE]))
    return {script: Means(*rows) for script, rows in zip(BASELINE, np.load(path), strict=True)}


_SENTENCES = blake2b(repr(BASELINE).encode(), digest_size=4).hexdigest()


def _measured(embedder: Embedder, script: str) -> Floats:
    sentences = BASELINE[script]
    queries = encode(embedder, sentences.queries, query=True)
    passages = encode(embedder, sentences.passages, query=False)
    titles = encode(embedder, sentences.titles, query=False)
    vectors = [np.mean([one.vector for one in kind], axis=0) for kind in (queries, passages, titles)]
    tokens = [_mean_token([one.states for one in kind]) for kind in (queries, passages)]
    return np.stack(vectors + tokens).astype(np.float32)


def _mean_token(states: Sequence[Floats]) -> Floats:
    rows = np.concatenate(states)
    return np.asarray(rows.mean(0) if len(rows) else np.zeros(rows.shape[1]), np.float32)


def _save(path: Path, rows: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        np.save(part, rows)
    Path(part.name).replace(path)

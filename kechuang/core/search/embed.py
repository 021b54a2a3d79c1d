"""向量服务 embedder: turns texts into vectors, here or at an endpoint; chosen by the settings."""

import json
from collections.abc import Hashable, Sequence
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.request import Request, urlopen

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from kechuang.core.search import e5

DIMENSIONS = 384  # width of the vector columns
_TIMEOUT = 30  # seconds
_BATCH = 64  # texts in one request
Floats = NDArray[np.float32]


class Embedder(Hashable, Protocol):
    """向量服务: raw vectors of length 1; ``name`` changes whenever the vectors of the same texts would."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def passages(self, texts: Sequence[str]) -> Floats: ...
    def queries(self, texts: Sequence[str]) -> Floats: ...


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """词元向量服务: an embedder that gives the states of a text's tokens as well, for late interaction."""

    def encoded(self, texts: Sequence[str], *, query: bool) -> list[e5.Encoded]: ...


class EmbedderUnavailable(Exception):  # noqa: N818 - a state of the world, as django.http.Http404 is
    """向量服务不可用: the endpoint did not answer as it should; a search goes on by words alone."""


class Endpoint:
    """外部向量服务: any OpenAI-compatible `/embeddings`; longer vectors are cut to 384 and renormalised.

    Cutting suits models trained for it (Matryoshka); others should give 384 numbers by themselves.
    """

    dim = DIMENSIONS

    def __init__(self, url: str, key: str = "", model: str = "") -> None:
        self._url = url.rstrip("/").removesuffix("/embeddings") + "/embeddings"
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._model = model
        self.name = f"{model or 'default'}@{self._url}"

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of documents. Raises EmbedderUnavailable."""
        return self._vectors(texts, "passage")

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of queries. Raises EmbedderUnavailable."""
        return self._vectors(texts, "query")

    def _vectors(self, texts: Sequence[str], kind: str) -> Floats:
        rows = [row for at in range(0, len(texts), _BATCH) for row in self._ask(texts[at : at + _BATCH], kind)]
        vectors = np.array(rows, np.float32).reshape(-1, self.dim)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)

    def _ask(self, texts: Sequence[str], kind: str) -> list[list[float]]:
        # `input_type` is how servers of asymmetric models tell queries from documents; others ignore it.
        body = {"model": self._model, "input": list(texts), "input_type": kind, "encoding_format": "float"}
        request = Request(self._url, json.dumps(body).encode(), self._headers)  # noqa: S310 - set by the operator
        try:
            with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - as above
                data = sorted(json.load(answer)["data"], key=lambda item: int(item["index"]))
                rows = [[float(x) for x in item["embedding"][: self.dim]] for item in data]
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise EmbedderUnavailable(f"{self._url}: {error}") from error
        if len(rows) != len(texts) or any(len(row) != self.dim for row in rows):
            raise EmbedderUnavailable(f"{self._url}: expected {len(texts)} vectors of at least {self.dim} numbers")
        return rows


def models_dir() -> Path:
    """模型目录: where models and means that are computed once are kept."""
    return Path(settings.VAR_DIR) / "models"


@lru_cache(maxsize=1)
def get_embedder() -> Embedder:
    """当前向量服务: one for the process. The first call may build the local model (5 s). Raises FileNotFoundError."""
    if settings.EMBEDDER_URL:
        return Endpoint(settings.EMBEDDER_URL, settings.EMBEDDER_KEY, settings.EMBEDDER_MODEL)
    return e5.E5(e5.build(models_dir()), settings.EMBEDDER_THREADS)

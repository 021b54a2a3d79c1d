"""检索评测 evaluation: labelled sets and the metrics nDCG, recall and MRR. Pure."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal


@dataclass(frozen=True)
class Question:
    """测试查询: a query of a labelled set with its relevant documents (0 not, 1 related, 2 relevant)."""

    id: str
    text: str
    set: str
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class LabelledSet:
    """标注集: documents as read (id, title, text, keywords, category) and questions."""

    corpus: list[dict[str, Any]]
    questions: list[Question]


Ranking = Sequence[str]


def read_set(folder: Path) -> LabelledSet:
    """Reads corpus.jsonl, queries.jsonl and qrels.tsv; raises Refusal with file and line."""
    relevant: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(folder / "qrels.tsv"), 1):
        cells = line.split("\t")
        if cells[0] == "query-id":
            continue
        if len(cells) != 3 or not cells[2].strip().isdigit():
            raise Refusal(
                _("qrels.tsv 第 %(number)s 行应为：查询编号、文档编号、相关度（整数），以制表符分隔")
                % {"number": number}
            )
        relevant.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    corpus = _objects(folder / "corpus.jsonl", ("id", "text"))
    queries = _objects(folder / "queries.jsonl", ("id", "text"))
    questions = [
        Question(str(q["id"]), q["text"], q.get("set", "all"), relevant.get(str(q["id"]), {})) for q in queries
    ]
    return LabelledSet(corpus, [q for q in questions if any(q.relevant.values())])


def ndcg10(ranking: Ranking, relevant: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first 10, gain 2^relevance − 1."""
    ideal = sorted(relevant.values(), reverse=True)[:10]
    return _gain([relevant.get(d, 0) for d in ranking[:10]]) / _gain(ideal)


def recall(ranking: Ranking, relevant: Mapping[str, int], depth: int) -> float:
    """Share of the relevant and related documents among the first ``depth``."""
    wanted = {d for d, grade in relevant.items() if grade}
    return len(wanted & set(ranking[:depth])) / len(wanted)


def mrr10(ranking: Ranking, relevant: Mapping[str, int]) -> float:
    """One over the rank of the first relevant or related document, 0 beyond the tenth."""
    return next((1 / rank for rank, d in enumerate(ranking[:10], 1) if relevant.get(d, 0)), 0.0)


def scores(questions: Sequence[Question], rankings: Sequence[Ranking]) -> dict[str, dict[str, float]]:
    """The mean of each metric by set, in the order in which the sets appear."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for q, r in zip(questions, rankings, strict=True):
        row = (ndcg10(r, q.relevant), recall(r, q.relevant, 10), recall(r, q.relevant, 100), mrr10(r, q.relevant))
        rows.setdefault(q.set, []).append(row)
    names = ("ndcg10", "recall10", "recall100", "mrr10")
    return {
        name: {m: round(sum(column) / len(found), 4) for m, column in zip(names, zip(*found, strict=True), strict=True)}
        for name, found in rows.items()
    }


def comparison(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """A Markdown table of recipes: nDCG@10 (and recall@10) of each set, and the latency."""
    sets = [name for name in next(iter(found.values())) if name != "latency_ms"]
    lines = ["| | " + " | ".join(sets) + " | p50 / p95 ms |", "|---" * (len(sets) + 2) + "|"]
    for recipe, figures in found.items():
        cells = (f"{figures[s]['ndcg10']:.3f} ({figures[s]['recall10']:.3f})" for s in sets)
        latency = figures["latency_ms"]
        lines.append(f"| {recipe} | " + " | ".join(cells) + f" | {latency['p50']} / {latency['p95']} |")
    return "\n".join(lines)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**g - 1.0) / math.log2(rank + 1) for rank, g in enumerate(grades, 1))


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(_("无法读取 %(path)s：%(error)s") % {"path": path, "error": error}) from error


def _objects(path: Path, required: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise Refusal(
                _("%(name)s 第 %(number)s 行不是 JSON：%(error)s")
                % {"name": path.name, "number": number, "error": error}
            ) from error
        if not isinstance(row, dict) or any(name not in row for name in required):
            raise Refusal(
                _("%(name)s 第 %(number)s 行缺少字段：%(fields)s")
                % {"name": path.name, "number": number, "fields": _("、").join(required)}
            )
        found.append(row)
    return found

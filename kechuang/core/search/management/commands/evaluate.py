"""检索评测: the quality of search on a labelled set, through the real index in a scratch database."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kechuang.core.search import vectors
from kechuang.core.search.evaluation import Question, comparison, percentile, read_set, scores
from kechuang.core.search.hybrid import PRODUCT, WORDS_ONLY, Recipe
from kechuang.core.search.labelled_index import KIND, index
from kechuang.core.search.queries import find_text
from kechuang.core.search.scratch import scratch_database
from kechuang.kit.refusal import Refusal

DEPTH = 100
ABLATION = {
    "只用词": WORDS_ONLY,
    "只用语义": Recipe(words=0.0, tokens=0.0, titles=False),
    "只用语义，外文比标题": Recipe(words=0.0, tokens=0.0),
    "词＋语义": Recipe(tokens=0.0, titles=False),
    "词＋语义，外文比标题": Recipe(tokens=0.0),
    "词＋语义，外文比标题，前列逐词元比对（产品）": PRODUCT,
}


class Command(BaseCommand):
    """检索评测: prints quality and latency; leaves no trace in the city's data."""

    help = "检索评测：在临时数据库中用标注集测量检索质量与耗时（nDCG@10、recall@10、recall@100、MRR@10、p50/p95）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="含 corpus.jsonl、queries.jsonl、qrels.tsv 的目录")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--limit-queries", type=int, help="只用前几条查询")
        parser.add_argument("--ablation", action="store_true", help="逐项关闭方案的各部分，看各值多少")
        parser.add_argument("--fresh", action="store_true", help="不用上次缓存的向量")

    def handle(self, *, folder: Path, limit_queries: int | None, fresh: bool, **options: Any) -> None:
        try:
            labelled = read_set(folder)
            questions = labelled.questions[:limit_queries]
            with scratch_database():
                index(labelled, fresh=fresh, say=self.stderr.write, progress=self._progress)
                recipes = ABLATION if options["ablation"] else {"": PRODUCT}
                found = {name: self._measure(labelled.corpus, questions, r) for name, r in recipes.items()}
            if options["json"]:
                self.stdout.write(json.dumps(found if options["ablation"] else found[""], ensure_ascii=False))
            elif options["ablation"]:
                self.stdout.write(comparison(found))
            else:
                self._print(found[""])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _measure(
        self, corpus: Sequence[Mapping[str, Any]], questions: Sequence[Question], recipe: Recipe
    ) -> dict[str, dict[str, float]]:
        report = self._progress("查询")
        rankings, times = [], []
        vectors.forget_queries()
        for done, question in enumerate(questions, 1):
            started = time.perf_counter()
            hits = find_text(question.text, (KIND,), limit=DEPTH, recipe=recipe)
            times.append((time.perf_counter() - started) * 1000)
            rankings.append([str(corpus[hit.ref]["id"]) for hit in hits])
            report(done, len(questions))
        found = scores(questions, rankings)
        found["latency_ms"] = {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1)}
        return found

    def _print(self, figures: dict[str, dict[str, float]]) -> None:
        for group, row in figures.items():
            cells = "  ".join(f"{name} {value:.{1 if group == 'latency_ms' else 4}f}" for name, value in row.items())
            self.stdout.write(f"{group:<12}{cells}")

    def _progress(self, label: str) -> Callable[[int, int], None]:
        shown = [0.0]

        def show(done: int, total: int) -> None:
            if done == total or time.perf_counter() - shown[0] > 1:
                shown[0] = time.perf_counter()
                self.stderr.write(f"\r{label} {done}/{total}", ending="\n" if done == total else "")
                self.stderr.flush()

        return show

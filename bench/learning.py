"""学习测试 learning: what the weights learn from simulated brokers on a labelled set, by the number of verdicts.

    .venv/bin/python bench/learning.py DIR [--seeds 3] [--write]

DIR holds corpus.jsonl, queries.jsonl and qrels.tsv (docs/howto/measure-quality.md). Every query stands for a need; its
candidates come from the product's own search in a scratch database. The brokers judge the pairs that the workbench
would ask about. Each errs in 5 to 20 cases of a hundred and then follows a leaning of her own: shared words, meaning,
kind, strict. Only the likeness of the texts has labels here; the other features are unknown. ``--write`` puts the
tables into bench/results/learning.md. Without DIR nothing is measured.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean

import django
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
django.setup()

from kechuang.core.matching import learning  # noqa: E402
from kechuang.core.matching.adoption import LEAST_TESTED  # noqa: E402
from kechuang.core.matching.judging import PER_NEED, TOP, useful  # noqa: E402
from kechuang.core.matching.likeness import Likeness  # noqa: E402
from kechuang.core.matching.queries import CANDIDATES, RATING  # noqa: E402
from kechuang.core.matching.score import NAMES, NEUTRAL, WEIGHTS  # noqa: E402
from kechuang.core.matching.training import LEAST_NEEDS, LEAST_VERDICTS  # noqa: E402
from kechuang.core.matching.yardstick import FEATURES, Sample, Values, compare, rated, values_of  # noqa: E402
from kechuang.core.search.evaluation import LabelledSet, ndcg10, read_set  # noqa: E402
from kechuang.core.search.labelled_index import KIND, index  # noqa: E402
from kechuang.core.search.models import Hit  # noqa: E402
from kechuang.core.search.queries import find_text  # noqa: E402
from kechuang.core.search.scratch import scratch_database  # noqa: E402
from kechuang.kit.postgres import Server  # noqa: E402

BUDGETS = (50, 100, 200, 400, 800, 1600)
BROKERS = 6
LEANINGS = ("words", "meaning", "kind", "strict")
LABELLED = ("tokens", "meaning", "words")  # what the labels say something about
MEANING, WORDS = FEATURES.index("meaning"), FEATURES.index("words")
RESULTS = ROOT / "bench" / "results" / "learning.md"
Weights = Mapping[str, float]
# From the weights of the product, and from weights that are plainly wrong: nearly all on shared words.
STARTS: Mapping[str, Weights] = {
    "写定的权重": WEIGHTS,
    "故意写错的权重": dict(WEIGHTS) | {"tokens": 0.04, "meaning": 0.04, "words": 0.62},
}


@dataclass(frozen=True)
class Asked:
    """一条需求: number, its candidates as document and values in the order of search, the relevant documents."""

    number: int
    candidates: tuple[tuple[str, Values], ...]
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class Broker:
    """模拟经纪人: how often she errs, and what she follows when she does."""

    errs: float
    leaning: str

    def says(self, values: Values, fits: bool, chance: Random) -> bool:
        """Her verdict on a pair."""
        if chance.random() >= self.errs:
            return fits
        follows = {
            "kind": True,
            "strict": False,
            "words": values[WORDS] > NEUTRAL,
            "meaning": values[MEANING] > NEUTRAL,
        }
        return follows[self.leaning]


def values(hit: Hit, text: str) -> Values:
    """A hit's features on the scale of the score."""
    return values_of(Likeness(hit.meaning, hit.words, hit.tokens, len(text)).shares())


def asked(labelled: LabelledSet) -> list[Asked]:
    """Every query with its candidates."""
    found = []
    for number, question in enumerate(labelled.questions, 1):
        hits = find_text(question.text, (KIND,), limit=CANDIDATES, recipe=RATING)
        rows = tuple((str(labelled.corpus[h.ref]["id"]), values(h, question.text)) for h in hits)
        found.append(Asked(number, rows, question.relevant))
        if number % 50 == 0:
            sys.stderr.write(f"{number}/{len(labelled.questions)}\n")
    return found


def quality(weights: Weights, needs: Sequence[Asked]) -> float:
    """Mean nDCG@10 of the candidates of these needs, by all labels."""
    return mean(
        ndcg10([d for d, v in sorted(need.candidates, key=lambda row: -rated(weights, row[1]))], need.relevant)
        for need in needs
    )


def judged(needs: Sequence[Asked], weights: Weights, seed: int) -> Iterator[Sample]:
    """Verdicts in the order in which the workbench asks for them: a round of pairs of each need."""
    chance = Random(seed)
    brokers = [Broker(chance.uniform(0.05, 0.20), chance.choice(LEANINGS)) for _ in range(BROKERS)]
    for need in chance.sample(list(needs), len(needs)):
        broker = chance.choice(brokers)
        scored = [(i, 100 * rated(weights, v)) for i, (_, v) in enumerate(need.candidates)]
        best = sorted((s for _, s in scored), reverse=True)[:TOP]
        for i in useful(scored, best)[:PER_NEED]:
            document, pair = need.candidates[i]
            fits = broker.says(pair, need.relevant.get(document, 0) > 0, chance)
            yield Sample(need.number, i, pair, fits)


@dataclass(frozen=True)
class Point:
    """曲线上的一点: quality on the needs held back, the shares of what is labelled, whether it would be adopted."""

    quality: float
    shares: tuple[float, ...]
    adopted: bool


def learned(samples: Sequence[Sample], before: Weights, held: Sequence[Asked]) -> Point:
    """Train on these verdicts as the command does."""
    fitting, testing = learning.split(samples)
    weights = learning.fit(fitting, before).weights
    found = compare(before, weights, testing)
    enough = len(samples) >= LEAST_VERDICTS and len({s.need for s in samples}) >= LEAST_NEEDS
    adopted = enough and found.needs >= LEAST_TESTED and found.low > 0
    return Point(quality(weights, held), shares(weights), adopted)


def shares(weights: Weights) -> tuple[float, ...]:
    """What each of the labelled features has of all of them."""
    total = sum(weights[name] for name in LABELLED)
    return tuple(weights[name] / total for name in LABELLED)


def shown(found: Sequence[float]) -> str:
    """Shares as the tables show them."""
    return " / ".join(f"{share:.0%}" for share in found)


def ceiling(held: Sequence[Asked]) -> tuple[float, tuple[float, ...]]:
    """The best quality that any shares of the labelled features reach on the needs held back, and these shares."""
    tenths = [(a / 10, b / 10, (10 - a - b) / 10) for a in range(11) for b in range(11 - a)]
    none = dict.fromkeys(FEATURES, 0.0)
    return max((quality(none | dict(zip(LABELLED, s, strict=True)), held), s) for s in tenths)


def report(needs: Sequence[Asked], seeds: int) -> str:
    """The learning curves as Markdown."""
    held = [n for n in needs if learning.held_back(n.number)]
    order = mean(ndcg10([d for d, _ in n.candidates], n.relevant) for n in held)
    best, mixed = ceiling(held)
    reached = f"只用逐词对照、意思和用词，任意比例最好 {best:.3f}（{shown(mixed)}）"
    setting = f"{len(needs)} 条查询当作需求，每条取检索的前 {CANDIDATES} 项；留出 {len(held)} 条（从不参加拟合）"
    lines = [
        f"{setting}，在这些需求上按全部标注算 nDCG@10。{BROKERS} 位模拟经纪人，{seeds} 个随机种子取平均。",
        "",
        f"对照：检索自己的次序 {order:.3f}；{reached}。",
        "",
    ]
    for name, before in STARTS.items():
        lines += [
            f"### 从{name}出发",
            "",
            "| 评判 | nDCG@10 | 变化 | 逐词对照 / 意思 / 用词 | 会启用 |",
            "|---|---|---|---|---|",
        ]
        base = quality(before, held)
        lines.append(f"| 0 | {base:.3f} | | {shown(shares(before))} | |")
        runs = [list(judged(needs, before, seed)) for seed in range(seeds)]
        for budget in [b for b in BUDGETS if b <= len(runs[0])] + [len(runs[0])]:
            points = [learned(samples[:budget], before, held) for samples in runs]
            gained = mean(p.quality for p in points)
            lines.append(
                f"| {budget} | {gained:.3f} | {gained - base:+.3f} | {shown(_means(points))} "
                f"| {sum(p.adopted for p in points)}/{seeds} |"
            )
            sys.stderr.write(lines[-1] + "\n")
        lines.append("")
    unknown = "、".join(NAMES[n] for n in FEATURES if n not in LABELLED)
    return "\n".join([*lines, f"标注集没有{unknown}，这些特征一律取 {NEUTRAL}，学习时保持原来的比例。"])


def _means(points: Sequence[Point]) -> tuple[float, ...]:
    return tuple(mean(column) for column in zip(*(p.shares for p in points), strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.folder is None:
        print("没有给出标注集目录，跳过 · no labelled set given, nothing measured")
        return
    labelled = read_set(options.folder)
    with Server(settings.VAR_DIR / "pg"), scratch_database():
        index(labelled, fresh=False, say=lambda text: print(text, file=sys.stderr), progress=lambda _: lambda *_: None)
        needs = asked(labelled)
    text = report(needs, options.seeds)
    print(text)
    if options.write:
        RESULTS.write_text(f"{HEAD}\n{text}\n", "utf-8")


HEAD = """# 从评判学习权重 · learned weights

`bench/learning.py DIR --write`。模拟的经纪人按工作台的次序评判，每人有 5%–20% 的差错，出错时各有偏向
（只看用词、只看意思、偏宽、偏严）。训练、检验和启用的条件与 `manage.py train_matching` 相同。
"""

if __name__ == "__main__":
    main()

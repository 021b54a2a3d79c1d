"""检索: the metrics of the evaluation, by hand-made rankings."""

from math import log2

import pytest

from kechuang.core.search.evaluation import Question, comparison, mrr10, ndcg10, percentile, recall, scores

RELEVANT = {"a": 2, "b": 1, "c": 0}


def test_metrics_of_known_rankings() -> None:
    assert ndcg10(["a", "b", "x"], RELEVANT) == 1.0
    assert ndcg10(["x", "a"], RELEVANT) == pytest.approx((3 / log2(3)) / (3 + 1 / log2(3)))
    assert ndcg10([*"klmnopqrst", "a"], RELEVANT) == 0.0
    assert (recall(["b", "x"], RELEVANT, 10), recall(["x", "b", "a"], RELEVANT, 2)) == (0.5, 0.5)
    assert (mrr10(["c", "b"], RELEVANT), mrr10([], RELEVANT)) == (0.5, 0.0)


def test_scores_are_means_by_set() -> None:
    questions = [
        Question("1", "", "need", RELEVANT),
        Question("2", "", "need", RELEVANT),
        Question("3", "", "kw", {"z": 1}),
    ]
    found = scores(questions, [["a", "b"], ["x"], ["z"]])
    assert found == {
        "need": {"ndcg10": 0.5, "recall10": 0.5, "recall100": 0.5, "mrr10": 0.5},
        "kw": {"ndcg10": 1.0, "recall10": 1.0, "recall100": 1.0, "mrr10": 1.0},
    }
    table = comparison({"产品": {**found, "latency_ms": {"p50": 1.5, "p95": 2.0}}})
    assert table.splitlines()[-1] == "| 产品 | 0.500 (0.500) | 1.000 (1.000) | 1.5 / 2.0 |"


def test_percentiles_are_by_nearest_rank() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 2, 4, 4]

"""匹配打分: tables of cases, no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kechuang.core.matching.advice import improvements, left_open
from kechuang.core.matching.likeness import MEANING, TOKENS, USUAL, WORDS, Likeness
from kechuang.core.matching.score import (
    NEUTRAL,
    WEIGHTS,
    Asked,
    Offered,
    Score,
    Speech,
    score,
    weights_after,
)

TODAY = date(2026, 11, 18)
LABELS = {("industry", "green-energy"): "绿色能源", ("industry", "ai"): "人工智能", ("maturity", "6"): "正样级"}
ASKED = Asked(
    text="户外光伏板受潮后功率掉得快",
    industry=["green-energy"],
    field=["energy"],
    district="370281",
    cooperation=["licence"],
    urgency="soon",
    budget_min=Decimal(300_000),
    budget_max=Decimal(800_000),
)
OFFERED = Offered(
    text="光伏组件阻水封装，功率衰减小",
    industry=["green-energy"],
    field=["energy"],
    district="370281",
    cooperation=["licence", "development"],
    maturity=8,
    price_mode="listed",
    price=Decimal(500_000),
    published_on=date(2026, 11, 18),
)


def label(scheme: str, code: str) -> str:
    return LABELS.get((scheme, code), code)


ALIKE = Likeness(MEANING.most, WORDS.most, TOKENS.most)
FAR = Likeness(0.05, 0.02, 0.2)


def rate(asked: Asked = ASKED, offered: Offered = OFFERED, likeness: Likeness = ALIKE) -> Score:
    return score(asked, offered, likeness=likeness, today=TODAY, speech=Speech(label))


def reason(result: Score, feature: str) -> tuple[float | None, str]:
    found = next(r for r in result.reasons if r.feature == feature)
    return found.value, found.words


def test_a_pair_that_agrees_in_everything_scores_100_with_a_reason_for_each_feature() -> None:
    result = rate()
    assert result.score == 100.0
    assert {r.feature for r in result.reasons} == set(WEIGHTS)
    assert [r.weight for r in result.reasons] == sorted(WEIGHTS.values(), reverse=True)


def test_what_nobody_knows_counts_as_neutral_and_is_named() -> None:
    result = rate(Asked("甲乙丙"), Offered("丁戊己"), Likeness(None, 0.0))
    unknown = sum(w for f, w in WEIGHTS.items() if f not in ("tokens", "words"))
    assert result.score == pytest.approx(100 * NEUTRAL * unknown / (1 - WEIGHTS["tokens"]), abs=0.1)
    assert left_open(Asked("甲乙丙")) == ["产业", "技术领域", "预算", "紧急程度", "合作方式", "所在区市"]


@pytest.mark.parametrize(
    ("change", "feature", "value", "words"),
    [
        ({"maturity": 6}, "maturity", 0.8, "成熟度 6 级（正样级），需求soon，还差 1 级才能直接试用"),
        ({"maturity": None}, "maturity", None, "未标注技术成熟度"),
        ({"price": Decimal(800_000)}, "budget", 1.0, "预算 30 万元～80 万元，可覆盖标价 80 万元"),
        ({"price": Decimal(800_001)}, "budget", 0.39, "标价 80 万元，超出预算 30 万元～80 万元"),
        ({"price": None}, "budget", None, "预算 30 万元～80 万元，价格面议"),
        ({"industry": ["ai"]}, "industry", 0.15, "产业不同：需求为绿色能源，供给为人工智能"),
        ({"industry": []}, "industry", None, "供给方未写产业"),
        ({"district": ""}, "district", None, "一方未写所在区市"),
    ],
)
def test_each_feature_says_what_it_found(
    change: dict[str, object], feature: str, value: float | None, words: str
) -> None:
    assert reason(rate(offered=replace(OFFERED, **change)), feature) == (value, words)  # type: ignore[arg-type]


def test_the_meaning_of_the_texts_outweighs_everything_that_can_be_agreed_upon() -> None:
    other_side_of_town = replace(OFFERED, district="370211", cooperation=["transfer"], maturity=5, price=None)
    unrelated = rate(likeness=FAR)
    assert rate(offered=other_side_of_town).score > unrelated.score


def test_where_tokens_were_not_compared_the_other_reasons_make_the_score() -> None:
    assert rate(likeness=replace(ALIKE, tokens=None)).score == 100.0
    assert "tokens" not in rate(likeness=replace(ALIKE, tokens=None)).features()


@pytest.mark.parametrize(
    ("likeness", "said"),
    [
        (Likeness(0.39, 0.10, 0.43), ("逐词对照，大多有意思相近的说法", "意思很接近", "都提到：光伏、功率")),
        (Likeness(0.27, 0.07, 0.34), ("逐词对照，部分说法意思相近", "意思有相通之处", "都提到：光伏、功率")),
        (Likeness(0.20, 0.03, 0.30), ("逐词对照，意思相近的说法不多", "意思相差较远", "相同的词不多：光伏、功率")),
    ],
)
def test_the_words_of_the_texts_reasons_follow_what_they_add(likeness: Likeness, said: tuple[str, ...]) -> None:
    result = rate(likeness=likeness)
    assert tuple(reason(result, feature)[1] for feature in ("tokens", "meaning", "words")) == said
    verdicts = {r.speaks for r in result.reasons if r.feature in ("tokens", "meaning", "words")}
    assert len(verdicts) == 1


def test_the_nearer_text_gains_at_every_place_of_every_scale() -> None:
    for scale in (MEANING, TOKENS, WORDS):
        steps = [scale.floor + n * (scale.most - scale.floor) / 50 for n in range(51)]
        shares = [scale.share(value) for value in steps]
        assert shares == sorted(set(shares))
        assert (shares[0], shares[-1], scale.share(-1), scale.share(2)) == (0.0, 1.0, 0.0, 1.0)


def test_a_short_question_must_reach_more_of_its_words_than_a_long_one() -> None:
    by_length = [Likeness(None, 0.12, None, length).shares()["words"] for length in (0, 18, 60, USUAL, 4000)]
    assert by_length == sorted(by_length, key=lambda share: share or 0.0)
    assert by_length[3:] == [0.8, 0.8]
    assert Likeness(None, 0.28, None, 18).shares()["words"] == pytest.approx(0.8, abs=0.01)


def test_a_refusal_makes_its_feature_count_more_for_this_need() -> None:
    weights = weights_after(["immature", "immature", "known"])
    assert weights["maturity"] == 2 * WEIGHTS["maturity"]
    assert {f: w for f, w in weights.items() if f != "maturity"} == {
        f: w for f, w in WEIGHTS.items() if f != "maturity"
    }


def test_what_would_raise_a_low_score_is_something_that_somebody_can_do() -> None:
    result = rate(Asked(ASKED.text), Offered(OFFERED.text), replace(ALIKE, words=0.0))
    assert improvements(result) == [
        "补充行业通用的术语或关键词",
        "补充产业，可以排除行业不同的结果",
        "请供给方标注技术成熟度并附证明",
    ]

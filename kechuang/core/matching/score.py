"""匹配打分 score: features of a need and an offer, a score and the reasons in words. Pure."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kechuang.kit.money import show, show_range
from kechuang.kit.text import clip, shared_terms

Label = Callable[[str, str], str]  # (scheme, code) -> words

ENGINE = "score-1"
# Relevance of the texts decides; what can be agreed upon in a talk only tips the scales.
WEIGHTS: Mapping[str, float] = {
    "meaning": 0.38,
    "words": 0.26,
    "industry": 0.10,
    "field": 0.05,
    "maturity": 0.08,
    "budget": 0.05,
    "cooperation": 0.04,
    "district": 0.02,
    "freshness": 0.02,
}
# What each feature is called where weights are shown.
NAMES: Mapping[str, str] = {
    "meaning": "意思",
    "words": "用词",
    "industry": "产业",
    "field": "技术领域",
    "maturity": "成熟度",
    "budget": "预算",
    "cooperation": "合作方式",
    "district": "区市",
    "freshness": "发布时间",
}
NEUTRAL = 0.5  # the value of a feature that nobody can know yet
# From this score both sides are told of a match. Of the demo's 51 labelled answers 40 reach it, and 7 other offers for
# the same needs; at 66 it would be 48 and 24, at 80 only 30 and 1.
STRONG = 72
RESET = 2.0  # how much more a feature counts for a need after a refusal because of it
# Over the demo's labelled answers a need and the offer that answers it have a centred cosine of 0.29 to 0.47 and
# reach 0.07 to 0.14 of the largest BM25 (deciles); the other candidates 0.16 to 0.27 and 0.02 to 0.04.
MEANING_FLOOR, MEANING_SPAN = 0.12, 0.33
WORDS_FLOOR, WORDS_SPAN = 0.02, 0.10
APPLICABLE = 6  # from this level of the 13 on a trial at the user's is realistic
URGENT = {"urgent": 8, "soon": 7, "normal": 5}  # the level at which an urgency is fully served
FRESH_DAYS = 730
SPEAKS = 0.6  # from this value a feature speaks for a pair

# Why somebody says "不合适", and the feature that then counts more for this need.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "off_topic": ("不是同一个问题", "meaning"),
    "wrong_industry": ("行业或工况不同", "industry"),
    "immature": ("技术还不成熟", "maturity"),
    "too_expensive": ("价格超出预算", "budget"),
    "cooperation": ("合作方式不合适", "cooperation"),
    "known": ("已经试过或已了解", ""),
    "other": ("其他", ""),
}


@dataclass(frozen=True)
class Asked:
    """需求方: what matching knows of a need; empty values are unknown."""

    text: str
    industry: Sequence[str] = ()
    field: Sequence[str] = ()
    district: str = ""
    cooperation: Sequence[str] = ()
    urgency: str = ""
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None


@dataclass(frozen=True)
class Offered:
    """供给方: what matching knows of an offer."""

    text: str
    industry: Sequence[str] = ()
    field: Sequence[str] = ()
    district: str = ""
    cooperation: Sequence[str] = ()
    maturity: int | None = None
    price_mode: str = ""
    price: Decimal | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Reason:
    """理由: one feature of a pair: its value from 0 to 1 (None: cannot tell), its weight, and the words for it.

    ``lacks`` says whose data are missing where the value is None: asker 需求方 or owner 供给方.
    """

    feature: str
    value: float | None
    weight: float
    words: str
    terms: tuple[str, ...] = ()
    lacks: str = ""

    @property
    def speaks(self) -> str:
        """for 有利, against 不利 or open 待定."""
        if self.value is None:
            return "open"
        return "for" if self.value >= SPEAKS else ("against" if self.value < 0.4 else "open")


@dataclass(frozen=True)
class Score:
    """匹配度: 0–100, with a reason for each feature, the heaviest first."""

    score: float
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def terms(self) -> tuple[str, ...]:
        """The words that both texts share, for marking."""
        return next((r.terms for r in self.reasons if r.feature == "words"), ())

    def features(self) -> dict[str, float | None]:
        """The value of each feature, for learning."""
        return {r.feature: r.value for r in self.reasons}


def weights_after(refusals: Sequence[str], weights: Mapping[str, float] = WEIGHTS) -> dict[str, float]:
    """The weights for one need, after the reasons for which its people refused offers."""
    weights = dict(weights)
    for reason in set(refusals):
        feature = REFUSALS.get(reason, ("", ""))[1]
        if feature:
            weights[feature] *= RESET
    return weights


def score(
    asked: Asked,
    offered: Offered,
    *,
    meaning: float | None,
    words: float,
    today: date,
    label: Label,
    telling: Container[str] | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> Score:
    """Rate a pair. ``meaning`` is the centred cosine of both texts, ``words`` the normalised BM25.

    Of the words that both texts share only those in ``telling`` are named (None: all).
    """
    reasons = (
        _meaning(meaning, weights),
        _words(asked, offered, words, weights, telling),
        _overlap("industry", "产业", asked.industry, offered.industry, label, weights),
        _overlap("field", "技术领域", asked.field, offered.field, label, weights),
        _maturity(asked, offered, label, weights),
        _budget(asked, offered, weights),
        _overlap("cooperation", "合作方式", asked.cooperation, offered.cooperation, label, weights),
        _district(asked, offered, label, weights),
        _freshness(offered, today, weights),
    )
    total = sum(r.weight * (NEUTRAL if r.value is None else r.value) for r in reasons)
    ordered = sorted(reasons, key=lambda r: -r.weight)
    return Score(round(100 * total / sum(r.weight for r in reasons), 1), tuple(ordered))


def _share(value: float) -> float:
    return round(max(0.0, min(1.0, value)), 3)


def _meaning(value: float | None, weights: Mapping[str, float]) -> Reason:
    if value is None:
        return Reason("meaning", None, weights["meaning"], "语义相近程度正在后台计算")
    share = _share((value - MEANING_FLOOR) / MEANING_SPAN)
    words = "意思很接近" if share >= 0.6 else ("意思有相通之处" if share >= 0.4 else "意思相差较远")
    return Reason("meaning", share, weights["meaning"], words)


def _words(
    asked: Asked, offered: Offered, value: float, weights: Mapping[str, float], telling: Container[str] | None
) -> Reason:
    shared = shared_terms(asked.text, offered.text, limit=40)
    terms = tuple(t for t in shared if telling is None or t in telling)[:6]
    words = f"都提到：{'、'.join(terms)}" if terms else "用词不同（可能说的是同一件事）"
    return Reason("words", _share((value - WORDS_FLOOR) / WORDS_SPAN), weights["words"], words, terms)


def _overlap(
    feature: str, name: str, asked: Sequence[str], offered: Sequence[str], label: Label, weights: Mapping[str, float]
) -> Reason:
    if not asked or not offered:
        side, lacks = ("需求", "asker") if not asked else ("供给方", "owner")
        return Reason(feature, None, weights[feature], f"{side}未写{name}", lacks=lacks)
    shared = [c for c in asked if c in offered]
    if shared:
        return Reason(feature, 1.0, weights[feature], f"{name}一致：{'、'.join(label(feature, c) for c in shared)}")
    mine, theirs = label(feature, asked[0]), label(feature, offered[0])
    return Reason(feature, 0.15, weights[feature], f"{name}不同：需求为{mine}，供给为{theirs}")


def _maturity(asked: Asked, offered: Offered, label: Label, weights: Mapping[str, float]) -> Reason:
    level = offered.maturity
    if level is None:
        return Reason("maturity", None, weights["maturity"], "未标注技术成熟度", lacks="owner")
    name = f"成熟度 {level} 级（{label('maturity', str(level))}）"
    wanted = URGENT.get(asked.urgency, APPLICABLE)
    value = _share(1 - (wanted - level) / 5)
    pace = f"，需求{label('urgency', asked.urgency)}" if asked.urgency else ""
    if level >= wanted:
        return Reason("maturity", value, weights["maturity"], f"{name}{pace}，可以直接试用")
    return Reason("maturity", value, weights["maturity"], f"{name}{pace}，还差 {wanted - level} 级才能直接试用")


def _budget(asked: Asked, offered: Offered, weights: Mapping[str, float]) -> Reason:
    limit = asked.budget_max if asked.budget_max is not None else asked.budget_min
    if limit is None:
        return Reason("budget", None, weights["budget"], "需求未写预算", lacks="asker")
    budget = show_range(asked.budget_min, asked.budget_max)
    if offered.price is None:
        return Reason("budget", None, weights["budget"], f"预算 {budget}，价格面议", lacks="owner")
    if offered.price <= limit:
        return Reason("budget", 1.0, weights["budget"], f"预算 {budget}，可覆盖标价 {show(offered.price)}")
    value = _share(float(limit / offered.price))
    return Reason("budget", min(value, 0.39), weights["budget"], f"标价 {show(offered.price)}，超出预算 {budget}")


def _district(asked: Asked, offered: Offered, label: Label, weights: Mapping[str, float]) -> Reason:
    if not asked.district or not offered.district:
        lacks = "owner" if asked.district else "asker"
        return Reason("district", None, weights["district"], "一方未写所在区市", lacks=lacks)
    if asked.district == offered.district:
        return Reason("district", 1.0, weights["district"], f"同在{label('district', asked.district)}，便于现场对接")
    return Reason("district", 0.45, weights["district"], f"供给方在{label('district', offered.district)}")


def _freshness(offered: Offered, today: date, weights: Mapping[str, float]) -> Reason:
    if offered.published_on is None:
        return Reason("freshness", None, weights["freshness"], "发布时间未知")
    days = max(0, (today - offered.published_on).days)
    words = "今天发布" if days == 0 else f"{days} 天前发布"
    return Reason("freshness", _share(1 - days / FRESH_DAYS), weights["freshness"], words)


def improvements(result: Score) -> list[str]:
    """What would raise a score, in words, the most effective first; only what somebody can do something about."""
    gains = {
        "industry": "补充产业，可以排除行业不同的结果",
        "field": "补充技术领域",
        "maturity": "请供给方标注技术成熟度并附证明",
        "budget": "写明预算范围，供给方才能报价",
        "cooperation": "双方写明可接受的合作方式",
        "district": "写明所在区市",
        "words": "补充行业通用的术语或关键词",
    }
    low = [r for r in result.reasons if r.feature in gains and (r.value is None or r.value < 0.4)]
    return [gains[r.feature] for r in low][:3]


def left_open(asked: Asked) -> list[str]:
    """What the need leaves open, so that offers cannot be told apart by it."""
    gaps = {
        "产业": asked.industry,
        "技术领域": asked.field,
        "预算": asked.budget_max if asked.budget_max is not None else asked.budget_min,
        "紧急程度": asked.urgency,
        "合作方式": asked.cooperation,
        "所在区市": asked.district,
    }
    return [name for name, value in gaps.items() if value is None or not value]


def in_short(result: Score) -> str:
    """The score's strongest reasons in one line, for lists and notices."""
    return clip("；".join(r.words for r in result.reasons if r.speaks == "for"), 90)


def kept_in_short(reasons: Sequence[Mapping[str, Any]], most: int = 2) -> str:
    """The strongest reasons of a stored match in one line; they are kept with the heaviest first."""
    return "；".join([str(r["words"]) for r in reasons if (r["value"] or 0) >= SPEAKS][:most])

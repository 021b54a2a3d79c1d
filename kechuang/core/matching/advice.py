"""匹配提示 advice: a score in short, what would raise it, and what a need leaves open. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from kechuang.core.matching.score import AGAINST, SPEAKS, Asked, Score
from kechuang.kit.text import Say, clip, noop

# What somebody can do about a feature that lowers a score.
GAINS: Mapping[str, str] = {
    "industry": noop("补充产业，可以排除行业不同的结果"),
    "field": noop("补充技术领域"),
    "maturity": noop("请供给方标注技术成熟度并附证明"),
    "budget": noop("写明预算范围，供给方才能报价"),
    "cooperation": noop("双方写明可接受的合作方式"),
    "district": noop("写明所在区市"),
    "words": noop("补充行业通用的术语或关键词"),
}

# What two texts have in common is said shorter by the other reasons.
LONG = ("tokens",)


def improvements(result: Score, say: Say = str) -> list[str]:
    """What would raise a score, in words, the most effective first; only what somebody can do something about."""
    low = [r for r in result.reasons if r.feature in GAINS and (r.value is None or r.value < AGAINST)]
    return [say(GAINS[r.feature]) for r in low][:3]


def left_open(asked: Asked, say: Say = str) -> list[str]:
    """What the need leaves open, so that offers cannot be told apart by it."""
    gaps = {
        noop("产业"): asked.industry,
        noop("技术领域"): asked.field,
        noop("预算"): asked.budget_max if asked.budget_max is not None else asked.budget_min,
        noop("紧急程度"): asked.urgency,
        noop("合作方式"): asked.cooperation,
        noop("所在区市"): asked.district,
    }
    return [say(name) for name, value in gaps.items() if value is None or not value]


def in_short(result: Score, joint: str = "；") -> str:
    """The score's strongest reasons in one line, for lists and notices."""
    said = [r.words for r in result.reasons if r.speaks == "for" and r.feature not in LONG]
    return clip(joint.join(said), 90)


def kept_in_short(reasons: Sequence[Mapping[str, Any]], most: int = 2, joint: str = "；") -> str:
    """The strongest reasons of a stored match in one line; they are kept with the heaviest first."""
    said = [str(r["words"]) for r in reasons if (r["value"] or 0) >= SPEAKS and r["feature"] not in LONG]
    return joint.join(said[:most])

"""得分 scoring: the points of a card: those that the rules give, and where they leave a range those of an officer."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.verdicts import Points, Score, Verdict

FEWEST = 5  # a median of fewer results would tell one firm about another


def open_items(verdict: Verdict) -> list[Points]:
    """The items for which the rules leave a range."""
    return [one for one in verdict.score.items if one.low < one.high] if verdict.score is not None else []


def checked(verdict: Verdict, settled: Mapping[str, int], remarks: Mapping[str, str]) -> None:
    """Raise Refusal unless every item has its points: within the range, with a remark that says why."""
    unmet = [f.formula.label for f in (*verdict.conditions, *verdict.routes) if f.truth is not True]
    if verdict.score is None or unmet:
        raise Refusal(
            _("不符合或无法判断适用条件：%(what)s。请先更正企业档案，或把这家企业移出本轮。")
            % {"what": _("；").join(unmet) or verdict.pack.title}
        )
    wrong: dict[str, str] = {}
    for one in open_items(verdict):
        points = settled.get(one.item.code)
        if points is None or not one.low <= points <= one.high:
            wrong[f"points_{one.item.code}"] = _("请在 %(low)s 至 %(high)s 分之间评定。") % {
                "low": one.low,
                "high": one.high,
            }
        elif not str(remarks.get(one.item.code, "")).strip():
            wrong[f"remark_{one.item.code}"] = _("由人评定的得分要写明理由，企业会看到。")
    if wrong:
        raise Refusal(_("还有指标没有确定得分。"), fields=wrong)


def items_of(score: Score, settled: Mapping[str, int]) -> list[dict[str, Any]]:
    """Every item with its points, as a result keeps it."""
    return [
        {
            "code": one.item.code,
            "label": one.item.label,
            "label_en": one.item.label_en,
            "most": one.item.most,
            "low": one.low,
            "high": one.high,
            "points": one.low if one.low == one.high else int(settled[one.item.code]),
        }
        for one in score.items
    ]


def total(score: Score, items: Sequence[Mapping[str, Any]], blocks: Mapping[str, Any]) -> int:
    """The sum; within a block at most what the block gives."""
    block = {one.item.code: one.item.block for one in score.items}
    inside = {name: sum(i["points"] for i in items if block[i["code"]] == name) for name in blocks}
    free = sum(i["points"] for i in items if not block[i["code"]])
    return int(free + sum(min(blocks[name].most, points) for name, points in inside.items()))


def middle(scores: Sequence[int]) -> float | None:
    """The median; None where there are too few to show it."""
    return median(scores) if len(scores) >= FEWEST else None


def ranks(scores: Mapping[int, int]) -> dict[int, int]:
    """The place of each, equal scores sharing one."""
    ordered = sorted(scores.values(), reverse=True)
    return {key: ordered.index(score) + 1 for key, score in scores.items()}

"""需求诊断 diagnosis: is the need clear enough to be answered? Returns named questions. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_NUMBER = re.compile(r"\d")
# Words of a wish without a problem behind it: an aim alone tells a researcher nothing.
_VAGUE = (
    "提升水平",
    "全面提升",
    "做大做强",
    "产业升级",
    "转型升级",
    "国际领先",
    "填补空白",
    "智能化改造升级",
)
_CAUSE = (
    "因为",
    "由于",
    "导致",
    "原因",
    "容易",
    "不能",
    "无法",
    "太",
    "不够",
    "不稳",
    "偏",
    "低",
    "高",
    "慢",
    "坏",
    "裂",
    "漏",
    "断",
    "磨",
    "堵",
    "脱",
    "差",
    "超标",
    "fail",
    "too",
)
SHORT = 60


@dataclass(frozen=True)
class Question:
    """诊断问题: what the asker should answer, at which field, and whether it blocks publishing."""

    check: str
    field: str
    text: str
    blocking: bool = False


def diagnose(content: Mapping[str, Any], today: date) -> list[Question]:
    """The questions that a need leaves open, the most important first; an empty list is a clear need."""
    text = f"{content.get('title') or ''} {content.get('text') or ''}"
    found = [
        *_problem(text),
        *_targets(content),
        *_tried(content),
        *_budget(content),
        *_deadline(content, today),
    ]
    return sorted(found, key=lambda q: not q.blocking)


def _problem(text: str) -> list[Question]:
    if len(text.strip()) < SHORT:
        return [
            Question(
                "problem",
                "text",
                "请写清楚现象：在哪道工序、什么条件下、出现什么问题、多久一次、造成什么损失？",
                blocking=True,
            )
        ]
    if any(w in text for w in _VAGUE) and not _NUMBER.search(text):
        return [
            Question("problem", "text", "这更像目标而不是问题。现在卡在哪一步？请举一个最近发生的例子。", blocking=True)
        ]
    if not any(w in text for w in _CAUSE):
        return [Question("symptom", "text", "这是表面现象还是根本原因？您判断的原因是什么，依据是什么？")]
    return []


def _targets(content: Mapping[str, Any]) -> list[Question]:
    targets = content.get("targets") or []
    if not targets:
        return [
            Question(
                "measurable", "targets", "达到什么数值算解决？请至少填一项指标的现值、目标值和单位。", blocking=True
            )
        ]
    found = []
    for row in targets:
        if not _NUMBER.search(str(row.get("wanted", ""))):
            found.append(Question("measurable", "targets", f"“{row.get('name')}”的目标没有数字，怎样判断达到了？"))
        elif not row.get("now"):
            found.append(Question("baseline", "targets", f"“{row.get('name')}”现在是多少？"))
        if not row.get("method"):
            found.append(Question("method", "targets", f"“{row.get('name')}”用什么方法、按什么标准测？"))
    return found


def _tried(content: Mapping[str, Any]) -> list[Question]:
    if content.get("tried"):
        return []
    return [Question("tried", "tried", "已经试过哪些办法？效果怎样，为什么没有继续？")]


def _budget(content: Mapping[str, Any]) -> list[Question]:
    if content.get("budget_max") is None and content.get("budget_min") is None:
        return [Question("budget", "budget_max", "愿意投入多少？给一个范围即可，供应方据此判断方案。")]
    return []


def _deadline(content: Mapping[str, Any], today: date) -> list[Question]:
    value = content.get("deadline_on")
    if not value:
        return [Question("deadline", "deadline_on", "什么时候必须用上？")]
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    if day <= today:
        return [Question("deadline", "deadline_on", "期望完成日期已经过去，请改为今后的日期。", blocking=True)]
    return []

"""需求诊断 diagnosis: is the need clear enough to be answered? Returns named questions. Pure.

The checklist: problem or mere aim, problem or symptom, a thing to buy or a problem to solve, under which conditions and
how often; a target that can be measured; what was tried; budget; deadline; and nothing that must not be said here.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.market.models import PROTECTED
from kechuang.core.market.questions import Question

LONG = 150  # letters from which on a story tells its conditions in words of its own
SHORT = 45  # letters of title and text together; below, nobody can tell what is wrong
SOON = timedelta(days=30)
WIDE = 20  # a budget whose upper end is this many times the lower one says nothing
# Kinds of need (code list ``need_kind``) in which nothing is broken, and those in which something is to be found out.
NO_FAULT = ("talent", "equipment", "finance", "pilot", "testing", "acquire")
RESEARCH = ("research", "product")

_CHINESE_NUMBER = "[零一二两三四五六七八九十百千万半几]+"
_MEASURE = "[成倍个次度年月周天日时分秒班批台套件片米吨克元万瓦伏安帕]|小时|毫米|微米|公斤|一半"
_NUMBER = re.compile(rf"\d|{_CHINESE_NUMBER}(?:{_MEASURE})|百分之")
# Words of a wish without a problem behind it: an aim alone tells a researcher nothing.
_AIMS = re.compile(
    "提升水平|提升能力|全面提升|做大做强|产业升级|转型升级|国际领先|国内领先|填补空白|改造升级|提质增效|降本增效"
    "|高质量发展|数字化转型|智能化水平|核心竞争力"
)
_TROUBLE = re.compile(
    "不能|无法|没法|不了|不住|不够|不稳|不准|不均|不良|太|过高|过低|偏|超标|失效|失灵|故障|报废|返工|返修|投诉|退货"
    "|停机|停产|损失|浪费|下降|衰减|变形|[裂漏断磨堵脱锈烂坏卡掉渗糊烧粘结垢]|掉|慢|差|误|泄|堵|污染|噪|振动|发热|耗"
    "|难以|困难|瓶颈|缺陷|fail|break|crack|leak|wear|too |cannot|can't|unable|problem|defect|loss"
)
# A cause, or at least what the asker takes for one.
_CAUSE = re.compile(
    "由于|原因|导致|引起|造成|所致|源于|根源|怀疑|估计|判断|可能是|应该是|看来|我们认为|分析|发现|查出|测出|拆开"
    "|拆出来|检查|怎么|说明|容易|只要|一旦|越.{1,12}越"
    "|一[^，。]{1,8}就|怕|跟.{1,12}有关|与.{1,12}有关|因为|because|due to|caused|root cause|suspect|found that|when "
)
_BUYING = re.compile("求购|拟采购|计划采购|需要采购|购置|想买|要买|寻求供应商|to buy|want to purchase|quotation for")
_PLACE = re.compile(
    "时候|时，|期间|以后|之后|以上|以下|工序|工段|车间|产线|生产线|现场|环境|条件|温度|湿度|压力|转速|批|班|季节|夏|冬"
    "|高温|低温|海边|野外|户外|室内|库|炉|线上|机上|设备|每[天日班周月年次]|一旦|早上|晚上|夜里|雨|during|after|under"
    "|at \\d|line|process"
)
_SECRET = re.compile("(?<![不非无未])(?:涉密|绝密|机密级|秘密级|涉及国家秘密)|密级[：:为是]")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
_NOTHING_TRIED = re.compile("没有|没试|未试|尚未|还没|暂无|无$|none|nothing|not yet", re.IGNORECASE)
# Targets that are met or not, without a figure.
_YES_OR_NO = re.compile("无|零|不出现|不再|合格|通过|达标|符合|满足|国标|标准|no |none|pass", re.IGNORECASE)


def diagnose(content: Mapping[str, Any], today: date) -> list[Question]:
    """The questions that a need leaves open: blocking ones first, then in the order of the form; empty is clear."""
    found = [
        *_secrets(content),
        *_problem(content),
        *_tried(content),
        *_targets(content),
        *_deadline(content, today),
        *_budget(content),
    ]
    return sorted(found, key=lambda q: not q.blocking)


def _said(content: Mapping[str, Any]) -> str:
    return f"{content.get('title') or ''}。{content.get('text') or ''}".strip().lower()


def _secrets(content: Mapping[str, Any]) -> Iterable[Question]:
    for name in ("title", "text", "tried", *PROTECTED):
        said = str(content.get(name) or "")
        if _SECRET.search(said):
            yield Question(
                "classified",
                name,
                _("这里提到密级或涉密内容。本系统不得处理涉密信息：请删去，或改走保密渠道。"),
                blocking=True,
            )
        if name not in PROTECTED and _PHONE.search(said):
            text = _("这里像是写了手机号或证件号，发布后人人可见。请删去，联系渠道由对接人员转达。")
            yield Question("privacy", name, text)


def _problem(content: Mapping[str, Any]) -> Iterable[Question]:
    said = _said(content)
    if len("".join(said.split())) < SHORT:
        text = _("请写清楚现象：在哪道工序、什么条件下、出现什么问题、多久一次、造成什么损失？")
        return [Question("problem", "text", text, blocking=True)]
    if not _TROUBLE.search(said) and _AIMS.search(said):
        text = _("这更像目标，还不是问题。现在卡在哪一步？请举一个最近发生的例子。")
        return [Question("aim", "text", text, blocking=True)]
    if _BUYING.search(said) and not _CAUSE.search(said):
        text = _("您想要的是一件东西。买来要解决什么问题？说出问题，可能有更合适的办法。")
        return [Question("solution", "text", text)]
    if content.get("kind") in NO_FAULT:
        return []
    found = []
    if not _CAUSE.search(said + str(content.get("tried") or "")):
        text = _("这是表面现象还是根本原因？您判断原因是什么，依据是什么？说不准的，请写出已有的线索。")
        found.append(Question("symptom", "text", text))
    if len(said) < LONG and not _PLACE.search(said):
        found.append(Question("condition", "text", _("在哪道工序、什么条件（温度、材料、转速、时间……）下出现？")))
    if not _NUMBER.search(said):
        found.append(Question("impact", "text", _("多久出现一次，每次损失多少？有一个大概的数就能判断值不值得做。")))
    return found


def _tried(content: Mapping[str, Any]) -> Iterable[Question]:
    tried = str(content.get("tried") or "").strip()
    if not tried:
        yield Question("tried", "tried", _("已经试过哪些办法？效果怎样，为什么没有继续？没有试过也请写明。"))
    elif len(tried) < 8 and not _NOTHING_TRIED.search(tried):
        yield Question("tried", "tried", _("试过之后效果怎样，为什么没有解决？"))


def _targets(content: Mapping[str, Any]) -> Iterable[Question]:
    rows = [row for row in content.get("targets") or [] if isinstance(row, Mapping) and any(row.values())]
    if not rows:
        text = _("达到什么数值算解决？请至少填一项指标的现值、目标值和单位。")
        yield Question("measurable", "targets", text, blocking=True)
        return
    vague = [r for r in rows if not _NUMBER.search(_cell(r, "wanted")) and not _YES_OR_NO.search(_cell(r, "wanted"))]
    if vague:
        words = _("%(names)s的目标没有数字，怎样判断达到了？请给出数值，或写明按哪个标准合格。")
        text = words % {"names": _named(vague)}
        yield Question("measurable", "targets", text, blocking=len(vague) == len(rows))
    figures = [r for r in rows if r not in vague and _NUMBER.search(_cell(r, "wanted"))]
    if unknown := [r for r in figures if not _cell(r, "now")]:
        yield Question(
            "baseline", "targets", _("%(names)s现在是多少？没有测过也请写“未测”。") % {"names": _named(unknown)}
        )
    if same := [r for r in figures if _cell(r, "now") and _cell(r, "now") == _cell(r, "wanted")]:
        yield Question("baseline", "targets", _("%(names)s的现值与目标相同，是否填错？") % {"names": _named(same)})
    if bare := [r for r in figures if not _cell(r, "unit") and _only_number(_cell(r, "wanted"))]:
        yield Question("unit", "targets", _("%(names)s的单位是什么？") % {"names": _named(bare)})
    if untested := [r for r in rows if not _cell(r, "method")]:
        yield Question("method", "targets", _("%(names)s用什么方法、按什么标准测？") % {"names": _named(untested)})


def _cell(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


def _named(rows: Iterable[Mapping[str, Any]]) -> str:
    return _("、").join(f"“{_cell(row, 'name')}”" for row in rows)


def _only_number(text: str) -> bool:
    return re.fullmatch(r"[<>≤≥＜＞~～±+\-\d.,\s]+", text) is not None


def _deadline(content: Mapping[str, Any], today: date) -> Iterable[Question]:
    day = _day(content.get("deadline_on"))
    if day is None:
        yield Question("deadline", "deadline_on", _("什么时候必须用上？没有硬期限，也请给一个期望的日期。"))
    elif day <= today:
        yield Question("deadline", "deadline_on", _("期望完成日期已经过去，请改为今后的日期。"), blocking=True)
    elif day - today < SOON and content.get("kind") in RESEARCH:
        text = _("离期望完成日期不足一个月，研发类需求通常来不及。是否先解决一部分，或先找现成的办法？")
        yield Question("deadline", "deadline_on", text)


def _day(value: Any) -> date | None:
    if isinstance(value, date) or not value:
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _budget(content: Mapping[str, Any]) -> Iterable[Question]:
    low, high = _yuan(content.get("budget_min")), _yuan(content.get("budget_max"))
    if not low and not high:
        yield Question("budget", "budget_max", _("愿意投入多少？给一个范围即可，供应方据此判断方案。"))
    elif low and high and high > low * WIDE:
        yield Question("budget", "budget_max", _("预算范围太宽，供应方难以判断。能否缩小到几倍以内？"))


def _yuan(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None

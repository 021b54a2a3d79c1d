"""演示走访: fictional visits by the bureau and by brokers, plans that could be one, problems in all states."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.services.visits import access, actions, problems
from kechuang.services.visits.correcting import correct
from kechuang.services.visits.models import Visit
from kechuang.services.visits.units import units_of


@dataclass(frozen=True)
class _Story:
    """Who visited whom so many days ago (negative: plans to), what was raised, and how far that has come."""

    company: str
    who: str
    days: int
    purpose: str
    seen: str = ""
    kind: str = ""
    problem: str = ""
    end: str = ""


STORIES = (
    _Story(
        "示例重锻机械",
        "officer",
        160,
        "了解研发投入和技术改造",
        "新上一条热模锻线，正在调试。",
        "technology",
        "锻造余热白白排掉，想用来发电，不知道找谁。",
        "confirmed",
    ),
    _Story(
        "示例海风新能源",
        "broker",
        120,
        "对接储能柜防腐",
        "看了盐雾试验台，数据记录完整。",
        "finance",
        "扩产需要贷款，抵押物不够。",
        "answered",
    ),
    _Story(
        "示例重锻机械",
        "broker",
        60,
        "回访技术难题",
        "模具润滑剂更换后，寿命没有变化。",
        "technology",
        "模具寿命只有八千次，想提高一倍。",
        "raised",
    ),
    _Story(
        "示例数控机床",
        "officer",
        45,
        "摸排高企申报准备情况",
        "财务核算较规范，研发台账缺人月。",
        "policy",
        "今年认定的研发费用按哪个口径归集？",
        "assigned",
    ),
    _Story(
        "示例橡塑机械",
        "officer",
        30,
        "了解用工和技改",
        "两条产线满负荷。",
        "talent",
        "招不到懂液压的工程师。",
        "reopened",
    ),
    _Story("示例智语科技", "broker", 20, "了解语音质检的应用", "正在试点，两家客户在用。"),
    _Story(
        "示例锂能电池", "officer", 12, "安全生产与科研条件", "小试线通风良好。", "site", "缺一间干燥间。", "assigned"
    ),
    _Story("示例海风新能源", "officer", -6, "了解海上试验的进展"),
    _Story("示例重锻机械", "officer", -9, "研究开发费用辅导"),
    _Story("示例灵动机器人", "broker", -15, "看样机，商量中试"),
)
PRIVATE = "示例内部备注：企业负责人希望下次提前一周联系。"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter them where there are none; returns how many."""
    if Visit.objects.exists():
        return 0
    made = sum(_tell(story, now) for story in STORIES)
    progress("visits", made, made)
    return made


def _visitor(party: Party, who: str) -> User | None:
    """Somebody of the demo who may visit the enterprise, of the district first."""
    role = {"officer": "officer", "broker": "broker"}[who]
    rows = User.objects.filter(email__endswith="@demo.example", posts__role=role, posts__until=None)
    rows = rows.order_by("-posts__district", "pk").distinct()
    people = {user.pk: user for user in User.objects.filter(pk__in=rows.values("pk"))}
    found = [user for user in people.values() if units_of(user) and access.may_visit(user, party)]
    local = [user for user in found if units_of(user)[0].office == party.district]
    return next(iter(local or found), None)


def _tell(story: _Story, now: datetime) -> bool:
    party = Party.objects.filter(name=story.company, fictional=True).first()
    visitor = _visitor(party, story.who) if party is not None else None
    if party is None or visitor is None:
        return False
    at = timezone.localtime(now - timedelta(days=max(story.days, 0))).replace(hour=9, minute=30, second=0)
    given: dict[str, Any] = {"party": party, "unit": units_of(visitor)[0], "by": visitor, "quiet": True}
    if story.days < 0:
        day = timezone.localdate(now) - timedelta(days=story.days)
        actions.plan(planned_on=day, purpose=story.purpose, now=now, **given)
        return True
    content = {
        "visited_on": at.date(),
        "purpose": story.purpose,
        "people": f"{visitor}、示例企业负责人",
        "seen": story.seen,
        "private": PRIVATE,
    }
    raised = [{"kind": story.kind, "text": story.problem, "days": "10"}] if story.problem else []
    visit = actions.log_now(content=content, raised=raised, now=at, **given)
    if not story.problem:
        right = content | {"people": f"{visitor}、示例企业负责人、示例企业技术员"}
        correct(visit=visit, content=right, reason="漏写一位参加人员", by=visitor, now=at + timedelta(hours=2))
    if story.end not in ("", "raised"):
        _go_on(visit, story.end, visitor, at)
    return True


def _go_on(visit: Visit, end: str, visitor: User, at: datetime) -> None:
    problem = visit.problems.select_related("case").get()
    given: dict[str, Any] = {"days": 10, "policy": "cn-hnte" if problem.kind == "policy" else "", "note": ""}
    problems.assign_problem(problem=problem, owner=visitor, **given, by=visitor, now=at + timedelta(days=1))
    if end == "assigned":
        return
    note = "已联系两家单位，下周上门。"
    advance(case=problem.case, step="answer", by=visitor, now=at + timedelta(days=6), note=note, quiet=True)
    held = Mandate.objects.filter(party=visit.party, state=Mandate.State.ACTIVE).select_related("user").first()
    if held is None or end == "answered":
        return
    later: dict[str, Any] = {"by": held.user, "now": at + timedelta(days=9), "quiet": True}
    if end == "confirmed":
        advance(case=problem.case, step="confirm", **later)
    else:
        advance(case=problem.case, step="reopen", note="还没有人联系我们。", **later)

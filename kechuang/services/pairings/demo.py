"""演示结对: fictional questions and pairings in all states; enterprises without a login ask without one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.market.models import Offer, Status
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.services.pairings import actions
from kechuang.services.pairings.models import Pairing

PAIRING, QUESTION = Pairing.Kind.PAIRING, Pairing.Kind.QUESTION


@dataclass(frozen=True)
class _Story:
    """Platform, enterprise, kind, days since it was asked, days until it was answered, where it ended."""

    platform: str
    company: str
    kind: str
    days: int
    answered: int
    end: str
    purpose: str


STORIES = (
    _Story(
        "KC-P-07", "示例重锻机械", PAIRING, 260, 3, "running", "想改造一条热模锻产线的上下料，希望平台派人驻厂诊断。"
    ),
    _Story("KC-P-03", "示例海风新能源", PAIRING, 200, 2, "running", "想做储能柜在盐雾环境下的热安全对比试验。"),
    _Story("KC-P-17", "示例重锻机械", PAIRING, 230, 4, "reporting", "想在校内设一间小试间，验证新的模具润滑剂。"),
    _Story("KC-P-17", "示例海风新能源", PAIRING, 240, 5, "ended", "想一起评估叶片除冰涂层，做一个冬天的挂片。"),
    _Story("KC-P-07", "示例海风新能源", PAIRING, 20, 3, "terms", "塔筒焊缝检测想换成机器人，请平台帮忙定方案。"),
    _Story("KC-P-03", "示例重锻机械", PAIRING, 9, 2, "talking", "锻造余热想用来发电，请平台看看可不可行。"),
    _Story("KC-P-24", "示例重锻机械", PAIRING, 2, 0, "asked", "想孵化一个做设备状态监测的小团队。"),
    _Story("KC-P-24", "示例海风新能源", PAIRING, 15, 0, "asked", "想找做海上运维无人船的初创团队一起试。"),
    _Story("KC-P-07", "示例智语科技", PAIRING, 40, 4, "declined", "想在平台上试一套语音质检。"),
    _Story("KC-P-07", "示例数控机床", QUESTION, 90, 1, "answered", "五轴机床的热误差补偿，平台能不能做标定？"),
    _Story(
        "KC-P-07", "示例轨道车辆配件", QUESTION, 70, 2, "answered", "转向架构架焊后变形，平台能不能测？多久出报告？"
    ),
    _Story("KC-P-07", "示例橡塑机械", QUESTION, 30, 6, "answered", "硫化机开合模动作慢，能不能请人来看一次？"),
    _Story("KC-P-03", "示例锂能电池", QUESTION, 3, 0, "asked", "小电芯的针刺试验能不能排进下个月？"),
)
TERMS = {
    "goals": "半年内完成现场诊断和一轮对比试验，一年内在一条产线上用起来。",
    "every": Pairing.Rhythm.HALF_YEARLY,
    "platform_contact": "示例平台联系人（产业服务部）",
    "party_contact": "示例企业联系人（技术部）",
}
REPORT = {"done": "完成现场诊断和第一轮对比试验，数据已交企业。", "projects": 1, "people": 3, "plan": "准备第二轮试验"}


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the stories where there are none yet; returns how many."""
    if Pairing.objects.exists():
        return 0
    made = sum(_tell(story, now) for story in STORIES)
    progress("pairings", made, made)
    return made


def _tell(story: _Story, now: datetime) -> bool:
    platform = Offer.objects.filter(code=story.platform, fictional=True, status=Status.PUBLIC).first()
    party = Party.objects.filter(name=story.company, fictional=True).first()
    host = _person(platform.party) if platform is not None else None
    if platform is None or party is None or host is None:
        return False
    at, asker = _hour(now - timedelta(days=story.days)), _person(party)
    pairing = actions.ask(platform=platform, party=party, kind=story.kind, purpose=story.purpose, by=None, now=at)
    if story.end != "asked":
        _answer(pairing, story, host, at + timedelta(days=story.answered))
    if story.end in ("terms", "running", "reporting", "ended") and asker is not None:
        _agree(pairing, story, host, asker, at + timedelta(days=story.answered + 7), now)
    return True


def _person(party: Party) -> User | None:
    rows = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).select_related("user")
    found = rows.order_by("pk").first()
    return found.user if found else None


def _hour(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=9, minute=40, second=0, microsecond=0)


def _answer(pairing: Pairing, story: _Story, host: User, at: datetime) -> None:
    steps = {
        "answered": ("answer", "", "可以做。请先寄两件样品，收到后三个工作日内答复排期。"),
        "declined": ("decline", "field", "平台主要做机械装备，建议联系人工智能类平台。"),
    }
    step, reason, note = steps.get(story.end, ("talk", "", "愿意谈，先约一次现场看看。"))
    advance(case=pairing.case, step=step, by=host, now=at, reason=reason, note=note, quiet=True)


def _agree(pairing: Pairing, story: _Story, host: User, asker: User, at: datetime, now: datetime) -> None:
    start = timezone.localtime(at).date()
    content = TERMS | {"starts_on": start, "ends_on": start + timedelta(days=400)}
    actions.propose_terms(pairing=pairing, content=content, version=1, by=host, now=at, quiet=True)
    if story.end == "terms":
        return
    advance(case=pairing.case, step="agree", by=asker, now=at + timedelta(days=3), quiet=True)
    pairing.refresh_from_db()
    if story.end == "reporting":
        advance(case=pairing.case, step="report_due", by=None, now=now - timedelta(days=2), quiet=True)
        return
    actions.report(pairing=pairing, content=REPORT, by=host, now=at + timedelta(days=150), quiet=True)
    if story.end == "ended":
        note = "挂片显示涂层一个冬天后附着力下降，双方同意不再继续。"
        later = at + timedelta(days=180)
        advance(case=pairing.case, step="end", by=asker, now=later, reason="done", note=note, quiet=True)

"""演示联盟: fictional members and activities of the alliance of Laoshan, which the sources name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.services.alliances import actions, queries
from kechuang.services.alliances.models import Activity, Alliance, Membership
from kechuang.services.alliances.pack import load as load_pack

CODE, HOST, DISTRICT = "laoshan-transfer", "示例海岸技术转移公司", "370212"
WANTED = 43
CHARTER = """示例章程（演示文本，非该联盟真实章程）
第一条 联盟由自愿加入的单位组成。
第二条 成员共享成果、需求和中试条件的信息。
第三条 成员可以提议联合活动，由秘书处审核后发布。
第四条 成员可以随时退出，退出时说明原因。"""
PLEAS = {
    "enterprise": ("想就近找到能做样品试验的院所，也愿意开放一条产线。", "样品试用、产线验证"),
    "university": ("希望把可转让的成果介绍给区内企业，并听企业出题。", "成果、专家、学生实习"),
    "institute": ("愿意承接中试和检测，希望固定几家长期合作的企业。", "中试场地、检测设备"),
    "hospital": ("可以提供临床评价的条件，希望与器械企业合作。", "临床评价"),
    "agency": ("可以为成员做对接和合同服务。", "技术经纪、合同服务"),
    "finance": ("希望早一点接触科技型企业的融资需求。", "贷款、股权投资"),
}
# The last few of those who asked have not become members: how their cases went on.
OTHERS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (),
    (),
    (("return", "incomplete", "请写明希望参加哪类活动。"),),
    (("refuse", "district", "主要业务不在本联盟服务范围内。"),),
    (("accept", "", ""), ("end", "closed", "单位已合并。")),
)
# Kind, title, place, days from now at which it begins, how far it has come, outcome.
ACTIVITIES: tuple[tuple[str, str, str, int, str, tuple[str, int, int]], ...] = (
    (
        "matchmaking",
        "示例储能材料供需对接会",
        "示例海岸理工大学学术交流中心",
        -120,
        "done",
        ("三家企业带样品来谈，两家约定试用。", 2, 3),
    ),
    (
        "visit",
        "走进示例新能源研究所",
        "示例新能源研究所一楼大厅",
        -75,
        "done",
        ("参观电芯试制线，五家企业登记了试制需求。", 1, 5),
    ),
    (
        "salon",
        "示例海洋装备防腐技术沙龙",
        "示例海岸技术转移公司会议室",
        -30,
        "done",
        ("讨论挂片数据怎样共享，形成一份需求清单。", 0, 2),
    ),
    ("roadshow", "示例高校成果路演（第一场）", "示例海岸理工大学报告厅", -3, "reporting", ("", 0, 0)),
    ("matchmaking", "示例风电与装备企业出题会", "线上，报名后发送进入方式", 12, "open", ("", 0, 0)),
    ("training", "示例技术合同登记培训", "示例大厦三楼培训室", 26, "submitted", ("", 0, 0)),
)
ORGANISERS = ("u01.admin", "i02.admin", "broker01", "u01.admin", "e20.admin", "broker02")


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter members and activities where there are none; returns how many members."""
    load_pack(settings.PACKS_DIR / settings.REGION, now=now)
    alliance = Alliance.objects.filter(code=CODE).first()
    host = Party.objects.filter(name=HOST, fictional=True).first()
    officer = _officer()
    if alliance is None or host is None or officer is None or Membership.objects.filter(alliance=alliance).exists():
        return 0
    alliance.secretariat, alliance.contact = host, "秘书处联络员（演示）"
    alliance.charter, alliance.fictional = CHARTER, True
    alliance.save()
    parties = _parties()
    for number, party in enumerate(parties, 1):
        rest = number - len(parties) + len(OTHERS) - 1
        _join(alliance, party, officer, now - timedelta(days=200 - 4 * number), rest, now)
        progress("alliances", number, len(parties))
    _activities(_Stage(alliance, officer, now))
    return len(parties)


def _officer() -> User | None:
    post = Post.objects.filter(role=Post.Role.OFFICER, district=DISTRICT, until=None, user__email__contains="@demo.")
    found = post.select_related("user").first()
    return found.user if found else None


def _parties() -> list[Party]:
    """Organisations with people first, then those of the district, then others, of every kind but the bureau."""
    rows = Party.objects.filter(fictional=True, kind__in=PLEAS).order_by("pk")
    led = set(Mandate.objects.filter(state=Mandate.State.ACTIVE).values_list("party_id", flat=True))
    return sorted(rows, key=lambda p: (p.pk not in led, p.district != DISTRICT, p.pk))[:WANTED]


def _join(alliance: Alliance, party: Party, officer: User, at: datetime, rest: int, now: datetime) -> None:
    plea, offers = PLEAS[party.kind]
    content = {"plea": plea, "offers": offers, "contact": "科技合作负责人"}
    late = rest in (0, 1)  # these two wait for an answer
    at = _hour(now - timedelta(days=1 + 8 * rest)) if late else _hour(at)
    membership = actions.apply(alliance=alliance, party=party, content=content, by=None, now=at)
    steps = OTHERS[rest] if rest >= 0 else (("accept", "", ""),)
    for number, (step, reason, note) in enumerate(steps, 1):
        later = at + timedelta(days=2 * number)
        advance(case=membership.case, step=step, by=officer, now=later, reason=reason, note=note, quiet=True)


def _hour(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=10, minute=15, second=0, microsecond=0)


@dataclass
class _Stage:
    alliance: Alliance
    officer: User
    now: datetime


def _activities(stage: _Stage) -> None:
    for (kind, title, place, days, end, outcome), name in zip(ACTIVITIES, ORGANISERS, strict=True):
        user = User.objects.filter(email=f"{name}@demo.example").first()
        organiser = queries.organisers(user, stage.alliance).first() if user is not None else None
        if user is None or organiser is None:
            continue
        start = timezone.localtime(stage.now + timedelta(days=days)).replace(hour=14, minute=0, second=0, microsecond=0)
        content: dict[str, Any] = {
            "title": title,
            "kind": kind,
            "place": place,
            "starts_at": start,
            "ends_at": start + timedelta(hours=3),
            "seats": 40,
            "text": "先介绍供需，再分桌谈。请带样品或数据，每家发言不超过十分钟。",
        }
        before = min(start - timedelta(days=14), stage.now - timedelta(days=1))
        activity = actions.propose_activity(
            alliance=stage.alliance, organiser=organiser, content=content, by=user, now=before
        )
        _go_on(stage, activity, end, outcome, user, before)


def _go_on(
    stage: _Stage, activity: Activity, end: str, outcome: tuple[str, int, int], user: User, before: datetime
) -> None:
    if end == "submitted":
        return
    if activity.case.state == "submitted":
        advance(case=activity.case, step="publish", by=stage.officer, now=before, quiet=True)
    guests = User.objects.filter(email__endswith="@demo.example").order_by("pk")
    for guest in guests:
        party = queries.member_parties(guest, stage.alliance).first()
        if party is not None and (guest.pk + activity.pk) % 3:
            actions.sign_up(activity=activity, party=party, by=guest, now=before)
    if end == "open":
        return
    advance(case=activity.case, step="over", by=None, now=activity.ends_at, quiet=True)
    if end == "done":
        rows = list(queries.signed_up(activity).values_list("pk", flat=True))
        actions.note_attendance(activity=activity, came=rows[: len(rows) - 1], by=user, now=activity.ends_at)
        said, introductions, needs = outcome
        content = {"outcome": said, "introductions": introductions, "needs": needs}
        actions.report(activity=activity, content=content, by=user, now=activity.ends_at + timedelta(days=1))

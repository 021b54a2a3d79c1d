"""演示云上研发中心: fictional registrations in all states, R&D records, a confirmed year, a roll for the coverage."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from kechuang.core.cases.actions import advance
from kechuang.core.dossier.facts import last_full_year
from kechuang.core.dossier.models import YearFigures
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.services.research_centers import actions, coverage, records
from kechuang.services.research_centers.models import Center
from kechuang.services.research_centers.pack import load as load_pack

OFFERS = (
    ("示例样件的成形与检测", "愿意接受委托试验，可以开放压机和探伤设备。", ["development", "service"]),
    ("示例材料配方与老化试验", "想与高校共建实验室，样品和工况数据可以共享。", ["joint-lab", "development"]),
    ("示例控制算法与现场调试", "可以提供产线做首台套验证，欢迎先使用后付费。", ["use-first", "licence"]),
    ("示例低能耗工艺", "寻找能做中试放大的伙伴，收益按约定分成。", ["equity", "development"]),
)
# How far the last few have come; all others are registered.
OTHERS = ("draft", "submitted", "submitted", "returned", "suspended")
PROJECTS = ("示例工艺改进", "示例样机试制")
ROLL_SOURCE = "演示名录（虚构，非统计部门公布的名单）"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter them where there are none; returns how many."""
    load_pack(settings.PACKS_DIR / settings.REGION, now=now)
    if Center.objects.exists():
        return 0
    rows = list(Party.objects.filter(fictional=True, kind="enterprise").order_by("pk")[:24])
    led = set(Mandate.objects.filter(party__in=rows).values_list("party_id", flat=True))
    chosen = sorted(rows, key=lambda p: (p.pk not in led, p.pk))[:16]
    for number, party in enumerate(chosen):
        end = OTHERS[number - len(chosen)] if number >= len(chosen) - len(OTHERS) else "registered"
        _tell(party, number, end, now)
        progress("research_centers", number + 1, len(chosen))
    year = last_full_year(now.date())
    for party in rows:
        for one in (year, year + 1):
            coverage.put_on_roll(party=party, year=one, source=ROLL_SOURCE, by=None, now=now)
    return len(chosen)


def _officer(district: str) -> User | None:
    posts = Post.objects.filter(role=Post.Role.OFFICER, until=None, user__email__endswith="@demo.example")
    found = posts.filter(district__in=("", district)).order_by("-district", "pk").select_related("user").first()
    return found.user if found else None


def _content(party: Party, number: int) -> dict[str, Any]:
    direction, offers, ways = OFFERS[number % len(OFFERS)]
    return {
        "name": f"{party.name}云上研发中心",
        "industries": list(party.industries),
        "direction": direction,
        "leader": "示例总工（技术部）",
        "rd_staff": 12 + 3 * number,
        "rd_spend": Decimal(1_800_000 + 250_000 * number),
        "equipment": "示例试验机一台，示例检测仪两台。",
        "partners": "示例海岸理工大学" if number % 3 == 0 else "",
        "cooperation": ways,
        "offers": offers,
    }


def _tell(party: Party, number: int, end: str, now: datetime) -> None:
    held = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).select_related("user").first()
    officer, person = _officer(party.district), held.user if held else None
    at = now - timedelta(days=700 - 9 * number if end in ("registered", "suspended") else 3)
    state = "draft" if end == "draft" else "submitted"
    center = actions.start(party=party, content=_content(party, number), by=None, now=at, state=state)
    if end == "draft" or officer is None:
        return
    if end == "returned":
        note = "请写明设备型号和数量。"
        advance(case=center.case, step="return", by=officer, now=now, reason="incomplete", note=note, quiet=True)
    if end not in ("registered", "suspended"):
        return
    advance(case=center.case, step="confirm", by=officer, now=at + timedelta(days=3), quiet=True)
    _records(center, person, now)
    if end == "suspended":
        note = "电话核实，近一年没有研发活动。"
        at = now - timedelta(days=20)
        advance(case=center.case, step="suspend", by=officer, now=at, reason="inactive", note=note, quiet=True)


def _records(center: Center, person: User | None, now: datetime) -> None:
    center.refresh_from_db()
    year = last_full_year(now.date())
    filed = YearFigures.objects.filter(party=center.party, year=year).first()
    spent = filed.rd_sme if filed is not None and filed.rd_sme is not None else Decimal(1_500_000)
    for number, project in enumerate(PROJECTS):
        content = {
            "year": year,
            "project": project,
            "starts_on": date(year, 2 + number, 1),
            "ends_on": None if number else date(year, 11, 30),
            "staff_months": Decimal(30 + 6 * number),
            "spend": (spent / 2 - 20_000 * number).quantize(Decimal(1)),
            "results": "" if number else "完成样机一台，申请专利一件（虚构）。",
            "partner": "示例海岸理工大学" if number else "",
        }
        records.record_activity(center=center, content=content, by=person, now=now)
    if person is not None and center.pk % 2:
        records.confirm_year(center=center, year=year, by=person, now=now, quiet=True)

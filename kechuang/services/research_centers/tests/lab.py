"""研发中心小城: a registration of the company, with builders."""

from datetime import date
from decimal import Decimal
from typing import Any

from kechuang.core.cases.actions import advance
from kechuang.services.research_centers import actions, coverage, records
from kechuang.services.research_centers.models import Activity, Center, Definition
from tests.city import NOW, City

WAN = Decimal(10_000)
CONTENT: dict[str, Any] = {
    "name": "示例重锻云上研发中心",
    "industries": ["smart-equipment"],
    "direction": "大型锻件的成形与检测",
    "leader": "示例总工（技术部）",
    "rd_staff": 20,
    "rd_spend": 400 * WAN,
    "equipment": "示例万吨压机、示例探伤仪",
    "partners": "",
    "cooperation": ["development"],
    "offers": "可以接受委托试验，愿意与高校共建实验室。",
}
RECORD: dict[str, Any] = {
    "year": 2025,
    "project": "示例锻件余热利用",
    "starts_on": date(2025, 3, 1),
    "ends_on": None,
    "staff_months": Decimal(24),
    "spend": 120 * WAN,
    "results": "完成样机",
    "partner": "",
}
DEFINITION: dict[str, Any] = {
    "text": "示例口径：名录中的企业里有研发机构的比例。",
    "base": "roll",
    "scales": [],
    "confirmed_only": False,
    "organisations": True,
    "published": "",
    "source": "平台自定",
    "text_status": "ours",
}


def drafted(city: City, **more: Any) -> Center:
    """A draft of the company."""
    return actions.start(party=city.company, content=CONTENT, by=city.engineer, now=NOW, **more)


def submitted(city: City) -> Center:
    """Waits for the officer of the district."""
    center = drafted(city)
    advance(case=center.case, step="submit", by=city.engineer, now=NOW)
    return fresh(center)


def registered(city: City) -> Center:
    """On the register since the beginning of 2025."""
    center = submitted(city)
    advance(case=center.case, step="confirm", by=city.district_officer, now=NOW)
    Center.objects.filter(pk=center.pk).update(registered_on=date(2025, 1, 10))
    return fresh(center)


def recorded(city: City, center: Center, **more: Any) -> Activity:
    """A project of the company in 2025."""
    return records.record_activity(center=center, content=RECORD | more, by=city.engineer, now=NOW)


def defined(city: City, **more: Any) -> Definition:
    """A definition, and the company on the roll of 2025 and 2026."""
    for year in (2025, 2026):
        coverage.put_on_roll(party=city.company, year=year, source="示例名录", by=None, now=NOW)
    return coverage.define(content=DEFINITION | more, seen=0, by=city.officer, now=NOW)


def fresh(center: Center) -> Center:
    """As the database has it."""
    return Center.objects.select_related("case", "party", "entry").get(pk=center.pk)

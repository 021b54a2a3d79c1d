"""梯度 rungs: a certificate of the company, a window, a list with one entry, a correction, for tests/test_urls.py."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Qualification
from kechuang.core.tiers.actions import set_threshold, set_window
from kechuang.core.tiers.models import Window
from kechuang.services.ladder.actions import ask_correction, enter_member, record_certificate
from tests.city import NOW, City


@dataclass
class Rungs:
    """What the ladder has of the company, in Jiaozhou."""

    certificate: Qualification  # HNTE, as the national platform gave it
    member: Qualification  # in the city's list of leading enterprises
    window: Window  # the city's
    correction: Case  # asked for by the engineer


def rungs(city: City) -> Rungs:
    """All of it."""
    since = date(2024, 12, 4)
    hnte = {"number": "GR202437100001", "granted_on": since}
    listed = {"number": "示例科字〔2026〕1号", "granted_on": date(2026, 1, 5)}
    window = {"opens": date(2026, 11, 1), "closes": date(2026, 12, 1), "batches": [], "source": "示例通知"}
    set_threshold(
        rung="leader",
        fact="revenue",
        direction="least",
        value=Decimal(500_000_000),
        since=date(2026, 1, 1),
        source="示例决定",
        by=city.officer,
        now=NOW,
    )
    record_certificate(
        party=city.company, rung="sme", valid_from=date(2026, 5, 20), content={}, by=city.officer, now=NOW
    )
    return Rungs(
        certificate=record_certificate(
            party=city.company, rung="hnte", valid_from=since, content=hnte, by=city.officer, now=NOW
        ),
        member=enter_member(
            party=city.company, rung="leader", valid_from=date(2026, 1, 5), content=listed, by=city.officer, now=NOW
        ),
        window=set_window(rung="sme", year=2026, content=window, by=city.officer, now=NOW),
        correction=ask_correction(party=city.company, rung="hnte", text="日期不对", by=city.engineer, now=NOW),
    )

"""演示档案: files of the fictional enterprises: complete ones, one near a threshold, one with gaps, some in dispute.

All figures are made up. National numbers (高企, 科小) are left empty: they are never generated.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from kechuang.core.dossier.actions import declare_kept, report
from kechuang.core.dossier.entries import add_entry
from kechuang.core.dossier.facts import last_full_year
from kechuang.core.dossier.models import Profile
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.services.dossiers.clock import keep_cases
from kechuang.web.demo import read_rows

WAN = 10_000
NEAR = "e24"  # 100 staff, 19 researchers, revenue 100 million, R&D 4.5 %, three class II rights
GAPS = "e20"  # researchers not stated; R&D grows
DISPUTED = ("e02", "e12", "e30")
# Those whose file nobody has opened yet.
EMPTY_EVERY = 8


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Write the files that are not there yet; returns how many."""
    folder = settings.PACKS_DIR / settings.REGION / "demo"
    keys = {row["uscc"]: row["key"] for row in read_rows(folder, "organisations.jsonl")}
    known = Profile.objects.values("party")
    rows = list(Party.objects.filter(fictional=True, kind="enterprise", uscc__in=keys).exclude(pk__in=known))
    made = 0
    for number, party in enumerate(sorted(rows, key=lambda p: keys[str(p.uscc)]), 1):
        key = keys[str(party.uscc)]
        if number % EMPTY_EVERY or key in (NEAR, GAPS, *DISPUTED):
            _write(party, key, now)
            made += 1
        progress("dossiers", number, len(rows))
    keep_cases(now=now)
    return made


def _write(party: Party, key: str, now: datetime) -> None:
    dice = random.Random(key)  # noqa: S311 - made-up figures, the same every time
    last = last_full_year(now)
    values: dict[int, dict[str, Any]] = {0: _profile(dice, key, last)}
    size = 100 if key == NEAR else dice.choice([18, 45, 80, 120, 260, 500, 501, 900])
    for ago in range(3):
        values[last - ago] = _year(dice, size, ago, near=key == NEAR)
    if key == GAPS:
        for year in range(last - 2, last + 1):
            values[year] |= {"rd_staff_sme": None, "rd_staff_hnte": None}
        values[last - 1]["rd_sme"] = values[last]["rd_sme"] * Decimal("0.7")  # its R&D has grown enough for a reward
    report(party=party, values=values, by=None, now=now - timedelta(days=dice.randrange(200)))
    if key in DISPUTED:
        revenue = values[last]["revenue"] + 35 * WAN
        report(party=party, values={last: {"revenue": revenue}}, source="tax", by=None, now=now)
    _lists(party, dice, key, now)


def _profile(dice: random.Random, key: str, last: int) -> dict[str, Any]:
    founded = date(dice.randrange(1998, last - 3), dice.randrange(1, 13), dice.randrange(1, 28))
    return {
        "founded_on": founded,
        "registration_type": dice.choice(["150", "160", "170"]),
        "scale": "small" if key in (NEAR, GAPS) else dice.choice(["medium", "small", "micro"]),
        "resident": True,
        "state_owned": False,
        "industry_permitted": True,
        "no_accident": True,
        "not_abnormal": True,
        "core_field": True if key == NEAR else dice.choice([True, None]),
        "strategic_field": dice.choice([True, False]),
        "rd_before": True,
    }


def _year(dice: random.Random, size: int, ago: int, *, near: bool) -> dict[str, Any]:
    revenue = Decimal(10_000 * WAN) if near else Decimal(size * dice.randrange(40, 160) * WAN)
    revenue = revenue * (100 - 8 * ago) / 100
    researchers = 19 if near else max(1, size * dice.choice([8, 10, 15, 20, 25, 30, 42]) // 100)
    spent = revenue * (Decimal("0.045") if near else Decimal(dice.choice([1, 2, 3, 4, 5, 6, 9])) / 100)
    cost = revenue * Decimal("0.9")
    return {
        "staff_sme": size,
        "rd_staff_sme": researchers,
        "staff_hnte": size - size // 50,
        "rd_staff_hnte": researchers,
        "revenue": revenue,
        "main_revenue": revenue * Decimal("0.96"),
        "total_income": revenue * Decimal("1.01"),
        "hightech_income": revenue * (Decimal("0.7") if near else Decimal(dice.choice([40, 59, 60, 75])) / 100),
        "cost": cost,
        "assets": revenue * Decimal("0.8"),
        "liabilities": revenue * Decimal("0.35"),
        "tax_paid": revenue * Decimal("0.05"),
        "rd_sme": spent,
        "rd_hnte": spent * Decimal("1.1"),
        "rd_hnte_domestic": spent * Decimal("1.1"),
        "rd_basic": Decimal(0),
        "transfer_income": Decimal(0),
        "transfer_cost": Decimal(0),
        "transfer_tax": Decimal(0),
        "conversions": 4 if near else dice.randrange(7),
    }


def _lists(party: Party, dice: random.Random, key: str, now: datetime) -> None:
    name = party.name.removeprefix("示例")[:4]
    kinds = ["utility", "utility", "software"] if key == NEAR else _kinds(dice)
    for number, kind in enumerate(kinds, 1):
        content = {
            "kind": kind,
            "title": f"示例{vocab.main_label('ip_kind', kind)}（{name}·{number}）",
            "obtained": "own" if key == NEAR else dice.choice(["own", "own", "bought", "licensed"]),
            "granted_on": date(now.year - dice.randrange(1, 6), dice.randrange(1, 12), 10),
            "main_product": True,
            "core": number == 1,
        }
        add_entry(party=party, held="rights", content=content, by=None, now=now)
    product = {"name": f"示例产品（{name}）", "main": True}
    add_entry(party=party, held="products", content=product, by=None, now=now)
    _qualified(party, dice, key, now)
    for held in ("rights", "awards", "standards", "research", "qualifications"):
        declare_kept(party=party, held=held, kept=True, by=None, now=now)


def _kinds(dice: random.Random) -> list[str]:
    return dice.choices(["invention", "utility", "software", "design"], k=dice.randrange(7))


def _qualified(party: Party, dice: random.Random, key: str, now: datetime) -> None:
    """HNTE for three years, technology SME for the year."""
    if key == NEAR or dice.random() < 0.3:
        return
    start = date(now.year - dice.randrange(0, 4), dice.choice([3, 11, 12]), dice.randrange(1, 28))
    start = min(start, now.date())
    ends = start.replace(year=start.year + 3)
    rows = [{"kind": "hnte", "granted_on": start, "valid_from": start, "valid_to": ends}]
    if dice.random() < 0.6:
        rows.append({"kind": "sme", "valid_from": date(now.year, 5, 20), "valid_to": date(now.year + 1, 1, 1)})
    for content in rows:
        add_entry(party=party, held="qualifications", content=content, by=None, now=now, source="national")

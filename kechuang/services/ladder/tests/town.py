"""小城的梯度 town: the rules of the nation, and files of enterprises near and far from a technology SME."""

import tomllib
from datetime import date
from typing import Any

from django.conf import settings

from kechuang.core.dossier.actions import declare_kept, report
from kechuang.core.dossier.entries import add_entry
from kechuang.core.parties.models import Party
from kechuang.core.policy.loading import load_documents, load_pack
from tests.city import NOW

PACKS = ("cn-tech-sme", "cn-hnte")
PROFILE: dict[str, Any] = {
    "founded_on": date(2015, 3, 1),
    "resident": True,
    "industry_permitted": True,
    "no_accident": True,
    "not_abnormal": True,
    "core_field": True,
}
# 100 staff, revenue 100 million, R&D 4.5 %: with 19 researchers 8 + 30 + 18 = 56 points, with 20 12 + 30 + 18 = 60.
YEAR: dict[str, Any] = {
    "staff_sme": 100,
    "rd_staff_sme": 19,
    "revenue": 100_000_000,
    "cost": 90_000_000,
    "assets": 80_000_000,
    "rd_sme": 4_500_000,
}


def load_rules() -> None:
    """The rule packs of technology SME and HNTE, with the documents on which they rest."""
    national = settings.PACKS_DIR / "national"
    with (national / "documents.toml").open("rb") as file:
        load_documents(tomllib.load(file)["document"], now=NOW)
    for code in PACKS:
        path = national / "policies" / f"{code}.toml"
        load_pack(text=path.read_text("utf-8"), file=path.name, now=NOW)


def fill(party: Party, *, last: int = 2025, **year: Any) -> Party:
    """A file with the figures of the ``last`` year and three class II rights."""
    values = {0: PROFILE, last: YEAR | year}
    report(party=party, values=values, by=None, now=NOW)
    for number in range(3):
        right = {"kind": "utility", "title": f"示例夹具{number}", "obtained": "own", "main_product": True, "core": True}
        add_entry(party=party, held="rights", content=right, by=None, now=NOW)
    for held in ("rights", "qualifications", "awards", "research", "standards"):
        declare_kept(party=party, held=held, kept=True, by=None, now=NOW)
    return party


def firm(name: str, district: str, **year: Any) -> Party:
    """Another enterprise with a file."""
    uscc = f"91370202MA{abs(hash(name)) % 10**8:08d}"[:18]
    party = Party.objects.create(
        kind="enterprise", name=name, uscc=uscc, district=district, created_at=NOW, verified_at=NOW
    )
    return fill(party, **year)

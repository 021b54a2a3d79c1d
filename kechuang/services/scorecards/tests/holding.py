"""国企创新评价测试的小城: an owner with firms whose figures are known, two officers."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import report
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.loading import load_pack
from kechuang.services.scorecards import actions, owners, queries, rounds
from kechuang.services.scorecards.clock import tick
from kechuang.services.scorecards.models import Card, Owner, Round
from tests.city import NOW, City, party, person

WAN = 10_000
CODES = ("91370212MADEM3018C", "91370211MAQ1DA0X3B", "91370200264574251E", "91440300708461136T")


@dataclass
class Group:
    """出资人的一组企业: the city's company is the first; it has people of its own."""

    city: City
    owner: Owner
    second: User
    firms: list[Party]

    def opened(self, year: int = 2025, now: Any = NOW) -> Round:
        deadline = now.date() + timedelta(days=20)
        return rounds.open_round(owner=self.owner, year=year, deadline=deadline, by=self.city.officer, now=now)

    def card(self, found: Round, who: Party | None = None) -> Card:
        return Card.objects.select_related("case").get(round=found, party=who or self.city.company)

    def confirmed(self, found: Round, now: Any = NOW, **why: str) -> Card:
        card = self.card(found)
        seen = queries.seen_of(queries.stated(card))
        return actions.confirm(
            card=card, seen=seen, explanations=why, elements="开放中试线。", by=self.city.engineer, now=now
        )

    def published(self, year: int = 2025, now: Any = NOW) -> Round:
        """The company confirms, the others let the time pass; all are reviewed and published."""
        found = self.opened(year, now)
        self.confirmed(found, now)
        for card in Card.objects.filter(round=found).exclude(party=self.city.company).select_related("case"):
            from_clock(card, now)
        for card in Card.objects.filter(round=found):
            actions.review(card=card, settled={}, remarks={"rd": "核实。"}, by=self.city.officer, now=now)
        return rounds.publish(found=found, by=self.city.officer, now=now)


def from_clock(card: Card, now: Any) -> None:
    """The deadline of one card has passed."""
    Case.objects.filter(pk=card.case_id).update(due_on=now.date() - timedelta(days=1))
    tick(now=now)


def figures(who: Party, *, spent: int, revenue: int = 10_000, researchers: int = 30) -> None:
    """Four years; sales grow by a quarter, five results put to use a year."""
    values: dict[int, dict[str, Any]] = {0: {"state_owned": True}}
    for ago, year in enumerate((2025, 2024, 2023, 2022)):
        values[year] = {
            "revenue": Decimal(revenue * WAN) * Decimal("0.8") ** ago,
            "rd_sme": Decimal(spent * WAN),
            "staff_sme": 100,
            "rd_staff_sme": researchers,
            "conversions": 5,
        }
    report(party=who, values=values, by=None, now=NOW)


def group(city: City) -> Group:
    """Five firms, the company first: R&D of 6, 5, 4, 3 and 2 per cent of sales."""
    text = (settings.PACKS_DIR / "national" / "policies" / "cn-soe-scorecard.toml").read_text("utf-8")
    load_pack(text=text, file="cn-soe-scorecard.toml", now=NOW)
    second = person("soe-second")
    appoint(user=second, role="officer", by=None, now=NOW)
    owner = owners.add_owner(name="示例市属出资人", district="", by=city.officer, now=NOW)
    firms = [city.company]
    firms += [party("enterprise", f"示例国有企业{n}", code, "370212") for n, code in enumerate(CODES, 1)]
    for number, firm in enumerate(firms):
        figures(firm, spent=600 - 100 * number)
        owners.add_firm(owner=owner, uscc=str(firm.uscc), by=city.officer, now=NOW)
    return Group(city, owner, second, firms)

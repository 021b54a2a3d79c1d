"""国企评价世界 state-owned: an owner with the company in several rounds, for the world of tests/test_urls.py."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from kechuang.core.cases.actions import advance
from kechuang.core.policy.loading import load_pack
from kechuang.services.scorecards import actions, owners, rounds
from kechuang.services.scorecards.models import Card, Owner, Round
from kechuang.services.scorecards.tests.holding import figures
from tests.city import NOW, City


@dataclass
class StateOwned:
    """Of the city: the company's cards published, waiting for the firm, and waiting for the officer."""

    owner: Owner
    published: Round
    running: Round
    done: Card
    confirming: Card
    submitted: Card


def state_owned(city: City) -> StateOwned:
    """All of it."""
    text = (settings.PACKS_DIR / "national" / "policies" / "cn-soe-scorecard.toml").read_text("utf-8")
    load_pack(text=text, file="cn-soe-scorecard.toml", now=NOW)
    figures(city.company, spent=600)
    first, second = (
        owners.add_owner(name=name, district="", by=city.officer, now=NOW) for name in ("示例出资人甲", "示例出资人乙")
    )
    owners.add_firm(owner=first, uscc=str(city.company.uscc), by=city.officer, now=NOW)
    published, done = _round(city, first, 2024)
    _confirmed(city, done)
    actions.review(card=done, settled={}, remarks={"rd": "核实。"}, by=city.officer, now=NOW)
    rounds.publish(found=published, by=city.officer, now=NOW)
    running, confirming = _round(city, first, 2025)
    owners.remove_firm(owner=first, party=city.company, by=city.officer, now=NOW)
    owners.add_firm(owner=second, uscc=str(city.company.uscc), by=city.officer, now=NOW)
    _other, submitted = _round(city, second, 2025)
    return StateOwned(first, published, running, done, confirming, _confirmed(city, submitted))


def _round(city: City, owner: Owner, year: int) -> tuple[Round, Card]:
    deadline = NOW.date() + timedelta(days=400)
    made = rounds.open_round(owner=owner, year=year, deadline=deadline, by=city.officer, now=NOW)
    return made, Card.objects.select_related("case").get(round=made)


def _confirmed(city: City, card: Card) -> Card:
    advance(case=card.case, step="overdue", by=None, now=NOW)
    return Card.objects.select_related("case").get(pk=card.pk)

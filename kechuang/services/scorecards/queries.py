"""国企创新评价查询: owners, rounds, cards, prefilled facts with sources, comparison, what is opened to others."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.dossier.facts import catalogue
from kechuang.core.dossier.queries import Origin, facts_of, provenance_of
from kechuang.core.market.access import public
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.models import Verdict as Kept
from kechuang.core.policy.queries import in_force, pack_of
from kechuang.core.policy.stored import plain
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import Fact, cleaned
from kechuang.kit.rules.verdicts import Verdict
from kechuang.services.scorecards import access, scoring
from kechuang.services.scorecards.models import Card, Owner, Result, Round

REMIND_DAYS = (5, 1)  # working days before the deadline; our own choice
WAITING = ("confirming", "returned")


def owners(user: Any) -> QuerySet[Owner]:
    """The owners in an officer's scope."""
    return access.manage_owner.filter(user, Owner.objects.annotate(firms=Count("holdings")))


def rounds(user: Any) -> QuerySet[Round]:
    """The rounds in an officer's scope."""
    rows = Round.objects.select_related("owner", "version", "by", "publisher").annotate(n=Count("cards"))
    return access.manage_round.filter(user, rows).order_by("-year", "owner__name", "-pk")


def cards(user: Any) -> QuerySet[Card]:
    """The cards that the user may see: own ones, and those in an officer's scope."""
    rows = Card.objects.select_related("case__assignee", "round__owner", "round__version", "party", "verdict__version")
    return access.see_card.filter(user, rows)


def own_cards(user: Any) -> QuerySet[Card]:
    """The cards of the user's own firms, the newest first."""
    return cards(user).filter(case__in=access.firm.filter(user, Case.objects.all())).order_by("-round__year", "-pk")


def sets(district: str, on: date) -> list[PackVersion]:
    """The indicator sets that an owner may choose: those of the nation, of the city and of its district."""
    found = in_force(on, PackVersion.objects.filter(kind="scorecard"))
    return [v for v in found if v.level != "district" or v.district == district]


def titles(on: date) -> dict[str, str]:
    """What the indicator sets in force on a day are called, by code."""
    return {v.code: v.title for v in in_force(on, PackVersion.objects.filter(kind="scorecard"))}


def set_of(owner: Owner, on: date) -> PackVersion | None:
    """The version of an owner's indicator set in force on a day."""
    return next((v for v in sets(owner.district, on) if v.code == owner.pack), None)


def day_of(year: int, today: date) -> date:
    """The day as of which a year is assessed: today, or the last day of the year after."""
    return min(today, date(year + 1, 12, 31))


@dataclass(frozen=True)
class Stated:
    """预填事实: a fact of the file with its value (None: missing or disputed) and where it comes from."""

    fact: Fact
    value: Any
    origin: Origin


def stated(card: Card) -> list[Stated]:
    """What the file says now of the facts that the indicator set needs."""
    pack, day = pack_of(card.round.version), card.round.on
    known, origins = facts_of(card.party, on=day), provenance_of(card.party, on=day)
    codes = [code for code in catalogue() if code in pack.needed]
    return [Stated(pack.facts[code], known.get(code), origins[code]) for code in codes]


def seen_of(rows: list[Stated]) -> str:
    """A mark of what a page showed, so that a change in the meantime is noticed."""
    text = json.dumps({row.fact.code: plain(row.value) for row in rows}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def live(card: Card) -> Verdict:
    """What the rules say of the firm by its file as it is now."""
    return explain(pack_of(card.round.version), facts_of(card.party, on=card.round.on), on=card.round.on)


def again(kept: Kept) -> Verdict:
    """A kept verdict as it was computed then."""
    pack = pack_of(kept.version)
    facts = {code: cleaned(pack.facts[code], value) for code, value in kept.facts.items() if code in pack.facts}
    return explain(pack, facts, on=kept.on)


def latest(found: Round) -> dict[int, Result]:
    """The result in force of every card of a round."""
    rows = Result.objects.filter(card__round=found).order_by("card_id", "-number").distinct("card_id")
    return {row.card_id: row for row in rows.select_related("card")}


def result_of(card: Card) -> Result | None:
    """The result in force of a card."""
    return card.results.order_by("-number").first()


def year_before(card: Card) -> Result | None:
    """The firm's result in force of the published round before, whoever was its owner."""
    rows = Result.objects.filter(
        card__party=card.party_id, card__round__year__lt=card.round.year, card__round__state=Round.State.PUBLISHED
    )
    return rows.select_related("card__round").order_by("-card__round__year", "-number").first()


def medians(found: Round) -> tuple[float | None, dict[str, float]]:
    """The median of a published round and of each item; nothing where there are too few firms."""
    results = list(latest(found).values())
    whole = scoring.middle([row.score for row in results])
    if whole is None:
        return None, {}
    codes = {item["code"] for row in results for item in row.items}
    points = {code: [i["points"] for row in results for i in row.items if i["code"] == code] for code in codes}
    return whole, {code: value for code in codes if (value := scoring.middle(points[code])) is not None}


@dataclass(frozen=True)
class Opened:
    """开放要素: what a firm has published for others, by kind, and how many firms have asked for it."""

    offers: Mapping[str, int]
    needs: int
    introductions: int


def opened(party: Party) -> Opened:
    """Counted by the system: public offers and needs, introductions to firms that are not known as state-owned."""
    rows = public.filter(None, Offer.objects.filter(party=party)).order_by().values_list("service")
    asked = Case.objects.filter(offer__party=party, applicant__kind="enterprise").exclude(applicant=party)
    asked = asked.exclude(applicant__profile__state_owned=True)
    needs = public.filter(None, Need.objects.filter(party=party)).count()
    return Opened(dict(rows.annotate(n=Count("pk"))), needs, asked.count())


def unconfirmed() -> QuerySet[Card]:
    """Cards that wait for their firm."""
    rows = Card.objects.filter(case__state__in=WAITING, round__state=Round.State.OPEN)
    return rows.select_related("case", "round__owner", "party")


def to_remind(card: Card, today: date) -> int | None:
    """The reminder that is due: so many working days before the end."""
    due = card.case.due_on
    if due is None or due < today or due > today + timedelta(days=30):
        return None
    left = calendar().between(today, due)
    return min((days for days in REMIND_DAYS if left <= days), default=None)

"""档案查询: the facts of an organisation on a date, where each comes from, disputes, and who has looked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.core.audit.models import Event
from kechuang.core.dossier import access
from kechuang.core.dossier.facts import Value, asked_codes, last_full_year
from kechuang.core.dossier.frame import DERIVED, LISTS, PARTY, facts_frame
from kechuang.core.dossier.models import (
    PROFILE,
    Award,
    Dispute,
    IntegrityEntry,
    Profile,
    Qualification,
    ResearchOrg,
    Right,
    Standard,
    YearFigures,
)
from kechuang.core.parties.models import Party, User
from kechuang.kit.money import yuan

__all__ = ["facts_frame", "facts_of", "facts_of_many", "provenance_of"]

LOOK = "look"  # the verb under which a look at a file is noted
KNOWN, MISSING, DISPUTED = "known", "missing", "disputed"
LIST_MODELS: Mapping[str, Any] = {
    "rights": Right,
    "qualifications": Qualification,
    "awards": Award,
    "research": ResearchOrg,
    "standards": Standard,
}


def facts_of(party: Party, *, on: date) -> Mapping[str, Value]:
    """What is known of an organisation on a date, by the names that rules ask for; missing and disputed are absent.

    Money is Decimal yuan. ``x`` is of the last full accounting year, ``x_y1`` of the year before, and so on.
    """
    return facts_of_many([party.pk], on=on).get(party.pk, {})


def facts_of_many(parties: Iterable[int], *, on: date) -> dict[int, dict[str, Value]]:
    """The same for several organisations, by their numbers."""
    found = {}
    for row in facts_frame(on, parties=list(parties)).iter_rows(named=True):
        number = row.pop(PARTY)
        found[number] = {name: _value(name, value) for name, value in row.items() if value is not None}
    return found


def _value(name: str, value: Any) -> Value:
    return yuan(Decimal(value) / 100) if asked_codes()[name][0].type == "money" else value


@dataclass(frozen=True)
class Origin:
    """来源: whether a fact is known, from which source, since when, by whom; ``year`` for yearly facts.

    ``source`` is a code of ``dossier_source``, or ``register`` (the register of organisations) or ``list`` (it follows
    from one of the lists, named in ``held``).
    """

    state: str
    source: str = ""
    day: date | None = None
    by: str = ""
    year: int = 0
    held: str = ""


def provenance_of(party: Party, *, on: date) -> dict[str, Origin]:
    """Where every fact comes from, or that it is missing or disputed."""
    known = facts_of(party, on=on)
    profile = Profile.objects.filter(party=party).first()
    last = last_full_year(on)
    years = {row.year: row for row in YearFigures.objects.filter(party=party, year__range=(last - 2, last))}
    names = _names([profile, *years.values()])
    lists = {held: _list_origin(held, party, profile, names) for held in LISTS.values()}
    found = {}
    for name, (fact, ago) in asked_codes().items():
        if fact.code in DERIVED:
            origin = lists[LISTS[DERIVED[fact.code][0]]]
        elif fact.years:
            origin = _stated(years.get(last - ago), fact.code, last - ago, names)
        elif fact.code in PROFILE:
            origin = _stated(profile, fact.code, 0, names)
        else:
            origin = Origin(KNOWN, "register", party.created_at.date())
        if name in known and origin.state != KNOWN:
            origin = Origin(KNOWN, "list", year=origin.year)
        found[name] = origin if name in known or origin.state == DISPUTED else Origin(MISSING, year=origin.year)
    return found


def _names(rows: Iterable[Any]) -> dict[int, str]:
    """The names of those who entered something."""
    stamped = [origin for row in rows if row is not None for origin in row.origins.values()]
    profile = [kept for row in rows if isinstance(row, Profile) for kept in row.kept.values()]
    numbers = {one[-1] for one in [*stamped, *profile] if one[-1]}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _stated(row: Any, field: str, year: int, names: Mapping[int, str]) -> Origin:
    if row is None:
        return Origin(MISSING, year=year)
    if field in row.disputed:
        return Origin(DISPUTED, year=year)
    if field not in row.origins:
        return Origin(MISSING, year=year)
    source, day, user = row.origins[field]
    return Origin(KNOWN, source, _day(day), names.get(user, ""), year)


def _list_origin(held: str, party: Party, profile: Profile | None, names: Mapping[int, str]) -> Origin:
    newest = LIST_MODELS[held].objects.filter(party=party).select_related("entered_by").order_by("-entered_at").first()
    if newest is not None:
        by = str(newest.entered_by) if newest.entered_by else ""
        return Origin(KNOWN, newest.source, newest.entered_at.date(), by, held=held)
    if profile is not None and held in profile.kept:
        day, user = profile.kept[held]
        return Origin(KNOWN, "enterprise", _day(day), names.get(user, ""), held=held)
    return Origin(MISSING, held=held)


def open_disputes(user: Any) -> QuerySet[Dispute]:
    """The disputes that wait for the user, an officer of the district or of the city, oldest first."""
    rows = Dispute.objects.filter(settled_at=None).select_related("party")
    return access.settle_dispute.filter(user, rows).order_by("opened_at", "pk")


def looks_at(party: Party) -> QuerySet[Event]:
    """Who, other than the enterprise's own people, has looked at its file; newest first."""
    rows = Event.objects.filter(subject=Party._meta.label_lower, subject_id=party.pk, verb=LOOK)
    return rows.order_by("-id")


def in_force(on: date) -> Q:
    """Integrity records in force on a date; one whose appeal was upheld is not."""
    ends = Q(until=None) | Q(until__gt=on)
    return Q(start__lte=on) & ends & ~Q(appeal=IntegrityEntry.Appeal.UPHELD)


def blocked(subject: Party | User, on: date) -> list[str]:
    """诚信关口: the decisions that block an organisation or a person on a date, by their document numbers."""
    mine = Q(party=subject) if isinstance(subject, Party) else Q(user=subject)
    rows = IntegrityEntry.objects.filter(mine & in_force(on)).order_by("start", "pk")
    return list(rows.values_list("decision", flat=True))

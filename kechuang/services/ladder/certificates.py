"""证书 certificates: the qualifications of the file as rungs of the ladder: what holds, until when, since when not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from kechuang.core.dossier.models import Qualification
from kechuang.core.tiers.ladder import Rung, ladder
from kechuang.core.tiers.queries import in_force
from kechuang.kit.refusal import Refusal

FEW = 1000
VALID, FUTURE, EXPIRED, REVOKED = "valid", "future", "expired", "revoked"


@dataclass(frozen=True)
class Certificate:
    """证书: an entry with its rung, its state on a day and the days that are left."""

    entry: Qualification
    rung: Rung
    state: str
    days_left: int | None
    remark: str

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds."""
        return self.entry.valid_to - timedelta(days=1) if self.entry.valid_to else None


def state_of(entry: Qualification, on: date) -> str:
    """What a certificate is on a day."""
    if entry.revoked_on is not None and entry.revoked_on <= on:
        return REVOKED
    if entry.valid_to is not None and entry.valid_to <= on:
        return EXPIRED
    return FUTURE if entry.valid_from > on else VALID


def state_rule(state: str, on: date) -> Q:
    """The certificates in a state on a day."""
    gone = Q(revoked_on__isnull=False, revoked_on__lte=on)
    over = Q(valid_to__isnull=False, valid_to__lte=on)
    return {
        VALID: in_force(on),
        REVOKED: gone,
        EXPIRED: over & ~gone,
        FUTURE: Q(valid_from__gt=on) & ~gone,
    }[state]


def certificate(entry: Qualification, on: date) -> Certificate | None:
    """An entry as a certificate of the ladder; None for a qualification that is no rung of it."""
    rung = ladder().rung(entry.kind)
    if rung is None:
        return None
    state = state_of(entry, on)
    left = (entry.valid_to - on).days if entry.valid_to is not None and state == VALID else None
    return Certificate(entry, rung, state, left, remark_on(rung, entry))


def remark_on(rung: Rung, entry: Qualification) -> str:
    """What looks unusual about a number; empty where nothing does."""
    try:
        return rung.checked_number(entry.number, entry.granted_on or entry.valid_from)[1]
    except Refusal as refusal:
        return refusal.message


def entries() -> QuerySet[Qualification]:
    """All entries of the files that are rungs of the ladder."""
    return Qualification.objects.filter(kind__in=[rung.code for rung in ladder().rungs])


def held_by(parties: Iterable[int] | None, on: date) -> dict[int, set[str]]:
    """The rungs that each of these organisations (or all) holds on a day."""
    rows = entries().filter(in_force(on))
    wanted = None if parties is None else set(parties)
    if wanted is not None and len(wanted) <= FEW:  # more are read faster with all the others
        rows = rows.filter(party__in=wanted)
    found: dict[int, set[str]] = {}
    for party, kind in rows.values_list("party_id", "kind"):
        if wanted is not None and party not in wanted:
            continue
        found.setdefault(party, set()).add(kind)
    return found

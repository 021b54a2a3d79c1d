"""档案查询: which files the user has to do with, and the officers' list of files with their completeness."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.dossier import access
from kechuang.core.dossier.completeness import completeness_of_all
from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.models import Dispute
from kechuang.core.dossier.queries import open_disputes
from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Party
from kechuang.core.policy import queries as policy

BANDS = {"low": (0, 50), "middle": (50, 90), "high": (90, 101)}
SORTS = ("percent", "-percent", "name", "disputes")


@dataclass(frozen=True)
class FileRow:
    """一家的档案: how complete it is and how many disputes are open."""

    party: Party
    percent: int
    known: int
    asked: int
    disputes: int


@dataclass(frozen=True)
class Ranked:
    """排序: the same of an organisation that is not read yet."""

    party: int
    percent: int
    known: int
    asked: int
    disputes: int


@dataclass(frozen=True)
class Chosen:
    """筛选: as the address has it; anything unknown counts as not chosen."""

    text: str = ""
    district: str = ""
    band: str = ""
    disputed: bool = False
    sort: str = "percent"


def own_files(user: Any) -> QuerySet[Party]:
    """The organisations for which the user fills in a file."""
    return access.fill_file.filter(user, Party.objects.exclude(kind="person"))


def shown_files(user: Any, on: date) -> QuerySet[Party]:
    """All files that the user may open."""
    return access.see_file(on).filter(user, Party.objects.exclude(kind="person"))


def ranked(user: Any, chosen: Chosen, on: date) -> list[Ranked]:
    """The files of enterprises in the user's scope under the filters, in the chosen order, by their numbers."""
    rows = shown_files(user, on).filter(kind="enterprise")
    if chosen.text:
        rows = rows.filter(Q(name__icontains=chosen.text) | Q(uscc=chosen.text.upper()))
    if chosen.district:
        rows = rows.filter(district=chosen.district)
    unsettled = Dispute.objects.filter(settled_at=None).order_by()
    if chosen.disputed:
        rows = rows.filter(pk__in=unsettled.values("party"))
    named = list(rows.order_by().values_list("pk", "name"))
    done = _completeness([pk for pk, _name in named], on)
    open_ = dict(unsettled.values_list("party").annotate(n=Count("pk")))
    low, high = BANDS.get(chosen.band, (0, 101))
    found = [
        (name, Ranked(pk, *done[pk], open_.get(pk, 0)))
        for pk, name in named
        if pk in done and low <= done[pk][0] < high
    ]
    first: dict[str, Callable[[Ranked], int]] = {
        "percent": lambda r: r.percent,
        "-percent": lambda r: -r.percent,
        "name": lambda _r: 0,
        "disputes": lambda r: -r.disputes,
    }
    return [row for _name, row in sorted(found, key=lambda one: (first[chosen.sort](one[1]), one[0]))]


def file_rows(rows: Sequence[Ranked]) -> list[FileRow]:
    """These files with their organisations."""
    parties = Party.objects.in_bulk([row.party for row in rows])
    return [FileRow(parties[r.party], r.percent, r.known, r.asked, r.disputes) for r in rows]


def asked(on: date) -> set[str] | None:
    """The facts that the rule packs in force ask for; None where there are no packs: then all of the catalogue."""
    return set(policy.asked_codes(policy.in_force(on))) & set(asked_codes()) or None


def _completeness(parties: list[int], on: date) -> dict[int, tuple[int, int, int]]:
    frame = completeness_of_all(on, parties=parties, asked=asked(on))
    return {party: (percent, known, asked) for party, known, asked, percent in frame.iter_rows()}


def settled_of(party: Party) -> QuerySet[Dispute]:
    """What has been settled for an organisation, newest first."""
    rows = Dispute.objects.filter(party=party, settled_at__isnull=False)
    return rows.select_related("settled_by").order_by("-settled_at")


def to_do(user: Any) -> int | None:
    """How many disputes wait for an officer; None for others."""
    return open_disputes(user).count() if holds_office(user) else None


def percent_of(party: Party, on: date) -> int:
    """How complete one file is."""
    return _completeness([party.pk], on)[party.pk][0]

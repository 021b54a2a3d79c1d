"""填报合并写入 reporting: keeps what sources state and works out again what counts, for one party or for thousands.

One way for the web form and for the yearly file: who may is asked by the actions that call it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from kechuang.core.dossier.merging import Merged, Settled, Statement, merge, text
from kechuang.core.dossier.models import (
    PROFILE,
    YEARLY,
    Dispute,
    Profile,
    ProfileReport,
    YearFigures,
    YearReport,
)
from kechuang.core.parties.models import Party
from kechuang.kit.bulk import insert

Key = tuple[int, int]  # party and year; year 0 for what belongs to no year


@dataclass(frozen=True)
class Given:
    """一次填报: what one source states of one party for one year (0: what belongs to no year). None takes back."""

    party: int
    year: int
    source: str
    values: Mapping[str, Any]


@dataclass
class Outcome:
    """填报结果: the changes by party and year as ``{field: (before, after)}``, disputes opened and ended."""

    changes: dict[Key, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    opened: list[Dispute] = field(default_factory=list)
    ended: list[Dispute] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many values have changed."""
        return sum(len(change) for change in self.changes.values())


@dataclass(frozen=True)
class _Kind:
    """Where statements of this kind are kept, and where what counts."""

    report: Any
    effective: Any
    fields: tuple[str, ...]
    key: tuple[str, ...]


_YEARS = _Kind(YearReport, YearFigures, YEARLY, ("party", "year"))
_PROFILE = _Kind(ProfileReport, Profile, PROFILE, ("party",))


def _key(row: Any) -> Key:
    return row.party_id, getattr(row, "year", 0)


def lock(parties: Iterable[int]) -> None:
    """Hold the files of these parties until the end of the transaction; always in the same order."""
    rows = Party.objects.select_for_update(no_key=True).filter(pk__in=set(parties)).order_by("pk")
    list(rows.values_list("pk"))


def put(given: Sequence[Given], *, by: Any, now: datetime) -> Outcome:
    """Keep the statements and work out what counts. Part of the caller's transaction; what is the same changes nothing.

    Raises KeyError for a field that does not exist: callers check what people send.
    """
    lock(g.party for g in given)
    outcome = Outcome()
    for kind, part in (
        (_PROFILE, [g for g in given if g.year == 0]),
        (_YEARS, [g for g in given if g.year]),
    ):
        if part:
            _put(kind, part, outcome, by, now)
    return outcome


def _put(kind: _Kind, given: Sequence[Given], outcome: Outcome, by: Any, now: datetime) -> None:
    reports = _reports(kind, {(g.party, g.year) for g in given})
    stamp = [now.date().isoformat(), by.pk if by is not None else None]
    touched: dict[tuple[Key, str], Any] = {}
    for one in given:
        key = (one.party, one.year)
        report = reports[key].get(one.source) or _new(kind, key, one.source)
        changed = _state(report, one.values, kind, stamp)
        if changed:
            reports[key][one.source] = touched[key, one.source] = report
            report.updated_at = now
            outcome.changes.setdefault(key, {}).update(changed)
    insert(list(touched.values()), unique=(*kind.key, "source"), update=(*kind.fields, "stamps", "updated_at"))
    _recount(kind, {key: reports[key] for key, _source in touched}, outcome, now)


def _reports(kind: _Kind, keys: set[Key]) -> dict[Key, dict[str, Any]]:
    rows = kind.report.objects.filter(party__in={party for party, _year in keys})
    if kind is _YEARS:
        rows = rows.filter(year__in={year for _party, year in keys})
    found: dict[Key, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[_key(row)][row.source] = row
    return found


def _new(kind: _Kind, key: Key, source: str) -> Any:
    return kind.report(**_named(kind, key), source=source)


def _named(kind: _Kind, key: Key) -> dict[str, int]:
    return {"party_id": key[0]} | ({"year": key[1]} if kind is _YEARS else {})


def _state(report: Any, values: Mapping[str, Any], kind: _Kind, stamp: list[Any]) -> dict[str, tuple[Any, Any]]:
    changed = {}
    for name, value in values.items():
        if name not in kind.fields:
            raise KeyError(name)
        before = getattr(report, name)
        if (before is None) == (value is None) and (value is None or text(before) == text(value)):
            continue
        changed[name] = (before, value)
        setattr(report, name, value)
        if value is None:
            report.stamps.pop(name, None)
        else:
            report.stamps[name] = stamp
    return changed


def recount(party: int, year: int, *, now: datetime) -> Outcome:
    """Work out again what counts of one party and year: after a dispute has been settled."""
    kind, outcome = (_YEARS if year else _PROFILE), Outcome()
    reports = _reports(kind, {(party, year)})
    _recount(kind, {(party, year): reports[party, year]}, outcome, now)
    return outcome


def _recount(kind: _Kind, reports: Mapping[Key, dict[str, Any]], outcome: Outcome, now: datetime) -> None:
    if not reports:
        return
    shared = [key for key, by_source in reports.items() if len(by_source) > 1]
    settled = _settled(shared)
    merged = {key: _merged(kind, by_source, settled.get(key, {})) for key, by_source in reports.items()}
    rows = [
        kind.effective(
            **_named(kind, key),
            **{name: found.values.get(name) for name in kind.fields},
            origins=found.origins,
            disputed=sorted(found.disputed),
        )
        for key, found in merged.items()
    ]
    insert(rows, unique=kind.key, update=(*kind.fields, "origins", "disputed"))
    _keep_disputes(merged, shared, outcome, now)


def _merged(kind: _Kind, by_source: Mapping[str, Any], settled: Mapping[str, Settled]) -> Merged:
    stated = [
        Statement(source, {name: getattr(row, name) for name in kind.fields}, row.stamps)
        for source, row in by_source.items()
    ]
    return merge(kind.fields, stated, settled)


def _of(keys: Iterable[Key]) -> Q:
    found = Q(pk__in=())
    years: dict[int, list[int]] = defaultdict(list)
    for party, year in keys:
        years[year].append(party)
    for year, parties in years.items():
        found |= Q(year=year, party__in=parties)
    return found


def _settled(keys: Iterable[Key]) -> dict[Key, dict[str, Settled]]:
    found: dict[Key, dict[str, Settled]] = defaultdict(dict)
    rows = Dispute.objects.filter(_of(keys), settled_at__isnull=False).exclude(chosen="").order_by("settled_at", "pk")
    for row in rows:
        found[row.party_id, row.year][row.field] = Settled(row.values, row.chosen)
    return found


def _keep_disputes(merged: Mapping[Key, Merged], shared: Sequence[Key], outcome: Outcome, now: datetime) -> None:
    """Open what is newly disputed, bring open ones up to date, end those on which sources have come to agree."""
    open_now = {(d.party_id, d.year, d.field): d for d in Dispute.objects.filter(_of(merged), settled_at=None)}
    fresh = []
    for key in shared:
        for name, values in merged[key].disputed.items():
            there = open_now.pop((*key, name), None)
            if there is None:
                fresh.append(Dispute(party_id=key[0], year=key[1], field=name, values=values, opened_at=now))
            elif there.values != values:
                there.values = values
                there.save(update_fields=["values"])
    outcome.opened += Dispute.objects.bulk_create(fresh, batch_size=1000)
    for gone in open_now.values():
        gone.settled_at = now
        gone.save(update_fields=["settled_at"])
        outcome.ended.append(gone)

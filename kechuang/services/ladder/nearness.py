"""下一步 nearness: which enterprises are nearest to their next rung, found in one batch; the page's rows explained."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

import polars as pl

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.dossier.queries import facts_frame, facts_of_many
from kechuang.core.dossier.queries import in_force as blocking
from kechuang.core.parties.access import supervises
from kechuang.core.parties.models import Party
from kechuang.core.tiers.ladder import Rung, ladder
from kechuang.core.tiers.queries import pack_on
from kechuang.kit.rules.batch import decide_all
from kechuang.kit.rules.packs import Pack
from kechuang.services.ladder.certificates import held_by
from kechuang.services.ladder.standing import Gap, gap_of

READY, CLOSE = "ready", "close"
STATES = (READY, CLOSE)
COLUMNS = {"party": pl.Int64, "rung": pl.String, "result": pl.Boolean, "failed": pl.Int64, "missing": pl.Int64}
COLUMNS |= {"short": pl.Int64}


@dataclass(frozen=True)
class Wanted:
    """筛选: as the address has it."""

    rung: str = ""
    district: str = ""
    industry: str = ""
    state: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Wanted":
        """The filters of an address."""
        plain = {n: str(given.get(n, "")).replace("\0", "").strip()[:60] for n in ("rung", "district", "industry")}
        state = given.get("state", "")
        return cls(**plain, state=state if state in STATES else "")


@dataclass(frozen=True)
class Near:
    """一家: its next rung, how many steps are between, what they are."""

    party: Party
    rung: Rung
    held: Sequence[Rung]
    steps: int
    gap: Gap
    blocked: bool


def measured(rung: Rung, frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """For each row of a frame of facts how far it is from a rung: conditions that fail, facts missing, points short.

    Facts that experts give, which no file holds, are not counted as missing.
    """
    pack = pack_on(rung, on)
    if pack is None or frame.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    decided = decide_all(pack, frame, on=on, detail=True)
    conditions = [f"c.{f.code}" for f in pack.conditions]
    ways, short = _ways(pack, decided, on)
    needed = [code for code in sorted(pack.needed) if code in asked_codes() and code in frame.columns]
    empty = pl.sum_horizontal([pl.col(code).is_null() for code in needed]) if needed else pl.lit(0)
    table = pl.concat([frame.select("party", *needed), decided], how="horizontal")
    unmet = (~pl.col("result")).fill_null(value=False)
    failed = pl.sum_horizontal([(~pl.col(code)).fill_null(value=False) for code in conditions] or [pl.lit(0)])
    open_ = pl.any_horizontal([pl.col(code).is_null() for code in conditions] or [pl.lit(value=False)]) | ways.is_null()
    return table.select(
        pl.col("party"),
        pl.lit(rung.code).alias("rung"),
        pl.col("result"),
        pl.max_horizontal(failed + (~ways).fill_null(value=False), unmet).cast(pl.Int64).alias("failed"),
        pl.when(open_).then(empty).otherwise(0).cast(pl.Int64).alias("missing"),
        short.cast(pl.Int64).alias("short"),
    )


def _ways(pack: Pack, decided: pl.DataFrame, on: date) -> tuple[pl.Expr, pl.Expr]:
    """Whether the score or one of the routes is reached, and how many points the best case is short."""
    routes = [pl.col(f"c.{f.code}") for f in pack.routes]
    if pack.scoring is None:
        return (pl.any_horizontal(routes) if routes else pl.lit(value=True)), pl.lit(0)
    mark = Fraction(pack.values(on)[pack.scoring.passing])
    least = floor(mark) + 1 if pack.scoring.strict else ceil(mark)
    low, high = pl.col("low"), pl.col("high")
    scored = pl.when(low >= least).then(statement=True).when(high < least).then(statement=False).otherwise(None)
    return pl.any_horizontal([*routes, scored]), (pl.lit(least) - high).clip(lower_bound=0)


def distances(parties: Collection[int] | None, on: date, *, only: str = "") -> pl.DataFrame:
    """For each organisation (or each of ``parties``) the distance to its next rung, the nearest first."""
    frame = facts_frame(on, parties=parties)
    held = held_by(parties, on)
    above = {party: ladder().next_above(held.get(party, ())) for party in frame["party"].to_list()}
    found = []
    for rung in ladder().main:
        if only in ("", rung.code):
            mine = [party for party, following in above.items() if following == rung]
            found.append(measured(rung, frame.filter(pl.col("party").is_in(mine)), on))
    table = pl.concat(found) if found else pl.DataFrame(schema=COLUMNS)
    met = pl.col("result").fill_null(value=False)
    table = table.with_columns((pl.col("failed") + pl.col("missing")).alias("steps"), (~met).alias("open"))
    return table.sort("open", "steps", "failed", "short", "party")


def nearest(user: Any, wanted: Wanted, on: date) -> pl.DataFrame:
    """The enterprises in an officer's scope under the filters, the nearest to their next rung first."""
    rows = supervises.filter(user, Party.objects.filter(kind="enterprise"))
    if wanted.district:
        rows = rows.filter(district=wanted.district)
    if wanted.industry:
        rows = rows.filter(industries__contains=[wanted.industry])
    table = distances(list(rows.values_list("pk", flat=True)), on, only=wanted.rung)
    if wanted.state == READY:
        return table.filter(pl.col("steps") == 0)
    if wanted.state == CLOSE:
        return table.filter(pl.col("steps") == 1)
    return table


def explained(table: pl.DataFrame, on: date) -> list[Near]:
    """The rows of a page with what is between them and the rung."""
    numbers = table["party"].to_list()
    parties = Party.objects.in_bulk(numbers)
    facts, held = facts_of_many(numbers, on=on), held_by(numbers, on)
    stopped = set(IntegrityEntry.objects.filter(blocking(on), party__in=numbers).values_list("party_id", flat=True))
    found = []
    rules: dict[str, Pack | None] = {}
    for row in table.iter_rows(named=True):
        rung = ladder().rung(row["rung"])
        if rung is not None and rung.code not in rules:
            rules[rung.code] = pack_on(rung, on)
        party = parties[row["party"]]
        gap = gap_of(rules[rung.code], facts.get(party.pk, {}), party, on, own=False) if rung is not None else None
        if rung is not None and gap is not None:
            mine = [one for one in ladder().rungs if one.code in held.get(party.pk, ())]
            found.append(Near(party, rung, mine, row["steps"], gap, party.pk in stopped))
    return found

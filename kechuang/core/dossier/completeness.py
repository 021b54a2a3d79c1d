"""完整度 completeness: what share of the facts asked for is known. Nobody is asked about years before it existed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kechuang.core.dossier.facts import asked_codes, last_full_year
from kechuang.core.dossier.frame import YEARS, known_frame

# Known from the register of organisations or from the integrity records: nobody has to fill them in.
GIVEN = frozenset({"kind", "district", "no_misconduct"})


@dataclass(frozen=True)
class Completeness:
    """完整度: how many of the facts asked for are known, and the names of the others."""

    known: int
    asked: int
    missing: tuple[str, ...] = ()

    @property
    def percent(self) -> int:
        """The share in percent, 100 only when nothing is missing."""
        return 100 * self.known // self.asked if self.asked else 100


def asked_names(asked: Collection[str] | None = None) -> list[str]:
    """The names that count: those asked for, or all of the catalogue; without what the city knows by itself."""
    return [name for name in asked_codes() if name not in GIVEN and (asked is None or name in asked)]


def completeness(facts: Mapping[str, Any], *, on: date, asked: Collection[str] | None = None) -> Completeness:
    """How complete one file is on a date."""
    founded = facts.get("founded_on")
    last = last_full_year(on)
    names = [
        n for n in asked_names(asked) if not _before(founded, last - asked_codes()[n][1], asked_codes()[n][0].years)
    ]
    missing = tuple(n for n in names if n not in facts)
    return Completeness(len(names) - len(missing), len(names), missing)


def _before(founded: date | None, year: int, years: int) -> bool:
    return years > 0 and founded is not None and founded.year > year


def completeness_of_all(
    on: date, *, parties: Collection[int] | None = None, asked: Collection[str] | None = None
) -> pl.DataFrame:
    """``known``, ``asked`` and ``percent`` of every organisation (or of each of ``parties``) by its number."""
    names, last = asked_names(asked), last_full_year(on)
    of = [asked_codes()[name][1] if asked_codes()[name][0].years else None for name in names]
    known, applies = pl.col("known"), pl.lit(of.count(None))
    for ago in range(YEARS):
        there = (pl.col("founded_on").dt.year().fill_null(0) <= last - ago).cast(pl.Int64)
        known, applies = known + there * pl.col(f"known_{ago}"), applies + there * of.count(ago)
    found = known_frame(on, names, parties=parties).select("party", known=known, asked=applies)
    share = pl.when(pl.col("asked") > 0).then(100 * pl.col("known") // pl.col("asked")).otherwise(100)
    return found.with_columns(percent=share)

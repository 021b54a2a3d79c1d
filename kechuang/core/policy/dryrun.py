"""试算 dry run: what a version would do to all organisations beside the one in force: who gains, who loses, cost."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from kechuang.kit.rules.batch import decide_all
from kechuang.kit.rules.packs import Pack

# Size by staff; the steps of the technology SME rule's limit and of a small firm.
SIZES = ((20, "1-20"), (100, "21-100"), (300, "101-300"), (500, "301-500"))
SIZE_LABELS = (*(label for _most, label in SIZES), "500+")
MOST_NAMED = 200


def compare(new: Pack, old: Pack | None, frame: pl.DataFrame, *, on: date) -> dict[str, Any]:
    """Counts and cost (in fen) under both versions, in all, by district and by size, and who changes sides."""
    frame = frame.filter(_meant(new, frame))
    after = decide_all(new, frame, on=on)
    before = decide_all(old, frame, on=on) if old is not None else _nothing(after)
    sides = [before.select(pl.all().name.prefix("old_")), after.select(pl.all().name.prefix("new_"))]
    rows = pl.concat([frame.select("party", "district", _size(frame)), *sides], how="horizontal")
    gains = rows.filter(pl.col("new_result").fill_null(value=False) & ~pl.col("old_result").fill_null(value=False))
    loses = rows.filter(pl.col("old_result").fill_null(value=False) & ~pl.col("new_result").fill_null(value=False))
    return {
        "all": _totals(rows),
        "by_district": _by(rows, "district"),
        "by_size": _by(rows, "size"),
        "gains": gains["party"].head(MOST_NAMED).to_list(),
        "gain_count": gains.height,
        "loses": loses["party"].head(MOST_NAMED).to_list(),
        "lose_count": loses.height,
    }


def _nothing(after: pl.DataFrame) -> pl.DataFrame:
    """The result of no rule at all, in the same columns."""
    return pl.DataFrame({name: pl.Series([None] * after.height, dtype=kind) for name, kind in after.schema.items()})


def _meant(pack: Pack, frame: pl.DataFrame) -> pl.Expr:
    """The rows for which the pack is meant, as ``applies`` has it for one."""
    kinds, district = pack.about.get("applicants"), pack.about.get("district")
    meant = pl.lit(value=True)
    if kinds and "kind" in frame.columns:
        meant = meant & (pl.col("kind").is_null() | pl.col("kind").is_in(kinds))
    if district and "district" in frame.columns:
        meant = meant & (pl.col("district").is_null() | (pl.col("district") == district))
    return meant


def _size(frame: pl.DataFrame) -> pl.Expr:
    staff = pl.coalesce([pl.col(c) for c in ("staff_sme", "staff_hnte") if c in frame.columns] or [pl.lit(None)])
    sized = pl.lit("500+")
    for most, label in reversed(SIZES):
        sized = pl.when(staff <= most).then(pl.lit(label)).otherwise(sized)
    return pl.when(staff.is_null()).then(pl.lit("")).otherwise(sized).alias("size")


def _measures() -> list[pl.Expr]:
    found = []
    for side in ("old", "new"):
        result = pl.col(f"{side}_result")
        found += [
            result.fill_null(value=False).sum().alias(f"{side}_met"),
            (~result).fill_null(value=False).sum().alias(f"{side}_unmet"),
            result.is_null().sum().alias(f"{side}_unknown"),
            pl.col(f"{side}_amount").fill_null(0).sum().alias(f"{side}_cost"),
        ]
    return found


def _totals(rows: pl.DataFrame) -> Mapping[str, int]:
    return rows.select(pl.len().alias("rows"), *_measures()).to_dicts()[0]


def _by(rows: pl.DataFrame, column: str) -> dict[str, Mapping[str, int]]:
    grouped = rows.with_columns(pl.col(column).fill_null("")).group_by(column).agg(pl.len().alias("rows"), *_measures())
    return {row.pop(column): row for row in grouped.sort(column).to_dicts()}

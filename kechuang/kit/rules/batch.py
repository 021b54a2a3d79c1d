"""批量计算 batch: one pack over all enterprises at once: who meets it, who not, for whom it cannot be told. Pure.

The same definition as ``explain``, compiled to Polars; both agree on every row: the tests check it with random facts.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import Any

import polars as pl

from kechuang.kit.rules.columns import FEN_PER_YUAN, ROUNDED, WHOLE, Cell, Columns
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.expressions import Kind
from kechuang.kit.rules.packs import Band, Item, Option, Pack, formulas
from kechuang.kit.rules.parts import PARAMETER_KINDS
from kechuang.kit.rules.values import Missing, Undefined

DTYPES: Mapping[Kind, Any] = {
    Kind.NUMBER: pl.Float64(),
    Kind.MONEY: pl.Int64(),
    Kind.BOOL: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.TERM: pl.String(),
}
POINTS = pl.Int16
VALUES, WAYS, ITEMS, BLOCKS, TOTAL = range(5)  # the stages of a score, each computed from the one before
SAFE = 2**51  # up to here twice the parts and some more are exact in floating point
NARROW = (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Float32)


@dataclass(frozen=True)
class _Range:
    """Points from low to high; one and the same column where nothing is open."""

    low: pl.Expr
    high: pl.Expr


def decide_all(pack: Pack, frame: pl.DataFrame, *, on: date, detail: bool = False) -> pl.DataFrame:
    """The result of every row, in the order of ``frame``.

    ``frame``: a column per fact code; money in fen (Int64), days as Date; null or no column: not known; a column
    ``used`` (fen) is what already counts against the cap. Gives ``result`` (null: cannot be told), ``low`` and ``high``
    points, ``amount`` in fen where it is met, ``rank`` where only the first are paid; with ``detail`` a column
    ``c.<code>`` for each condition and route and ``i.<code>`` for the least points of each item.
    """
    if not pack.in_force(on):
        nothing = {"result": pl.Boolean, "low": pl.Int32, "high": pl.Int32, "amount": pl.Int64}
        return pl.DataFrame({name: pl.Series([None] * frame.height, dtype=kind) for name, kind in nothing.items()})
    facts = _with_all(pack, frame)
    columns = _columns(pack, facts, on)
    wanted = _outcome(pack, columns, detail=detail)
    close = pl.any_horizontal(columns.close).fill_null(value=False) if columns.close else pl.lit(value=False)
    ranking = pack.benefit.ranking if pack.benefit is not None else None
    by = columns.cell(ranking.by.expression).value if ranking is not None else pl.lit(None)
    wanted |= {"close": close, "by": by}
    found = columns.staged(facts.lazy()).select(e.alias(name) for name, e in wanted.items()).collect()
    decided = _made_exact(pack, facts, found.drop("by"), on)
    return decided if ranking is None else _ranked(decided, found["by"], int(columns.parameters[ranking.first]))


def _with_all(pack: Pack, frame: pl.DataFrame) -> pl.DataFrame:
    absent = [code for code in pack.needed if code not in frame.columns]
    narrow = [name for name in pack.needed if frame.schema.get(name) in NARROW]
    frame = frame.with_columns(pl.col(narrow).cast(pl.Int64)) if narrow else frame
    if "used" not in frame.columns:
        frame = frame.with_columns(pl.lit(0, dtype=pl.Int64).alias("used"))
    return frame.with_columns(pl.lit(None, dtype=DTYPES[pack.facts[code].kind]).alias(code) for code in absent)


def _columns(pack: Pack, frame: pl.DataFrame, on: date) -> Columns:
    kinds = {code: fact.kind for code, fact in pack.facts.items()}
    gaps = {code for code in pack.needed if frame[code].null_count()}
    for definition in pack.definitions:
        kinds[definition.code] = definition.expression.kind
        if definition.expression.names & gaps:
            gaps.add(definition.code)
    parameter_kinds = {n: PARAMETER_KINDS[p.kind] for n, p in pack.parameters.items() if p.kind in PARAMETER_KINDS}
    divisors = {node.id for f in formulas(pack) for node in f.expression.divisors if node.id in pack.facts}
    nonzero = frozenset(code for code in divisors if not (frame[code] == 0).any())
    columns = Columns(kinds, pack.values(on), parameter_kinds, on, frozenset(gaps), nonzero)
    for before, definition in enumerate(pack.definitions):
        cell = columns.cell(definition.expression)
        kept = columns.keep(cell.value, before - len(pack.definitions))
        columns.definitions[definition.code] = replace(cell, value=kept)
    return columns


def _outcome(pack: Pack, columns: Columns, *, detail: bool) -> dict[str, pl.Expr]:
    """The columns of the result, by name."""
    conditions = {f"c.{f.code}": columns.cell(f.expression).value for f in pack.conditions}
    routes = {f"c.{f.code}": columns.cell(f.expression).value for f in pack.routes}
    points: dict[str, _Range] = {}
    ways = list(routes.values())
    wanted: dict[str, pl.Expr] = {}
    if pack.scoring is not None:
        points = {item.code: _kept(columns, _points(item, columns), ITEMS) for item in pack.scoring.items}
        total, truth = _score(pack, points, columns)
        wanted |= {"low": total.low.cast(pl.Int32), "high": total.high.cast(pl.Int32)}
        ways.append(truth)
    else:
        wanted |= {"low": pl.lit(None, dtype=pl.Int32), "high": pl.lit(None, dtype=pl.Int32)}
    parts = [*conditions.values(), *([reduce(or_, ways)] if ways else [])]
    result = reduce(and_, parts)
    wanted = {"result": result, **wanted, "amount": _amount(pack, columns, result)}
    if detail:
        wanted |= conditions | routes | {f"i.{code}": one.low for code, one in points.items()}
    return wanted


def _points(item: Item, columns: Columns) -> _Range:
    if item.given:
        given = pl.col(item.given).clip(upper_bound=item.most).cast(POINTS)
        if item.given not in columns.nullable:
            return _Range(given, given)
        return _Range(given.fill_null(0), given.fill_null(item.most))
    ways = [_way(option, columns) for option in item.options]
    if len(ways) == 1:
        return ways[0][0]
    if all(undefined is None for _points_, undefined in ways):
        low, high = pl.max_horizontal([w.low for w, _u in ways]), pl.max_horizontal([w.high for w, _u in ways])
        return _Range(low, low if all(w.low is w.high for w, _u in ways) else high)
    highs = [w.high if u is None else pl.when(~u).then(w.high).otherwise(None) for w, u in ways]
    low, high = pl.max_horizontal([w.low for w, _u in ways]), pl.max_horizontal(highs)
    if all(u is not None for _w, u in ways):
        high = pl.coalesce(high, pl.max_horizontal([w.high for w, _u in ways]))
    return _Range(low, high)


def _way(option: Option, columns: Columns) -> tuple[_Range, pl.Expr | None]:
    """The points of one option, and where it cannot be computed whatever the facts."""
    cell = columns.cell(option.formula.expression)
    if not isinstance(option.formula.expression.node, ast.Name):
        cell = replace(cell, value=columns.keep(cell.value, VALUES))
    bands: tuple[Band, ...] = columns.parameters[option.bands]
    scale = FEN_PER_YUAN if option.formula.expression.kind is Kind.MONEY else 1
    if cell.exactness > ROUNDED:
        for band in bands:
            if band.bound is not None:
                columns.close.append(_near(cell.value, float(band.bound * scale)))
    low = columns.keep(_banded(cell, bands, scale, high=False), WAYS)
    flat = all(band.low == band.high for band in bands)
    open_ = cell.undefined is not None or columns.open_in(option.formula.expression)
    high = low if flat else columns.keep(_banded(cell, bands, scale, high=True), WAYS)
    if not open_:
        return _Range(low, high), None
    # Where there is no value no band takes it and the rest remains, which usually has the fewest points.
    known, least, most = cell.value.is_not_null(), min(b.low for b in bands), max(b.high for b in bands)
    if bands[-1].low != least:
        low = pl.when(known).then(low).otherwise(pl.lit(least, dtype=POINTS))
    return _Range(low, pl.when(known).then(high).otherwise(pl.lit(most, dtype=POINTS))), cell.undefined


def _near(value: pl.Expr, bound: float) -> pl.Expr:
    return (value >= bound - 1e-9) & (value <= bound + 1e-9)


def _banded(cell: Cell, bands: tuple[Band, ...], scale: int, *, high: bool) -> pl.Expr:
    rest = next(band for band in bands if band.bound is None)
    points = pl.lit(rest.high if high else rest.low, dtype=POINTS)
    for band in reversed([b for b in bands if b.bound is not None]):
        number = (band.bound or Fraction(0)) * scale
        bound = pl.lit(int(number) if number.denominator == 1 else float(number))
        above = cell.value > bound if band.open else cell.value >= bound
        points = pl.when(above).then(pl.lit(band.high if high else band.low, dtype=POINTS)).otherwise(points)
    return points


def _score(pack: Pack, points: Mapping[str, _Range], columns: Columns) -> tuple[_Range, pl.Expr]:
    scoring = pack.scoring
    assert scoring is not None
    blocks = {}
    for code, block in scoring.blocks.items():
        inside = [points[item.code] for item in scoring.items if item.block == code]
        blocks[code] = _kept(columns, _capped(_sum(inside), block.most), BLOCKS)
    total = _sum([points[item.code] for item in scoring.items if not item.block] + list(blocks.values()))
    total = _kept(columns, total, TOTAL)
    mark = Fraction(columns.parameters[scoring.passing])
    needs = [_reaches(total, floor(mark) + 1 if scoring.strict else ceil(mark))]
    needs += [_reaches(blocks[code], b.least) for code, b in scoring.blocks.items() if b.least]
    needs += [_reaches(points[item.code], 1) for item in scoring.items if item.nonzero]
    return total, reduce(and_, needs)


def _kept(columns: Columns, one: _Range, stage: int) -> _Range:
    low = columns.keep(one.low, stage)
    return _Range(low, low if one.low is one.high else columns.keep(one.high, stage))


def _sum(ranges: list[_Range]) -> _Range:
    low, high = ranges[0].low, ranges[0].high
    exact = low is high
    for one in ranges[1:]:
        exact = exact and one.low is one.high
        low, high = low + one.low, high + one.high
    return _Range(low, low if exact else high)


def _capped(one: _Range, most: int) -> _Range:
    low = one.low.clip(upper_bound=most)
    return _Range(low, low if one.low is one.high else one.high.clip(upper_bound=most))


def _reaches(one: _Range, least: int) -> pl.Expr:
    enough = one.low >= least
    if one.low is one.high:
        return enough
    return pl.when(enough).then(statement=True).when(one.high < least).then(statement=False).otherwise(None)


def _amount(pack: Pack, columns: Columns, result: pl.Expr) -> pl.Expr:
    if pack.benefit is None:
        return pl.lit(None, dtype=pl.Int64)
    cell = columns.cell(pack.benefit.formula.expression)
    value = cell.value
    if cell.counted is not None:
        parts, fine = cell.counted
        columns.close.append(parts.abs() >= SAFE)
        value = ((parts * 2 + fine) / (2 * fine)).floor()
    elif cell.exactness > WHOLE:
        part = value - value.floor()
        columns.close.append((part - 0.5).abs() <= 1e-6 + value.abs() * 1e-13)
        value = (value + 0.5).floor()
    value = value.cast(pl.Int64).clip(lower_bound=0)
    if pack.benefit.cap:
        cap = int(columns.parameters[pack.benefit.cap] * FEN_PER_YUAN)
        left = (pl.lit(cap, dtype=pl.Int64) - pl.col("used").fill_null(0)).clip(lower_bound=0)
        value = pl.when(value < left).then(value).otherwise(left)
    return pl.when(result & cell.value.is_not_null()).then(value).otherwise(None)


def _made_exact(pack: Pack, facts: pl.DataFrame, found: pl.DataFrame, on: date) -> pl.DataFrame:
    """The rows that were too close to call, decided one by one in exact numbers."""
    rows = found["close"].arg_true()
    found = found.drop("close")
    if rows.is_empty():
        return found
    exact = pl.DataFrame(
        [_exact_row(pack, row, on, found.columns) for row in facts[rows].iter_rows(named=True)], schema=found.schema
    )
    at = pl.DataFrame({"row": rows.cast(pl.UInt32)}).hstack(exact)
    return found.with_row_index("row").update(at, on="row", include_nulls=True).drop("row")


def _exact_row(pack: Pack, row: Mapping[str, Any], on: date, names: list[str]) -> dict[str, Any]:
    used = Decimal(row.get("used") or 0) / FEN_PER_YUAN
    verdict = explain(pack, row_facts(pack, row), on=on, used=used, with_near=False)
    values: dict[str, Any] = {f"c.{f.formula.code}": f.truth for f in (*verdict.conditions, *verdict.routes)}
    values["result"] = verdict.truth
    if verdict.score is not None:
        values |= {"low": verdict.score.low, "high": verdict.score.high}
        values |= {f"i.{points.item.code}": points.low for points in verdict.score.items}
    if verdict.amount is not None:
        values["amount"] = int(verdict.amount.payable * FEN_PER_YUAN)
    return {name: None if isinstance(values.get(name), Missing | Undefined) else values.get(name) for name in names}


def row_facts(pack: Pack, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a frame as the facts that ``explain`` takes: money in yuan again, counts as whole numbers."""
    return dict(_converted(pack, row))


def _converted(pack: Pack, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for code, fact in pack.facts.items():
        value = row.get(code)
        if value is None:
            continue
        if fact.type == "money":
            yield code, Decimal(value) / FEN_PER_YUAN
        elif fact.type == "int":
            yield code, int(value)
        else:
            yield code, Decimal(repr(value)) if isinstance(value, float) else value


def _ranked(found: pl.DataFrame, by: pl.Series, first: int) -> pl.DataFrame:
    """With a limited number of winners: the rank of those who meet the conditions, and money for the first alone."""
    met = found["result"].fill_null(value=False)
    ranked = pl.DataFrame({"by": by, "met": met}).select(
        pl.when("met").then(pl.col("by")).otherwise(None).rank("min", descending=True).alias("rank")
    )
    return found.hstack(ranked).with_columns(
        pl.when(pl.col("rank") <= first).then(pl.col("amount")).otherwise(None).alias("amount")
    )

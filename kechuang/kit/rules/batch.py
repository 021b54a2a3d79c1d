"""批量计算 batch: one pack over all enterprises at once: who meets it, who not, for whom it cannot be told. Pure.

The same definition as ``explain``, compiled to Polars; both agree on every row: the tests check it with random facts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from kechuang.kit.rules.columns import FEN_PER_YUAN, ROUNDED, WHOLE, Cell, Columns
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.expressions import Kind
from kechuang.kit.rules.packs import Band, Item, Option, Pack
from kechuang.kit.rules.parts import PARAMETER_KINDS
from kechuang.kit.rules.values import Missing, Undefined

DTYPES: Mapping[Kind, Any] = {
    Kind.NUMBER: pl.Float64(),
    Kind.MONEY: pl.Int64(),
    Kind.BOOL: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.TERM: pl.String(),
}


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
    found = facts.lazy().select(*[e.alias(name) for name, e in wanted.items()], close.alias("close")).collect()
    found = _made_exact(pack, facts, found, on)
    return _ranked(pack, columns, facts, found)


def _with_all(pack: Pack, frame: pl.DataFrame) -> pl.DataFrame:
    absent = [code for code in pack.needed if code not in frame.columns]
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
    columns = Columns(kinds, pack.values(on), parameter_kinds, on, frozenset(gaps))
    for definition in pack.definitions:
        columns.definitions[definition.code] = columns.cell(definition.expression)
    return columns


def _outcome(pack: Pack, columns: Columns, *, detail: bool) -> dict[str, pl.Expr]:
    """The columns of the result, by name."""
    conditions = {f"c.{f.code}": columns.cell(f.expression).value for f in pack.conditions}
    routes = {f"c.{f.code}": columns.cell(f.expression).value for f in pack.routes}
    points: dict[str, _Range] = {}
    ways = list(routes.values())
    wanted: dict[str, pl.Expr] = {}
    if pack.scoring is not None:
        points = {item.code: _points(item, columns) for item in pack.scoring.items}
        total, truth = _score(pack, points, columns)
        wanted |= {"low": total.low.cast(pl.Int32), "high": total.high.cast(pl.Int32)}
        ways.append(truth)
    else:
        wanted |= {"low": pl.lit(None, dtype=pl.Int32), "high": pl.lit(None, dtype=pl.Int32)}
    parts = [*conditions.values(), *([_any(ways)] if ways else [])]
    result = _all(parts)
    wanted = {"result": result, **wanted, "amount": _amount(pack, columns, result)}
    if detail:
        wanted |= conditions | routes | {f"i.{code}": one.low for code, one in points.items()}
    return wanted


def _all(parts: list[pl.Expr]) -> pl.Expr:
    result = parts[0]
    for part in parts[1:]:
        result = result & part
    return result


def _any(parts: list[pl.Expr]) -> pl.Expr:
    result = parts[0]
    for part in parts[1:]:
        result = result | part
    return result


def _points(item: Item, columns: Columns) -> _Range:
    if item.given:
        given = pl.min_horizontal(pl.col(item.given).cast(pl.Int32), pl.lit(item.most, dtype=pl.Int32))
        known = pl.col(item.given).is_not_null()
        if item.given not in columns.nullable:
            return _Range(given, given)
        return _Range(pl.when(known).then(given).otherwise(0), pl.when(known).then(given).otherwise(item.most))
    ways = [_way(option, columns) for option in item.options]
    if len(ways) == 1:
        return ways[0][0]
    if all(undefined is None for _points_, undefined in ways):
        low, high = pl.max_horizontal([w.low for w, _u in ways]), pl.max_horizontal([w.high for w, _u in ways])
        return _Range(low, low if all(w.low is w.high for w, _u in ways) else high)
    lows = [w.low if u is None else pl.when(~u).then(w.low).otherwise(None) for w, u in ways]
    highs = [w.high if u is None else pl.when(~u).then(w.high).otherwise(None) for w, u in ways]
    anyway = [pl.max_horizontal([w.low for w, _u in ways]), pl.max_horizontal([w.high for w, _u in ways])]
    return _Range(pl.coalesce(pl.max_horizontal(lows), anyway[0]), pl.coalesce(pl.max_horizontal(highs), anyway[1]))


def _way(option: Option, columns: Columns) -> tuple[_Range, pl.Expr | None]:
    """The points of one option, and where it cannot be computed whatever the facts."""
    cell = columns.cell(option.formula.expression)
    bands: tuple[Band, ...] = columns.parameters[option.bands]
    scale = FEN_PER_YUAN if option.formula.expression.kind is Kind.MONEY else 1
    if cell.exactness > ROUNDED:
        for band in bands:
            if band.bound is not None:
                columns.close.append((cell.value - float(band.bound * scale)).abs() <= 1e-9)
    low = _banded(cell, bands, scale, high=False)
    flat = all(band.low == band.high for band in bands)
    open_ = cell.undefined is not None or columns.open_in(option.formula.expression)
    high = low if flat else _banded(cell, bands, scale, high=True)
    if not open_:
        return _Range(low, high), None
    known = cell.value.is_not_null()
    least, most = min(b.low for b in bands), max(b.high for b in bands)
    return _Range(pl.when(known).then(low).otherwise(least), pl.when(known).then(high).otherwise(most)), cell.undefined


def _banded(cell: Cell, bands: tuple[Band, ...], scale: int, *, high: bool) -> pl.Expr:
    rest = next(band for band in bands if band.bound is None)
    points = pl.lit(rest.high if high else rest.low, dtype=pl.Int32)
    for band in reversed([b for b in bands if b.bound is not None]):
        bound = pl.lit(float((band.bound or 0) * scale))
        above = cell.value > bound if band.open else cell.value >= bound
        points = pl.when(above).then(pl.lit(band.high if high else band.low, dtype=pl.Int32)).otherwise(points)
    return points


def _score(pack: Pack, points: Mapping[str, _Range], columns: Columns) -> tuple[_Range, pl.Expr]:
    scoring = pack.scoring
    assert scoring is not None
    blocks = {}
    for code, block in scoring.blocks.items():
        inside = [points[item.code] for item in scoring.items if item.block == code]
        blocks[code] = _capped(_sum(inside), block.most)
    total = _sum([points[item.code] for item in scoring.items if not item.block] + list(blocks.values()))
    mark = float(columns.parameters[scoring.passing])
    needs = [_reaches(total, mark, strict=scoring.strict)]
    needs += [_reaches(blocks[code], b.least, strict=False) for code, b in scoring.blocks.items() if b.least]
    needs += [_reaches(points[item.code], 0, strict=True) for item in scoring.items if item.nonzero]
    return total, _all(needs)


def _sum(ranges: list[_Range]) -> _Range:
    low, high = ranges[0].low, ranges[0].high
    exact = low is high
    for one in ranges[1:]:
        exact = exact and one.low is one.high
        low, high = low + one.low, high + one.high
    return _Range(low, low if exact else high)


def _capped(one: _Range, most: int) -> _Range:
    low = pl.min_horizontal(one.low, pl.lit(most, dtype=pl.Int32))
    return _Range(low, low if one.low is one.high else pl.min_horizontal(one.high, pl.lit(most, dtype=pl.Int32)))


def _reaches(one: _Range, mark: float, *, strict: bool) -> pl.Expr:
    enough = one.low > mark if strict else one.low >= mark
    if one.low is one.high:
        return enough
    never = one.high <= mark if strict else one.high < mark
    return pl.when(enough).then(statement=True).when(never).then(statement=False).otherwise(None)


def _amount(pack: Pack, columns: Columns, result: pl.Expr) -> pl.Expr:
    if pack.benefit is None:
        return pl.lit(None, dtype=pl.Int64)
    cell = columns.cell(pack.benefit.formula.expression)
    value = cell.value
    if cell.exactness > WHOLE:
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


def _ranked(pack: Pack, columns: Columns, facts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """With a limited number of winners: the rank of those who meet the conditions, and money for the first alone."""
    ranking = pack.benefit.ranking if pack.benefit is not None else None
    if ranking is None:
        return found
    by = facts.lazy().select(columns.cell(ranking.by.expression).value.alias("by")).collect()["by"]
    met = found["result"].fill_null(value=False)
    ranked = pl.DataFrame({"by": by, "met": met}).select(
        pl.when("met").then(pl.col("by")).otherwise(None).rank("min", descending=True).alias("rank")
    )
    first = int(columns.parameters[ranking.first])
    return found.hstack(ranked).with_columns(
        pl.when(pl.col("rank") <= first).then(pl.col("amount")).otherwise(None).alias("amount")
    )

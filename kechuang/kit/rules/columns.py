"""按列计算 columns: a checked expression over all enterprises at once, as Polars expressions. Pure.

Money is counted in fen and days from 1970 on, so that facts and parameters are whole numbers, which floating point
holds exactly. Where a comparison could hang on the last bit of a quotient, the row is marked ``close`` and decided
exactly afterwards.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

import polars as pl

from kechuang.kit.rules.expressions import Expression, Kind

WHOLE, ROUNDED, ROUGH = 0, 1, 2
FEN_PER_YUAN = 100
EPOCH = date(1970, 1, 1).toordinal()
NEARLY = 1e-9
MOST_PARTS = 10_000  # of a fen, a person …: the finest fraction in which products with a rate are counted


@dataclass(frozen=True)
class Cell:
    """列: a Polars expression that is null where it cannot be told. ``undefined`` says where no fact would help.

    ``exactness``: WHOLE is a whole number or no number, ROUNDED one that was rounded once, ROUGH anything else.
    ``constant``: made of parameters alone. ``counted``: what a ROUGH value is exactly, as whole numbers of parts, and
    how many parts make one.
    """

    value: pl.Expr
    exactness: int = WHOLE
    undefined: pl.Expr | None = None
    constant: bool = False
    counted: tuple[pl.Expr, int] | None = None

    @property
    def parts(self) -> tuple[pl.Expr, int] | None:
        """The exact value in whole parts, if it has one."""
        return (self.value, 1) if self.exactness == WHOLE else self.counted


@dataclass
class Columns:
    """列环境: what the columns are, the parameters and the day; gathers where a comparison is too close to call.

    ``nullable`` names the columns with gaps; for the others no thought is given to missing facts. No row of those in
    ``nonzero`` is zero, so that one may divide by them. Whole numbers stay integers until they are divided.
    """

    kinds: Mapping[str, Kind]
    parameters: Mapping[str, Any]
    parameter_kinds: Mapping[str, Kind]
    on: date
    nullable: frozenset[str]
    nonzero: frozenset[str] = frozenset()
    definitions: dict[str, Cell] = field(default_factory=dict)
    close: list[pl.Expr] = field(default_factory=list)
    kept: dict[int, list[pl.Expr]] = field(default_factory=dict)

    def keep(self, value: pl.Expr, stage: int) -> pl.Expr:
        """A column that is computed once, in a stage of its own, and then read: Polars finds few repetitions itself."""
        name = f"={sum(map(len, self.kept.values()))}"
        self.kept.setdefault(stage, []).append(value.alias(name))
        return pl.col(name)

    def staged(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The frame with all that is kept."""
        for stage in sorted(self.kept):
            frame = frame.with_columns(self.kept[stage])
        return frame

    def cell(self, expression: Expression) -> Cell:
        """The column that an expression gives."""
        return self._build(expression.node)

    def _build(self, node: ast.expr) -> Cell:
        build: dict[type[ast.expr], Callable[[Any], Cell]] = {
            ast.Name: self._name,
            ast.Attribute: self._parameter,
            ast.Constant: self._constant,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }
        return build[type(node)](node)

    def open_in(self, expression: Expression) -> bool:
        """Whether some row may lack a fact that the expression needs."""
        return any(name in self.nullable for name in expression.names)

    # ---- leaves
    def _name(self, node: ast.Name) -> Cell:
        if node.id in ("true", "false"):
            return Cell(pl.lit(node.id == "true"), constant=True)
        if node.id == "on":
            return Cell(pl.lit(self.on.toordinal() - EPOCH), constant=True)
        if node.id in self.definitions:
            return self.definitions[node.id]
        column = pl.col(node.id)
        return Cell(column.cast(pl.Int32) if self.kinds[node.id] is Kind.DATE else column)

    def _parameter(self, node: ast.Attribute) -> Cell:
        value, kind = self.parameters[node.attr], self.parameter_kinds[node.attr]
        if kind is Kind.TERMS:
            return Cell(pl.lit(pl.Series(list(value))).implode(), constant=True)
        number = Fraction(value) * (FEN_PER_YUAN if kind is Kind.MONEY else 1)
        return _constant_cell(number)

    def _constant(self, node: ast.Constant) -> Cell:
        if isinstance(node.value, bool | str):
            return Cell(pl.lit(node.value), constant=True)
        return _constant_cell(Fraction(repr(node.value)))

    # ---- arithmetic
    def _arithmetic(self, node: ast.BinOp) -> Cell:
        left, right = self._build(node.left), self._build(node.right)
        constant = left.constant and right.constant
        whole = left.exactness == right.exactness == WHOLE
        undefined = _either(left.undefined, right.undefined)
        if isinstance(node.op, ast.Div):
            if isinstance(node.right, ast.Name) and node.right.id in self.nonzero:
                return Cell(left.value / right.value, ROUNDED if whole else ROUGH, undefined, constant)
            zero = (right.value == 0).fill_null(value=False)
            quotient = pl.when(right.value != 0).then(left.value / right.value).otherwise(None)
            return Cell(quotient, ROUNDED if whole else ROUGH, _either(undefined, zero), constant)
        do: dict[type[ast.operator], Callable[[Any, Any], pl.Expr]] = {
            ast.Add: lambda a, b: a + b,
            ast.Sub: lambda a, b: a - b,
            ast.Mult: lambda a, b: a.cast(pl.Float64) * b.cast(pl.Float64),
        }
        value = do[type(node.op)](left.value, right.value)
        counted = None if whole else _counted(node.op, left, right)
        return Cell(value, WHOLE if whole else ROUGH, undefined, constant, counted)

    def _unary(self, node: ast.UnaryOp) -> Cell:
        inner = self._build(node.operand)
        value = ~inner.value if isinstance(node.op, ast.Not) else -inner.value
        return Cell(value, inner.exactness, inner.undefined, inner.constant)

    # ---- truth
    def _logic(self, node: ast.BoolOp) -> Cell:
        parts = [self._build(part) for part in node.values]
        value = parts[0].value
        for part in parts[1:]:
            value = value & part.value if isinstance(node.op, ast.And) else value | part.value
        undefined = None
        for part in parts:
            undefined = _either(undefined, part.undefined)
        return Cell(value, WHOLE, None if undefined is None else undefined & value.is_null())

    def _compare(self, node: ast.Compare) -> Cell:
        left, right, op = self._build(node.left), self._build(node.comparators[0]), node.ops[0]
        undefined = _either(left.undefined, right.undefined)
        if isinstance(op, ast.In | ast.NotIn):
            inside = left.value.is_in(right.value)
            return Cell(inside if isinstance(op, ast.In) else ~inside, WHOLE, undefined)
        if not _certain(left, right):
            gap = (left.value - right.value).abs()
            size = pl.max_horizontal(left.value.abs(), right.value.abs(), pl.lit(1.0))
            self.close.append(gap <= size * NEARLY)
        do: dict[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
            ast.Lt: lambda a, b: a < b,
            ast.LtE: lambda a, b: a <= b,
            ast.Gt: lambda a, b: a > b,
            ast.GtE: lambda a, b: a >= b,
            ast.Eq: lambda a, b: a == b,
            ast.NotEq: lambda a, b: a != b,
        }
        return Cell(do[type(op)](left.value, right.value), WHOLE, undefined)

    def _choice(self, node: ast.IfExp) -> Cell:
        test, body, other = self._build(node.test), self._build(node.body), self._build(node.orelse)
        value = pl.when(test.value).then(body.value).when(~test.value).then(other.value).otherwise(None)
        undefined = test.undefined
        if body.undefined is not None:
            undefined = _either(undefined, test.value.fill_null(value=False) & body.undefined)
        if other.undefined is not None:
            undefined = _either(undefined, (~test.value).fill_null(value=False) & other.undefined)
        return Cell(value, max(body.exactness, other.exactness), undefined, body.constant and other.constant)

    def _call(self, node: ast.Call) -> Cell:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "manual":
            return Cell(pl.lit(None, dtype=pl.Float64), WHOLE, pl.lit(value=True), constant=True)
        parts = [self._build(argument) for argument in node.args]
        if name == "years":
            return Cell(_whole_years(parts[0].value, self.on if _is_today(node.args[1]) else parts[1].value))
        values, undefined = [p.value for p in parts], None
        known = pl.all_horizontal([v.is_not_null() for v in values])
        for part in parts:
            undefined = _either(undefined, part.undefined)
        best = pl.min_horizontal(values) if name == "min" else pl.max_horizontal(values)
        value = pl.when(known).then(best).otherwise(None)
        return Cell(value, max(p.exactness for p in parts), undefined, all(p.constant for p in parts))


def _constant_cell(number: Fraction) -> Cell:
    if number.denominator == 1:
        return Cell(pl.lit(int(number)), WHOLE, constant=True)
    fine = number.denominator <= MOST_PARTS
    parts = (pl.lit(number.numerator), number.denominator) if fine else None
    return Cell(pl.lit(float(number)), ROUNDED, constant=True, counted=parts)


def _counted(op: ast.operator, left: Cell, right: Cell) -> tuple[pl.Expr, int] | None:
    """A sum, difference or product in whole parts, if both sides are and the parts do not become too fine."""
    if left.parts is None or right.parts is None:
        return None
    (a, fine_a), (b, fine_b) = left.parts, right.parts
    fine = fine_a * fine_b if isinstance(op, ast.Mult) else lcm(fine_a, fine_b)
    if fine > MOST_PARTS:
        return None
    if isinstance(op, ast.Mult):
        return a.cast(pl.Float64) * b, fine
    a, b = a * (fine // fine_a), b * (fine // fine_b)
    return (a + b if isinstance(op, ast.Add) else a - b), fine


def _is_today(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "on"


def _either(left: pl.Expr | None, right: pl.Expr | None) -> pl.Expr | None:
    return right if left is None else left if right is None else left | right


def _certain(left: Cell, right: Cell) -> bool:
    """Whether comparing the rounded values is the same as comparing the exact ones.

    Whole numbers are exact. A quotient of whole numbers below 2^53 and a decimal constant are each rounded to the
    nearest; if they differ, they differ by more than a rounding, and if they are equal, they round alike.
    """
    if left.exactness == right.exactness == WHOLE:
        return True
    return max(left.exactness, right.exactness) == ROUNDED and (left.constant or right.constant)


def _whole_years(since: pl.Expr, until: pl.Expr | date) -> pl.Expr:
    a = since.cast(pl.Date).dt
    if isinstance(until, date):
        turned = a.month().cast(pl.Int16) * 32 + a.day().cast(pl.Int16) > until.month * 32 + until.day
        return pl.lit(until.year, dtype=pl.Int32) - a.year() - turned.cast(pl.Int32)
    b = until.cast(pl.Int32).cast(pl.Date).dt
    early = b.month().cast(pl.Int32) * 100 + b.day() < a.month().cast(pl.Int32) * 100 + a.day()
    return b.year() - a.year() - early.cast(pl.Int32)

"""精确计算 exact: a checked expression as a function of one case, in exact rational numbers. Pure."""

import ast
import operator
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.expressions import Expression
from kechuang.kit.rules.values import Missing, Scope, Undefined, Value, all_of, any_of, merged

Run = Callable[[Scope], Value]
ZERO = Undefined("zero")
MANUAL = Undefined("manual")


def compiled(expression: Expression) -> Run:
    """The expression as a function of a scope: facts and definitions by name, parameters as ``p.name``, ``on``."""
    return _build(expression.node)


def _build(node: ast.expr) -> Run:
    return _BUILDERS[type(node)](node)


def _name(node: ast.Name) -> Run:
    if node.id in ("true", "false"):
        truth = node.id == "true"
        return lambda _scope: truth
    name, missing = node.id, Missing(frozenset({node.id}))

    def read(scope: Scope) -> Value:
        value = scope.get(name)
        return missing if value is None else value

    return read


def _parameter(node: ast.Attribute) -> Run:
    name = f"p.{node.attr}"
    return lambda scope: scope[name]


def _constant(node: ast.Constant) -> Run:
    value: Any = Fraction(repr(node.value)) if isinstance(node.value, float) else node.value
    return lambda _scope: value


def _divide(left: Any, right: Any) -> Value:
    return ZERO if right == 0 else Fraction(left) / right


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
}


def _binary(left: Run, right: Run, do: Callable[[Any, Any], Value]) -> Run:
    def run(scope: Scope) -> Value:
        a, b = left(scope), right(scope)
        if isinstance(a, Missing | Undefined) or isinstance(b, Missing | Undefined):
            return ZERO if do is _divide and b == 0 and not isinstance(a, Undefined) else merged(a, b)
        return do(a, b)

    return run


def _arithmetic(node: ast.BinOp) -> Run:
    return _binary(_build(node.left), _build(node.right), _ARITHMETIC[type(node.op)])


def _unary(node: ast.UnaryOp) -> Run:
    inner = _build(node.operand)
    do: Callable[[Any], Value] = operator.not_ if isinstance(node.op, ast.Not) else operator.neg

    def run(scope: Scope) -> Value:
        value = inner(scope)
        return value if isinstance(value, Missing | Undefined) else do(value)

    return run


def _logic(node: ast.BoolOp) -> Run:
    parts = [_build(part) for part in node.values]
    together: Callable[[Any], Value] = all_of if isinstance(node.op, ast.And) else any_of
    return lambda scope: together([part(scope) for part in parts])


_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


def _compare(node: ast.Compare) -> Run:
    return _binary(_build(node.left), _build(node.comparators[0]), _COMPARISONS[type(node.ops[0])])


def _choice(node: ast.IfExp) -> Run:
    test, body, other = _build(node.test), _build(node.body), _build(node.orelse)

    def run(scope: Scope) -> Value:
        which = test(scope)
        if isinstance(which, Missing | Undefined):
            return which
        return body(scope) if which else other(scope)

    return run


def whole_years(since: int | Fraction, until: int | Fraction) -> int:
    """Completed years between two days (ordinals), as birthdays count them; within a day, the day itself counts."""
    a, b = date.fromordinal(int(since)), date.fromordinal(int(until))
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def _call(node: ast.Call) -> Run:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "manual":
        return lambda _scope: MANUAL
    arguments = [_build(argument) for argument in node.args]
    known: dict[str, Callable[..., Any]] = {"min": min, "max": max, "years": whole_years}
    do: Callable[..., Value] = known[name]

    def run(scope: Scope) -> Value:
        values = [argument(scope) for argument in arguments]
        if any(isinstance(v, Missing | Undefined) for v in values):
            return merged(*values)
        return do(*values)

    return run


_BUILDERS: dict[type[ast.expr], Callable[[Any], Run]] = {
    ast.Name: _name,
    ast.Attribute: _parameter,
    ast.Constant: _constant,
    ast.BinOp: _arithmetic,
    ast.UnaryOp: _unary,
    ast.BoolOp: _logic,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Call: _call,
}

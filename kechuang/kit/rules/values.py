"""值 values: what an expression gives: a number, a truth, a code, or that it cannot be told and why. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Missing:
    """缺事实: cannot be told until these facts are there."""

    facts: frozenset[str]


@dataclass(frozen=True)
class Undefined:
    """无法计算: no fact that is missing would help; ``why`` is ``zero`` (a zero denominator) or ``manual``."""

    why: str


Open = Missing | Undefined
Value = int | Fraction | bool | str | Missing | Undefined
Scope = Mapping[str, Any]
Truth = bool | Missing | Undefined


def merged(*values: Value) -> Missing | Undefined:
    """What cannot be told because one of these cannot; what facts cannot cure comes first."""
    for value in values:
        if isinstance(value, Undefined):
            return value
    return Missing(frozenset().union(*(v.facts for v in values if isinstance(v, Missing))))


def all_of(values: list[Truth]) -> Truth:
    """And, in three values: one failure decides, else what is open stays open."""
    if any(v is False for v in values):
        return False
    unsure = [v for v in values if not isinstance(v, bool)]
    return merged(*unsure) if unsure else True


def any_of(values: list[Truth]) -> Truth:
    """Or, in three values."""
    if any(v is True for v in values):
        return True
    unsure = [v for v in values if not isinstance(v, bool)]
    return merged(*unsure) if unsure else False


def exact(value: Any) -> int | Fraction | bool | str:
    """A fact or parameter as expressions compute with it: exact numbers, days as their ordinal."""
    if isinstance(value, bool | str | int | Fraction):
        return value
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, float):
        return Fraction(repr(value))
    raise TypeError(f"{value!r} is no value of a rule")

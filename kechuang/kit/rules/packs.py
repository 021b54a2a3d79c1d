"""规则包 packs: one policy's rules as data: dated parameters, conditions, score, benefit, worked examples. Pure."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any

from kechuang.kit.rules.exact import Run
from kechuang.kit.rules.expressions import Expression
from kechuang.kit.rules.facts import Fact

# text: words only, nothing is computed.
PACK_KINDS = ("qualification", "benefit", "scorecard", "list", "text")
CAP_SCOPES = ("item", "entity-year", "total")


@dataclass(frozen=True)
class Band:
    """分档: from ``bound`` on (``open``: above it) the points ``low`` to ``high``; without bound, all the rest."""

    bound: Fraction | None
    open: bool
    low: int
    high: int

    def takes(self, value: Any) -> bool:
        """Whether a value falls into this band or a higher one."""
        return self.bound is None or (value > self.bound if self.open else value >= self.bound)


@dataclass(frozen=True)
class Parameter:
    """参数: what a decree sets: a number, a sum, a list of codes or bands, each from a day on, with its source."""

    name: str
    label: str
    kind: str  # number, ratio, money, terms, bands
    unit: str
    source: str
    text_status: str
    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """The value in force on a day; None before the first."""
        found = [value for since, value in self.values if since <= day]
        return found[-1] if found else None

    def since(self, day: date) -> date | None:
        """The day from which the value in force on ``day`` holds."""
        found = [since for since, _value in self.values if since <= day]
        return found[-1] if found else None


@dataclass(frozen=True)
class Formula:
    """算式: a named expression with its words: a definition, a condition, or one way to a score."""

    code: str
    label: str
    expression: Expression
    run: Run
    clause: str = ""
    quote: str = ""
    unit: str = ""
    label_en: str = ""


@dataclass(frozen=True)
class Option:
    """取分方式: a value and the bands (a parameter) that turn it into points."""

    formula: Formula
    bands: str


@dataclass(frozen=True)
class Item:
    """指标: points by the best of its options, or as experts give them (``given`` is their fact)."""

    code: str
    label: str
    most: int
    options: tuple[Option, ...] = ()
    given: str = ""
    block: str = ""
    nonzero: bool = False
    clause: str = ""
    label_en: str = ""


@dataclass(frozen=True)
class Block:
    """一级指标: items together, capped at ``most``; ``least`` points are needed in it."""

    code: str
    label: str
    most: int
    least: int = 0


@dataclass(frozen=True)
class Scoring:
    """评分: the items, their blocks, and the parameter that holds the pass mark (``strict``: above it)."""

    items: tuple[Item, ...]
    blocks: Mapping[str, Block]
    passing: str
    strict: bool = False


@dataclass(frozen=True)
class Ranking:
    """择优: only the ``first`` (a parameter) by a value, of all who meet the conditions."""

    by: Formula
    first: str


@dataclass(frozen=True)
class Benefit:
    """政策兑现: what is paid: a formula in yuan, capped by a parameter per item, entity and year, or in total.

    ``group`` names the exclusion group 就高不重复. ``automatic``: may be given without application 免申即享.
    """

    kind: str
    formula: Formula
    cap: str = ""
    cap_scope: str = "item"
    group: str = ""
    automatic: bool = False
    ranking: Ranking | None = None


@dataclass(frozen=True)
class Example:
    """算例: facts on a day and what must come out; an officer can read it."""

    name: str
    on: date
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True)
class Pack:
    """规则包: see the module. ``digest`` identifies its text; ``about`` holds words that compute nothing."""

    code: str
    title: str
    kind: str
    basis: str
    authority: str
    text_status: str
    effective_from: date
    effective_to: date | None
    digest: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    definitions: tuple[Formula, ...] = ()
    conditions: tuple[Formula, ...] = ()
    routes: tuple[Formula, ...] = ()
    scoring: Scoring | None = None
    benefit: Benefit | None = None
    examples: tuple[Example, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, day: date) -> bool:
        """Whether the rules apply on a day; the last day is excluded."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The facts that any formula names, definitions followed."""
        return _needed(self, [f.expression for f in formulas(self)]) | {
            item.given for item in (self.scoring.items if self.scoring else ()) if item.given
        }

    def values(self, day: date) -> dict[str, Any]:
        """The parameters in force on a day, by name."""
        return {name: parameter.on(day) for name, parameter in self.parameters.items()}


def formulas(pack: Pack) -> list[Formula]:
    """Every formula of a pack, in the order in which people read them."""
    found = [*pack.definitions, *pack.conditions, *pack.routes]
    if pack.scoring is not None:
        found += [option.formula for item in pack.scoring.items for option in item.options]
    if pack.benefit is not None:
        found.append(pack.benefit.formula)
        if pack.benefit.ranking is not None:
            found.append(pack.benefit.ranking.by)
    return found


def _needed(pack: Pack, expressions: list[Expression]) -> frozenset[str]:
    inner = {d.code: d.expression.names for d in pack.definitions}
    names: set[str] = set()
    waiting = [name for expression in expressions for name in expression.names]
    while waiting:
        name = waiting.pop()
        if name in names:
            continue
        names.add(name)
        waiting.extend(inner.get(name, ()))
    return frozenset(names - inner.keys())


def term_scheme(pack: Pack, parameter: Parameter) -> str:
    """The code list of the facts with which a list of codes is compared; empty where none names it."""
    for formula in formulas(pack):
        for node in ast.walk(formula.expression.node):
            if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
                continue
            right = node.comparators[0]
            if isinstance(right, ast.Attribute) and right.attr == parameter.name and node.left.id in pack.facts:
                return pack.facts[node.left.id].scheme
    return ""


def facts_of(pack: Pack, expression: Expression) -> frozenset[str]:
    """The facts on which a formula rests, definitions followed."""
    return _needed(pack, [expression])


def money(value: Any) -> Decimal:
    """An exact, non-negative number of yuan rounded half up to the fen, for display and for payment."""
    return Decimal(floor(Fraction(value) * 100 + Fraction(1, 2))) / 100

"""差一点 near: the smallest change of one fact that turns a no into a yes, searched over conditions and bands. Pure."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.exact import Run, compiled
from kechuang.kit.rules.expressions import NUMERIC, Expression, Kind
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Band, Formula, Pack, facts_of, money
from kechuang.kit.rules.values import Missing, Truth, Undefined, exact
from kechuang.kit.rules.verdicts import Near, Verdict, Way

# The result and the least score with other facts or on another day.
Probe = Callable[[Mapping[str, Any], date], tuple[Truth, int]]
STEP_OF_MONEY = Fraction(10_000)  # a change is said in whole 万元
MOST = 3
LATEST = 3 * 366


@dataclass(frozen=True)
class _Gauge:
    """A value and the bounds at which something flips: the sides of a comparison meet, or a band begins."""

    facts: frozenset[str]
    run: Callable[[Mapping[str, Any]], Any]
    bounds: tuple[Fraction, ...]


def near_misses(verdict: Verdict, probe: Probe) -> tuple[Near, ...]:
    """Up to three ways, each one fact alone; time alone first, then what a firm can do, the smallest change first."""
    gauges, scope = list(_gauges(verdict)), _scope(verdict)
    ranked = []
    for fact in _changeable(verdict):
        one = _smallest(verdict, fact, gauges, scope, probe)
        if one is not None:
            now = Fraction(scope[fact.code])
            effort = abs(Fraction(one.then) - now) / max(Fraction(1), abs(now))
            ranked.append((not fact.easy, effort, one))
    later = _later(verdict, gauges, scope, probe)
    found = [one for _easy, _effort, one in sorted(ranked, key=lambda entry: entry[:2])]
    return tuple(([later] if later is not None else []) + found)[:MOST]


def _scope(verdict: Verdict) -> dict[str, Any]:
    scope: dict[str, Any] = {code: exact(value) for code, value in verdict.facts.items()}
    scope |= {f"p.{name}": value for name, value in verdict.pack.values(verdict.on).items()}
    return scope | {"on": verdict.on.toordinal()}


def _changeable(verdict: Verdict) -> Iterator[Fact]:
    """Figures of this year that are known, and on which every condition that fails depends."""
    failing = [facts_of(verdict.pack, f.formula.expression) for f in verdict.conditions if f.truth is False]
    for code in sorted(verdict.pack.needed.intersection(*failing)):
        fact = verdict.pack.facts.get(code)
        if fact is not None and fact.kind in NUMERIC and not fact.years_before and code in verdict.facts:
            yield fact


def _gauges(verdict: Verdict) -> Iterator[_Gauge]:
    pack = verdict.pack
    for finding in verdict.conditions:
        if finding.truth is False:
            yield from _comparisons(pack, finding.formula)
    if verdict.score is None or verdict.score.truth is True:
        return
    for points in verdict.score.items:
        for option, way in zip(points.item.options, points.ways, strict=True):
            table = verdict.parameters[option.bands]["value"]
            bounds = tuple(_turning(table, way))
            if bounds:
                yield _gauge(pack, way.formula.expression, way.formula.run, bounds)


def _turning(table: tuple[Band, ...], way: Way) -> set[Fraction]:
    """The bounds behind which more points lie: of a better band above, or of the band to leave downwards."""
    here = table.index(way.band) if way.band is not None else len(table)
    better = [at for at, band in enumerate(table) if band.high > way.high]
    bounds = [table[at].bound if at < here else table[at - 1].bound for at in better]
    return {bound for bound in bounds if bound is not None}


def _comparisons(pack: Pack, formula: Formula) -> Iterator[_Gauge]:
    whole = formula.expression
    for node in ast.walk(whole.node):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            part = ast.BinOp(node.left, ast.Sub(), node.comparators[0])
            run = compiled(Expression(whole.text, part, Kind.NUMBER, whole.names, whole.parameters))
            yield _gauge(pack, whole, run, (Fraction(0),))


def _gauge(pack: Pack, expression: Expression, run: Run, bounds: tuple[Fraction, ...]) -> _Gauge:
    """With the definitions that the expression rests on computed anew for each scope."""
    wanted, definitions = set(expression.names), list[Formula]()
    for definition in reversed(pack.definitions):
        if definition.code in wanted:
            wanted |= definition.expression.names
            definitions.insert(0, definition)

    def value(scope: Mapping[str, Any]) -> Any:
        full = dict(scope)
        for definition in definitions:
            full[definition.code] = definition.run(full)
        return run(full)

    return _Gauge(facts_of(pack, expression), value, bounds)


def _targets(code: str, gauges: list[_Gauge], scope: Mapping[str, Any]) -> set[Fraction]:
    start = Fraction(scope[code])
    step = max(Fraction(1), abs(start) / 8)
    found: set[Fraction] = set()
    for gauge in gauges:
        if code in gauge.facts:
            values = [gauge.run({**scope, code: start + n * step}) for n in range(4)]
            if not any(isinstance(v, Missing | Undefined | bool | str) for v in values):
                found.update(start + at for at in _zeros([Fraction(v) for v in values], gauge.bounds, step))
    return found


def _zeros(values: list[Fraction], bounds: tuple[Fraction, ...], step: Fraction) -> Iterator[Fraction]:
    """How far on the bounds are met, if the values lie on a line or a quotient of lines; exact."""
    if values[0] == values[1]:
        return
    for bound in bounds:
        g0, g1, g2, g3 = (value - bound for value in values)
        d1, d2 = (g1 - g0) / step, (g2 - g0) / (2 * step)
        curve = (d1 - d2) / (g2 - g1) if g2 != g1 else Fraction(0)
        slope = d1 + curve * g1
        if slope != 0 and g3 * (3 * step * curve + 1) == 3 * step * slope + g0:
            yield -g0 / slope


def _smallest(
    verdict: Verdict, fact: Fact, gauges: list[_Gauge], scope: Mapping[str, Any], probe: Probe
) -> Near | None:
    now = Fraction(scope[fact.code])
    steps = {then for target in _targets(fact.code, gauges, scope) for then in _beside(fact, now, target)}
    before = verdict.score.low if verdict.score is not None else 0
    known = {code: scope[code] for code in verdict.facts}
    for then in sorted(steps, key=lambda value: abs(value - now)):
        value = int(then) if fact.type == "int" else money(then)
        truth, low = probe({**known, fact.code: value}, verdict.on)
        if truth is True:
            return Near(fact.code, verdict.facts[fact.code], value, low - before)
    return None


def _beside(fact: Fact, now: Fraction, target: Fraction) -> Iterator[Fraction]:
    """The whole steps at the target and just beyond it on either side, as far as the fact can be so."""
    size = STEP_OF_MONEY if fact.kind is Kind.MONEY else Fraction(1) if fact.type == "int" else Fraction(1, 1000)
    steps = (target - now) / size
    down, up = steps.numerator // steps.denominator, -(-steps.numerator // steps.denominator)
    for whole in {down - 1, down, up, up + 1} - {0}:
        then = now + whole * size
        if (fact.least is None or then >= fact.least) and (fact.most is None or then <= fact.most):
            yield then


def _later(verdict: Verdict, gauges: list[_Gauge], scope: Mapping[str, Any], probe: Probe) -> Near | None:
    """The day on which time alone makes it a yes, if it is near."""
    timed = [_Gauge(gauge.facts | {"on"}, gauge.run, gauge.bounds) for gauge in gauges]
    for target in sorted(_targets("on", timed, scope) | set(_anniversaries(verdict))):
        for ordinal in (-(-target.numerator // target.denominator), target.numerator // target.denominator + 1):
            soon = 0 < ordinal - verdict.on.toordinal() <= LATEST
            if soon and probe(verdict.facts, date.fromordinal(ordinal))[0] is True:
                return Near("on", verdict.on, date.fromordinal(ordinal))
    return None


def _anniversaries(verdict: Verdict) -> Iterator[Fraction]:
    """The days on which ``years`` of a known date grow: no line leads to them."""
    for code, fact in verdict.pack.facts.items():
        if fact.kind is Kind.DATE and code in verdict.facts and code in verdict.pack.needed:
            since: date = verdict.facts[code]
            for year in range(verdict.on.year, verdict.on.year + 4):
                first = date(year, since.month, 1).toordinal()
                yield Fraction(first + since.day - 1)

"""讲清一户 explain: one case under one pack, with every number, what is missing, and the smallest way to yes. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.kit.rules import near
from kechuang.kit.rules.packs import Band, Item, Option, Pack, money
from kechuang.kit.rules.values import Missing, Scope, Truth, Undefined, Value, all_of, any_of, exact
from kechuang.kit.rules.verdicts import Amount, Computed, Finding, Points, Score, Verdict, Way


def explain(
    pack: Pack, facts: Mapping[str, Any], *, on: date, used: Decimal = Decimal(0), with_near: bool = True
) -> Verdict:
    """The verdict. ``facts`` by code (None or absent: not known); ``used`` is what already counts against the cap."""
    known = {code: value for code, value in facts.items() if value is not None and code in pack.facts}
    if not pack.in_force(on):
        return Verdict(pack, on, in_force=False, facts=known, truth=Missing(frozenset()))
    scope = scope_of(pack, known, on, named_parameters(pack, on))
    conditions = tuple(Finding(f, _truth(f.run(scope))) for f in pack.conditions)
    routes = tuple(Finding(f, _truth(f.run(scope))) for f in pack.routes)
    score = score_of(pack, scope)
    truth = _together([f.truth for f in conditions], [f.truth for f in routes], score)
    verdict = Verdict(
        pack,
        on,
        in_force=True,
        facts=known,
        truth=truth,
        conditions=conditions,
        routes=routes,
        definitions=tuple(Computed(d, scope[d.code]) for d in pack.definitions),
        score=score,
        amount=amount_of(pack, scope, truth, used),
        parameters=_used_parameters(pack, on),
    )
    if truth is False and with_near:
        today = named_parameters(pack, on)
        found = near.near_misses(
            verdict,
            lambda changed, day: probed(pack, changed, day, today if day == on else named_parameters(pack, day)),
        )
        verdict = Verdict(**(vars(verdict) | {"near": found}))
    return verdict


def named_parameters(pack: Pack, on: date) -> dict[str, Any]:
    """The parameters of a day as formulas name them."""
    return {f"p.{name}": value for name, value in pack.values(on).items()}


def scope_of(pack: Pack, facts: Mapping[str, Any], on: date, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What formulas read: facts, the parameters of the day, the day, and the definitions in their order."""
    scope: dict[str, Any] = {code: exact(value) for code, value in facts.items()}
    scope |= parameters
    scope["on"] = on.toordinal()
    for definition in pack.definitions:
        scope[definition.code] = definition.run(scope)
    return scope


def probed(pack: Pack, facts: Mapping[str, Any], on: date, parameters: Mapping[str, Any]) -> tuple[Truth, int]:
    """The result and the least score alone, as fast as they can be had."""
    if not pack.in_force(on):
        return False, 0
    scope = scope_of(pack, facts, on, parameters)
    conditions = [_truth(f.run(scope)) for f in pack.conditions]
    if any(truth is False for truth in conditions):
        return False, 0
    score = score_of(pack, scope)
    truth = _together(conditions, [_truth(f.run(scope)) for f in pack.routes], score)
    return truth, score.low if score is not None else 0


def _truth(value: Value) -> Truth:
    return value if isinstance(value, bool | Missing | Undefined) else bool(value)


def _together(conditions: list[Truth], routes: list[Truth], score: Score | None) -> Truth:
    """All conditions, and one of the ways: the score or a route, where there are any."""
    ways = routes + ([score.truth] if score is not None else [])
    return all_of([*conditions, any_of(ways)] if ways else conditions)


def score_of(pack: Pack, scope: Scope) -> Score | None:
    """The points, from the least to the most that the known facts allow."""
    scoring = pack.scoring
    if scoring is None:
        return None
    items = tuple(_points(item, scope) for item in scoring.items)
    blocks = {}
    for code, block in scoring.blocks.items():
        inside = [p for p in items if p.item.block == code]
        blocks[code] = (min(block.most, sum(p.low for p in inside)), min(block.most, sum(p.high for p in inside)))
    free = [p for p in items if not p.item.block]
    low = sum(p.low for p in free) + sum(b[0] for b in blocks.values())
    high = sum(p.high for p in free) + sum(b[1] for b in blocks.values())
    mark = Fraction(scope[f"p.{scoring.passing}"])
    least = [(blocks[c][0], blocks[c][1], Fraction(b.least)) for c, b in scoring.blocks.items() if b.least]
    needs = [_reaches(low, high, mark, strict=scoring.strict, items=items)]
    needs += [_reaches(lo, hi, at, strict=False, items=items) for lo, hi, at in least]
    needs += [_reaches(p.low, p.high, Fraction(0), strict=True, items=(p,)) for p in items if p.item.nonzero]
    return Score(low, high, mark, scoring.strict, items, blocks, all_of(needs))


def _reaches(low: int, high: int, mark: Fraction, *, strict: bool, items: tuple[Points, ...]) -> Truth:
    if low > mark or (low == mark and not strict):
        return True
    if high < mark or (high == mark and strict):
        return False
    missing = frozenset().union(*(p.missing for p in items if p.low < p.high))
    return Missing(missing) if missing else Undefined("manual")


def _points(item: Item, scope: Scope) -> Points:
    if item.given:
        return _given(item, scope.get(item.given))
    ways = [_way(option, scope) for option in item.options]
    countable = [w for w in ways if not isinstance(w.value, Undefined)]
    missing = frozenset().union(*(w.value.facts for w in ways if isinstance(w.value, Missing)))
    considered = countable or ways
    low, high = max(w.low for w in considered), max(w.high for w in considered)
    return Points(item, low, high, tuple(ways), missing, manual=not countable)


def _given(item: Item, value: Any) -> Points:
    """Points that experts give: all of the range until they have."""
    if value is None:
        return Points(item, 0, item.most, missing=frozenset({item.given}))
    points = min(item.most, int(value))
    return Points(item, points, points)


def _way(option: Option, scope: Scope) -> Way:
    value = option.formula.run(scope)
    bands: tuple[Band, ...] = scope[f"p.{option.bands}"]
    if isinstance(value, Missing | Undefined):
        return Way(option.formula, value, None, min(b.low for b in bands), max(b.high for b in bands))
    band = next(b for b in bands if b.takes(value))
    return Way(option.formula, value, band, band.low, band.high)


def amount_of(pack: Pack, scope: Scope, truth: Truth, used: Decimal) -> Amount | None:
    """What is paid if the conditions hold; None where there is no benefit, no yes, or a fact is missing."""
    benefit = pack.benefit
    if benefit is None or truth is not True:
        return None
    value = benefit.formula.run(scope)
    if isinstance(value, Missing | Undefined):
        return None
    computed = max(Decimal(0), money(value))
    if not benefit.cap:
        return Amount(computed, computed)
    cap = money(scope[f"p.{benefit.cap}"])
    left = max(Decimal(0), cap - used)
    return Amount(computed, min(computed, left), cap, pack.parameters[benefit.cap].label, used)


def _used_parameters(pack: Pack, on: date) -> dict[str, Any]:
    """The parameters in force with the day from which they hold and their source: stored with every verdict."""
    return {
        name: {"value": p.on(on), "since": p.since(on), "source": p.source, "label": p.label}
        for name, p in pack.parameters.items()
    }

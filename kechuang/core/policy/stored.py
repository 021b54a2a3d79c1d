"""存档形式 stored: a verdict as plain data that JSON holds, complete enough to be checked years later. Pure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.packs import Band
from kechuang.kit.rules.values import Missing, Undefined
from kechuang.kit.rules.verdicts import Points, Verdict


def plain(value: Any) -> Any:
    """A value of the rules as JSON holds it: exact numbers as text, days as ISO, what is open as its reason."""
    if isinstance(value, Missing):
        return {"missing": sorted(value.facts)}
    if isinstance(value, Undefined):
        return {"undefined": value.why}
    if isinstance(value, Band):
        bound = None if value.bound is None else str(value.bound)
        return {"bound": bound, "open": value.open, "points": [value.low, value.high]}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, Fraction | Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def as_data(verdict: Verdict) -> dict[str, Any]:
    """Everything that a verdict says, with the parameters in force and the facts used."""
    pack = verdict.pack
    found: dict[str, Any] = {
        "pack": pack.code,
        "digest": pack.digest,
        "basis": pack.basis,
        "text_status": pack.text_status,
        "on": verdict.on.isoformat(),
        "result": verdict.result,
        "missing": list(verdict.missing),
        "manual": verdict.manual,
        "facts": {code: plain(value) for code, value in verdict.facts.items()},
        "conditions": [{"code": f.formula.code, "truth": plain(f.truth)} for f in verdict.conditions],
        "routes": [{"code": f.formula.code, "truth": plain(f.truth)} for f in verdict.routes],
        "definitions": {c.formula.code: plain(c.value) for c in verdict.definitions},
        "parameters": {n: {k: plain(v) for k, v in p.items()} for n, p in verdict.parameters.items()},
        "near": [
            {"fact": n.fact, "now": plain(n.now), "then": plain(n.then), "gained": n.gained} for n in verdict.near
        ],
    }
    if verdict.score is not None:
        score = verdict.score
        found["score"] = {"low": score.low, "high": score.high, "mark": str(score.mark), "gap": score.gap}
        found["items"] = [_points(points) for points in score.items]
    if verdict.amount is not None:
        amount = verdict.amount
        found["amount"] = {
            n: plain(getattr(amount, n)) for n in ("computed", "payable", "cap", "cap_name", "used", "rest")
        }
    return found


def _points(points: Points) -> dict[str, Any]:
    ways = [{"label": w.formula.label, "value": plain(w.value), "points": [w.low, w.high]} for w in points.ways]
    return {"code": points.item.code, "low": points.low, "high": points.high, "ways": ways}

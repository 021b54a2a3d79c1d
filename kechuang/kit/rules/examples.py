"""算例 examples: worked examples of a pack, run before it may be used. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.packs import Example, Pack
from kechuang.kit.rules.reading import PackRefused, Problem
from kechuang.kit.rules.verdicts import Verdict

LEAST = 4


def outcome(verdict: Verdict) -> dict[str, Any]:
    """What an example may expect, as plain values: result, score, items, gap, amount, capped, missing, near."""
    found: dict[str, Any] = {"result": verdict.result, "missing": sorted(verdict.missing), "manual": verdict.manual}
    found["conditions"] = {f.formula.code: f.truth for f in (*verdict.conditions, *verdict.routes)}
    found["near"] = {near.fact: near.then for near in verdict.near}
    found["values"] = {c.formula.code: c.value for c in verdict.definitions}
    if verdict.score is not None:
        found["score"] = _range(verdict.score.low, verdict.score.high)
        found["items"] = {p.item.code: _range(p.low, p.high) for p in verdict.score.items}
        found["gap"] = verdict.score.gap
    if verdict.amount is not None:
        amount = verdict.amount
        found |= {"amount": amount.payable, "computed": amount.computed, "capped": amount.capped, "rest": amount.rest}
    return found


def _range(low: int, high: int) -> int | list[int]:
    return low if low == high else [low, high]


def differences(pack: Pack, example: Example) -> list[str]:
    """Where what comes out differs from what the example expects, in words; empty if it passes."""
    used = Decimal(str(example.expect.get("used", 0)))
    found = outcome(explain(pack, example.facts, on=example.on, used=used))
    return list(_compared({k: v for k, v in example.expect.items() if k != "used"}, found))


def _compared(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in expected.items():
        if isinstance(wanted, Mapping):
            yield from (f"{name}.{words}" for words in _compared(wanted, found.get(name, {})))
        elif found.get(name) != wanted:
            yield f"{name} 应为 {wanted}，算出来是 {found.get(name)}"


def check_examples(pack: Pack, *, file: str) -> None:
    """Raises PackRefused if an example fails, or if a pack that computes has fewer than four."""
    problems = [
        Problem(file, example.line, f"算例“{example.name}”不成立：{words}")
        for example in pack.examples
        for words in differences(pack, example)
    ]
    if pack.kind != "text" and len(pack.examples) < LEAST:
        problems.append(Problem(file, 1, f"至少要有 {LEAST} 个算例，现在有 {len(pack.examples)} 个"))
    if problems:
        raise PackRefused(problems)

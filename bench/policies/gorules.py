"""zen-engine (GoRules) on the ten rules: one decision graph with one expression node, handed batches of enterprises.

Its numbers are decimals. A gap is null; each rule asks whether it is excluded, then whether it is certain.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import zen

from bench.policies.data import DISTRICTS, INDUSTRIES, MONEY, Array

BATCH = 5_000


def ratio(part: str, whole: str) -> str:
    """Null where the denominator is zero or a fact is missing."""
    return f"({part} == null or {whole} == null or {whole} == 0) ? null : {part} / {whole}"


def banded(name: str, bounds: list[tuple[str, int]], gap: int) -> str:
    """Points by lower bound, highest first; ``gap`` where there is no value."""
    return (
        f"{name} == null ? {gap} : " + " : ".join(f"{name} >= {bound} ? {points}" for bound, points in bounds) + " : 0"
    )


def ranged(key: str, name: str, bounds: list[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """The least and the most points."""
    yield f"{key}_low", banded(name, bounds, 0)
    yield f"{key}_high", f"{name} == null ? {bounds[0][1]} : $.{key}_low"


def told(no: str, unsure: str) -> str:
    """0, -1 where it cannot be told, 1."""
    return f"({no}) ? 0 : ({unsure}) ? -1 : 1"


def above(name: str, bound: str) -> str:
    """A known value above a bound."""
    return f"({name} != null and {name} > {bound})"


def below(name: str, bound: str) -> str:
    """A known value below a bound."""
    return f"({name} != null and {name} < {bound})"


def paid(result: str, needs: str, amount: str, cap: int) -> str:
    """What is paid where the rule is met, rounded to the fen, at most ``cap``; -1 elsewhere."""
    return f"($.{result} == 1 and {needs}) ? min([floor(({amount}) * 100 + 0.5) / 100, {cap}]) : -1"


STAFF = [("0.30", 20), ("0.25", 16), ("0.20", 12), ("0.15", 8), ("0.10", 4)]
BY_REVENUE = [("0.06", 50), ("0.05", 40), ("0.04", 30), ("0.03", 20), ("0.02", 10)]
BY_COST = [("0.30", 50), ("0.25", 40), ("0.20", 30), ("0.15", 20), ("0.10", 10)]
RIGHTS = [("10", 20), ("5", 15), ("2", 10), ("1", 5)]
PEOPLE = [("0.30", 20), ("0.20", 15), ("0.10", 10), ("0.05", 5)]
INTENSITY = [("0.08", 30), ("0.06", 24), ("0.04", 18), ("0.02", 10)]
GROWTH = [("0.35", 25), ("0.25", 20), ("0.15", 15), ("0.05", 10)]


def expressions() -> Iterator[tuple[str, str]]:
    """All keys in their order; a later one reads an earlier one as ``$.key``."""
    yield "staff_ratio", ratio("rd_staff", "staff")
    yield "rd_ratio", ratio("rd", "revenue")
    yield "cost_ratio", ratio("rd", "cost")
    yield from ranged("staff", "$.staff_ratio", STAFF)
    yield from ranged("revenue", "$.rd_ratio", BY_REVENUE)
    yield from ranged("cost", "$.cost_ratio", BY_COST)
    yield from ranged("class1", "ip1", [("1", 30)])
    yield from ranged("class2", "ip2", [("4", 24), ("3", 18), ("2", 12), ("1", 6)])
    for end in ("low", "high"):
        effort = f"(revenue == 0 ? $.cost_{end} : max([$.revenue_{end}, $.cost_{end}]))"
        yield f"sme_{end}", f"$.staff_{end} + {effort} + max([$.class1_{end}, $.class2_{end}])"
    sizes = (("staff", "500"), ("revenue", "200000000"), ("assets", "200000000"))
    large = " or ".join(above(name, bound) for name, bound in sizes)
    gaps = " or ".join(f"{name} == null" for name, _bound in sizes)
    failed = "not hnte and ($.sme_high < 60 or $.staff_high == 0)"
    yield (
        "sme_result",
        told(
            f"not resident or not permitted or not clean or not listed or {large} or ({failed})",
            f"{gaps} or (not hnte and ($.sme_low < 60 or $.staff_low == 0))",
        ),
    )
    yield (
        "small_size",
        told(
            f"{below('revenue', '3000000')} or (staff != null and staff >= 300 and {above('revenue', '19999999.99')})",
            "revenue == null or (staff == null and revenue >= 20000000)",
        ),
    )
    yield "asked", "revenue == null ? null : revenue <= 50000000 ? 0.05 : revenue <= 200000000 ? 0.04 : 0.03"
    yield "rd_intensity", told("$.rd_ratio != null and $.rd_ratio < $.asked", "$.rd_ratio == null")
    yield "income_ratio", ratio("hightech_income", "revenue")
    yield (
        "hightech_share",
        told(
            f"{below('$.income_ratio', '0.6')} or {below('$.staff_ratio', '0.1')}",
            "$.income_ratio == null or $.staff_ratio == null",
        ),
    )
    yield "first", ratio("revenue", "revenue_y1")
    yield "second", ratio("revenue_y1", "revenue_y2")
    yield "growth", "($.first == null or $.second == null) ? null : ($.first + $.second) / 2 - 1"
    points = " : ".join(f"$.growth >= {bound} ? {got}" for bound, got in GROWTH)
    yield "growth_low", f"$.growth == null ? 0 : {points} : $.growth > 0 ? 5 : 0"
    yield "growth_high", "$.growth == null ? 25 : $.growth_low"
    yield "growth_result", told("$.growth_high < 10", "$.growth_low < 10")
    yield "age", "founded_on == null ? null : floor((20260301 - founded_on) / 10000)"
    yield (
        "start_up",
        told(
            f"not (district in ['370212', '370211', '370214']) or {below('$.age', '1')} or "
            "($.age != null and $.age >= 6) or (revenue != null and revenue >= 50000000)",
            "$.age == null or revenue == null",
        ),
    )
    yield "rd_grant", told("not clean or (rd != null and rd_y1 != null and rd <= rd_y1)", "rd == null or rd_y1 == null")
    yield "rd_paid", paid("rd_grant", "rd != null and rd_y1 != null", "(rd - rd_y1) * 0.1", 1_000_000)
    yield (
        "vc_reward",
        told(f"not (industry in ['ai', 'ocean', 'bio', 'chip']) or {below('invested', '1000000')}", "invested == null"),
    )
    yield "vc_paid", paid("vc_reward", "invested != null", "invested * 0.1", 10_000_000)
    yield (
        "contract_subsidy",
        told(
            f"(not hnte and {above('revenue', '200000000')}) or {below('contract', '100000')}",
            "contract == null or (not hnte and revenue == null)",
        ),
    )
    yield "contract_paid", paid("contract_subsidy", "contract != null", "contract * 0.02", 500_000)
    yield from ranged("people", "$.staff_ratio", PEOPLE)
    yield from ranged("intensity", "$.rd_ratio", INTENSITY)
    yield from ranged("rights", "ip2", RIGHTS)
    yield "experts_low", "experts == null ? 0 : min([30, experts])"
    yield "experts_high", "experts == null ? 30 : $.experts_low"
    for end in ("low", "high"):
        yield f"work_{end}", f"min([55, $.intensity_{end} + $.rights_{end}])"
        yield f"card_{end}", f"min([45, $.people_{end} + $.experts_{end}]) + $.work_{end}"
    yield "scorecard", told("$.card_high <= 70 or $.work_high < 20", "$.card_low <= 70 or $.work_low < 20")


def graph() -> str:
    """The decision as the engine's JSON."""
    lines = [{"id": key, "key": key, "value": value} for key, value in expressions()]
    content = {
        "expressions": lines,
        "passThrough": False,
        "inputField": None,
        "outputPath": None,
        "executionMode": "single",
    }
    nodes = [
        {"id": "in", "name": "request", "type": "inputNode", "content": {"schema": ""}},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": content},
        {"id": "out", "name": "response", "type": "outputNode", "content": {"schema": ""}},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "2", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


ASKED = {
    "sme-score result": "sme_result",
    "sme-score low": "sme_low",
    "sme-score high": "sme_high",
    "small-size result": "small_size",
    "rd-intensity result": "rd_intensity",
    "hightech-share result": "hightech_share",
    "growth result": "growth_result",
    "growth low": "growth_low",
    "growth high": "growth_high",
    "start-up result": "start_up",
    "rd-grant result": "rd_grant",
    "rd-grant amount": "rd_paid",
    "vc-reward result": "vc_reward",
    "vc-reward amount": "vc_paid",
    "contract-subsidy result": "contract_subsidy",
    "contract-subsidy amount": "contract_paid",
    "scorecard result": "scorecard",
    "scorecard low": "card_low",
    "scorecard high": "card_high",
}


class Zen:
    """The engine with the graph compiled beforehand."""

    def __init__(self) -> None:
        content = zen.ZenDecisionContent(graph())
        self.engine = zen.ZenEngine({"loader": lambda _key: content})

    def prepare(self, columns: dict[str, Array], known: dict[str, Array]) -> None:
        """Plain lists, from which a batch of dictionaries is made when its turn comes."""
        lists: dict[str, list[Any]] = {}
        for name, values in columns.items():
            if name in MONEY:
                plain: list[Any] = (values / 100).tolist()
            elif name == "founded_on":
                months, days = values.astype("datetime64[M]"), values
                years = values.astype("datetime64[Y]").astype(int) + 1970
                month, day = months.astype(int) % 12 + 1, (days - months).astype(int) + 1
                plain = (years * 10_000 + month * 100 + day).tolist()
            elif name in ("district", "industry"):
                words = DISTRICTS if name == "district" else INDUSTRIES
                plain = [words[at] for at in values]
            else:
                plain = values.tolist()
            if name in known:
                plain = [value if there else None for value, there in zip(plain, known[name].tolist(), strict=True)]
            lists[name] = plain
        self.names = list(lists)
        self.rows = list(zip(*lists.values(), strict=True))

    def batches(self) -> Iterator[list[Any]]:
        """Requests, a batch at a time: a million dictionaries at once would not do it justice in memory."""
        for at in range(0, len(self.rows), BATCH):
            yield [
                {"key": "rules", "context": dict(zip(self.names, row, strict=True))}
                for row in self.rows[at : at + BATCH]
            ]

    def decide(self, requests: list[Any]) -> list[dict[str, Any]]:
        """The results of one batch."""
        return [answer["data"]["result"] for answer in self.engine.evaluate_batch(requests)]

    @staticmethod
    def outcome(found: list[dict[str, Any]]) -> Iterator[tuple[str, Array]]:
        """What was found, in the form in which engines are compared."""
        for name, key in ASKED.items():
            values = np.array([row[key] for row in found], dtype=float)
            if name.endswith("amount"):
                yield name, np.where(values < 0, -1, np.rint(values * 100)).astype(np.int64)
            else:
                yield name, values.astype(np.int8 if name.endswith("result") else np.int32)

"""门槛成规则 thresholds: the thresholds of a list as a rule pack, so that they are explained like any other rule."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kechuang.core.tiers.ladder import Rung
from kechuang.core.tiers.models import Threshold
from kechuang.core.vocab import queries as vocab
from kechuang.kit.rules.facts import Fact

TYPES = ("int", "money", "ratio")
SIGNS = {Threshold.Direction.LEAST: ">=", Threshold.Direction.MOST: "<="}
WORDS = {Threshold.Direction.LEAST: ("不低于", "at least"), Threshold.Direction.MOST: ("不超过", "at most")}


@dataclass(frozen=True)
class Limit:
    """一条门槛: with the fact that it bounds."""

    fact: Fact
    direction: str
    value: Decimal
    since: date
    source: str

    @classmethod
    def of(cls, row: Threshold, fact: Fact) -> "Limit":
        """The limit that a row sets; the row has a value."""
        return cls(fact, row.direction, Decimal(row.value or 0), row.since, row.source)

    @property
    def name(self) -> str:
        """The name of its parameter."""
        return f"{self.fact.code}_{self.direction}"


def boundable(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that a threshold can bound: numbers of the last full year or of the day."""
    return [fact for fact in facts if fact.type in TYPES and not fact.years_before]


def text_of(rung: Rung, limits: Sequence[Limit]) -> str:
    """A rule pack in TOML: every limit is a condition with its source."""
    label = vocab.main_label("qualification", rung.code)
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in _top(rung, label, limits).items()}
    lines = [f"{name} = {value}" for name, value in quoted.items()]
    lines.append(f"effective_from = {min(one.since for one in limits).isoformat()}")
    for one in limits:
        kind = {"money": "money", "ratio": "ratio"}.get(one.fact.type, "number")
        said = {
            "label": f"{one.fact.label}门槛",
            "kind": kind,
            "unit": one.fact.unit,
            "source": one.source,
            "text_status": "ours",
        }
        lines.append(f"[parameters.{one.name}]")
        lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
        lines.append(f"value = {format(one.value.normalize(), 'f')}")
    for one in limits:
        word, word_en = WORDS[Threshold.Direction(one.direction)]
        said = {
            "code": one.name,
            "label": f"{one.fact.label}{word} {{{one.name}}}",
            "label_en": f"{one.fact.label_en} {word_en} {{{one.name}}}",
            "formula": f"{one.fact.code} {SIGNS[Threshold.Direction(one.direction)]} p.{one.name}",
        }
        lines.append("[[require]]")
        lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
    return "\n".join(lines)


def _top(rung: Rung, label: str, limits: Sequence[Limit]) -> dict[str, object]:
    return {
        "code": f"list-{rung.code}",
        "title": f"{label}遴选门槛",
        "kind": "list",
        "basis": "；".join(dict.fromkeys(one.source for one in limits)),
        "authority": "市级主管部门",
        "text_status": "ours",
        "facts": sorted({one.fact.code for one in limits}),
    }

"""多来源合并 merging: what counts when several sources have stated something. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kechuang.kit.money import yuan

_NO_STAMP: list[Any] = ["", None]


@dataclass(frozen=True)
class Statement:
    """一个来源的说法: its values by field; ``stamps`` as the report keeps them."""

    source: str
    values: Mapping[str, Any]
    stamps: Mapping[str, list[Any]]


@dataclass(frozen=True)
class Settled:
    """已处理的不一致: what the sources stated when an officer chose one of them."""

    values: Mapping[str, str]
    chosen: str


@dataclass
class Merged:
    """认定值: values, their origins, and the fields on which sources disagree with what each stated."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, list[Any]] = field(default_factory=dict)
    disputed: dict[str, dict[str, str]] = field(default_factory=dict)


def text(value: Any) -> str:
    """A value in its one written form, by which two sources are compared."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(yuan(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def merge(fields: Iterable[str], stated: Sequence[Statement], settled: Mapping[str, Settled]) -> Merged:
    """What counts of every field: the common value, the settled one, or nothing where sources disagree.

    Of sources that agree the first to state the value is its origin.
    """
    found = Merged()
    if len(stated) == 1:  # by far the most
        found.values = {name: value for name, value in stated[0].values.items() if value is not None}
        only, stamps = stated[0].source, stated[0].stamps
        found.origins = {name: [only, *stamps.get(name, _NO_STAMP)] for name in found.values}
        return found
    for name in fields:
        told = [s for s in stated if s.values.get(name) is not None]
        if not told:
            continue
        source = told[0] if len(told) == 1 else _agreed(name, told, settled.get(name))
        if source is None:
            found.disputed[name] = {s.source: text(s.values[name]) for s in told}
        else:
            found.values[name] = source.values[name]
            found.origins[name] = [source.source, *source.stamps.get(name, _NO_STAMP)]
    return found


def _agreed(name: str, told: Sequence[Statement], settled: Settled | None) -> Statement | None:
    words = {s.source: text(s.values[name]) for s in told}
    if len(set(words.values())) == 1:
        return min(told, key=lambda s: (s.stamps.get(name, [""])[0], s.source))
    if settled is not None and dict(settled.values) == words:
        return next((s for s in told if s.source == settled.chosen), None)
    return None

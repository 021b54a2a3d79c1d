"""结论的页面样子 shown: standings and packs as pages show them, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.core.dossier.wording import words
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import Standing, pack_of
from kechuang.kit.rules.packs import Formula, Pack, Parameter
from kechuang.kit.rules.reading_aloud import aloud, band_bound, band_points
from kechuang.kit.rules.wording import Told, Words, tell


@dataclass(frozen=True)
class Card:
    """结论卡: one policy and what it says."""

    version: PackVersion
    told: Told
    beaten_by: PackVersion | None
    about: Mapping[str, Any]


def cards(standings: Iterable[Standing], versions: Mapping[str, PackVersion]) -> list[Card]:
    """The cards of a group of standings."""
    say = words()
    return [Card(s.version, tell(s.verdict, say), versions.get(s.beaten_by), s.pack.about) for s in standings]


@dataclass(frozen=True)
class Bands:
    """分档表: one option of an item: what is measured, and the points of each band."""

    label: str
    formula: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Rule:
    """条件: in words, with its clause and the formula behind it; a single fact needs no formula."""

    label: str
    formula: str
    clause: str
    quote: str


@dataclass(frozen=True)
class PlainPack:
    """规则包的通俗样子: everything that an officer or an enterprise wants to read, no code."""

    version: PackVersion
    pack: Pack
    conditions: list[Rule]
    routes: list[Rule]
    definitions: list[Rule]
    items: list[tuple[str, int, str, list[Bands]]]
    parameters: list[tuple[Parameter, str, date | None]]
    amount: str
    cap: str
    about: Mapping[str, Any]

    @property
    def same_source(self) -> Parameter | None:
        """One of the parameters where all have the same source and status, which then are said once."""
        shown = [parameter for parameter, _value, _since in self.parameters]
        return shown[0] if shown and len({(p.source, p.text_status) for p in shown}) == 1 else None


def plain(version: PackVersion, on: date) -> PlainPack:
    """A version in plain words, with the parameters of a day."""
    pack, say = pack_of(version), words()

    def rules(formulas: Iterable[Any]) -> list[Rule]:
        return [
            Rule(say.filled(say.name(f), pack, on), _formula(pack, f, say, on), f.clause, f.quote) for f in formulas
        ]

    benefit = pack.benefit
    day = max(on, pack.effective_from)
    return PlainPack(
        version,
        pack,
        rules(pack.conditions),
        rules(pack.routes),
        rules(pack.definitions),
        _items(pack, say, day),
        [(p, _value(pack, p, day, say), p.since(day)) for p in pack.parameters.values() if p.kind != "bands"],
        aloud(pack, benefit.formula.expression, say, day) if benefit is not None else "",
        say.parameter(pack, pack.parameters[benefit.cap], pack.parameters[benefit.cap].on(day))
        if benefit and benefit.cap
        else "",
        pack.about,
    )


def _formula(pack: Pack, formula: Formula, say: Words, on: date) -> str:
    return "" if formula.expression.text in pack.facts else aloud(pack, formula.expression, say, on)


def _value(pack: Pack, parameter: Parameter, on: date, say: Words) -> str:
    return say.parameter(pack, parameter, parameter.on(on))


def _items(pack: Pack, say: Words, on: date) -> list[tuple[str, int, str, list[Bands]]]:
    found = []
    for item in pack.scoring.items if pack.scoring is not None else ():
        ways = [
            Bands(
                say.filled(say.name(option.formula), pack, on),
                aloud(pack, option.formula.expression, say, on),
                [
                    (band_bound(b, say, option.formula.unit), band_points(b))
                    for b in pack.parameters[option.bands].on(on)
                ],
            )
            for option in item.options
        ]
        block = pack.scoring.blocks[item.block].label if pack.scoring and item.block else ""
        label = (say.english and item.label_en) or item.label
        found.append((label, item.most, block, ways))
    return found

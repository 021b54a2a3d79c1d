"""事实目录 facts: what may be asked of an enterprise, defined once for all packs. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kechuang.kit.rules.expressions import Kind

KINDS = {"int": Kind.NUMBER, "ratio": Kind.NUMBER, "money": Kind.MONEY, "bool": Kind.BOOL, "date": Kind.DATE}
KINDS |= {"term": Kind.TERM}
YEARS_BEFORE = {1: ("上一年", "the year before"), 2: ("前两年", "two years before")}


@dataclass(frozen=True)
class Fact:
    """事实: one thing that is asked. ``type`` is int, ratio, money (yuan), bool, date or term (of ``scheme``).

    ``easy``: a firm can change it by itself, so that it may be proposed as the next step. ``years_before`` is 0 for the
    last full accounting year and for what holds on the day. ``most`` bounds what may be entered.
    """

    code: str
    type: str
    label: str
    label_en: str = ""
    unit: str = ""
    definition: str = ""
    source: str = ""
    text_status: str = "ours"
    group: str = ""
    scheme: str = ""
    easy: bool = False
    years_before: int = 0
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None

    @property
    def kind(self) -> Kind:
        """What expressions take it for."""
        return KINDS[self.type]


class WrongFact(ValueError):  # noqa: N818 - the sentence is the message
    """事实有误: a value that a fact cannot have; the message names the fact and the remedy."""


def declared(code: str, entry: Mapping[str, Any]) -> list[Fact]:
    """The facts that an entry of a catalogue declares: one, or one for each past year."""
    known = {
        f: entry[f]
        for f in ("label_en", "unit", "definition", "source", "text_status", "group", "scheme")
        if f in entry
    }
    known |= {f: Decimal(str(entry[f])) for f in ("least", "most") if f in entry}
    plain = Fact(code, entry["type"], entry["label"], easy=entry.get("easy", False), **known)
    facts = [plain]
    for back in range(1, int(entry.get("years", 1))):
        words, english = YEARS_BEFORE[back]
        earlier = {"label": f"{plain.label}（{words}）", "label_en": f"{plain.label_en} ({english})", "easy": False}
        facts.append(Fact(**(vars(plain) | earlier | {"code": f"{code}_y{back}", "years_before": back})))
    return facts


def read_facts(path: Path) -> dict[str, Fact]:
    """The catalogue of facts in a TOML file, by code, past years as codes of their own (``revenue_y1``)."""
    with path.open("rb") as file:
        content = tomllib.load(file)
    return {fact.code: fact for code, entry in content["facts"].items() for fact in declared(code, entry)}


def cleaned(fact: Fact, given: Any) -> Any:
    """The value as the rules compute with it (None for nothing); raises WrongFact with the fact's label."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if fact.type == "bool":
        return _truth(fact, given)
    if fact.type == "date":
        return _day(fact, given)
    if fact.type == "term":
        return str(given).strip()
    return _number(fact, given)


def _truth(fact: Fact, given: Any) -> bool:
    known = {"true": True, "是": True, "1": True, "yes": True, "false": False, "否": False, "0": False, "no": False}
    if isinstance(given, bool):
        return given
    if str(given).strip().lower() not in known:
        raise WrongFact(f"{fact.label}（{fact.code}）：请填“是”或“否”，现在是“{given}”")
    return known[str(given).strip().lower()]


def _day(fact: Fact, given: Any) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError as error:
        raise WrongFact(f"{fact.label}（{fact.code}）：请按 2026-03-01 的格式填写日期，现在是“{given}”") from error


def _number(fact: Fact, given: Any) -> int | Decimal:
    try:
        value = given if isinstance(given, int | Decimal) else Decimal(str(given).replace(",", "").strip())
        value = Decimal(value)
    except InvalidOperation as error:
        raise WrongFact(f"{fact.label}（{fact.code}）：请填数字，现在是“{given}”") from error
    if not value.is_finite() or isinstance(given, bool):
        raise WrongFact(f"{fact.label}（{fact.code}）：请填数字，现在是“{given}”")
    if fact.type == "int" and value != int(value):
        raise WrongFact(f"{fact.label}（{fact.code}）：请填整数，现在是“{given}”")
    if fact.type == "money" and value != round(value, 2):
        raise WrongFact(f"{fact.label}（{fact.code}）：金额最多两位小数，现在是“{given}”")
    for bound, wrong, word in (
        (fact.least, fact.least is not None and value < fact.least, "小于"),
        (fact.most, fact.most is not None and value > fact.most, "大于"),
    ):
        if wrong:
            raise WrongFact(f"{fact.label}（{fact.code}）：不能{word} {bound}，现在是“{given}”")
    return int(value) if fact.type == "int" else value

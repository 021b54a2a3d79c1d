"""事实目录 facts: what may be asked of an enterprise, defined once for all packs. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kechuang.kit.rules.expressions import Kind
from kechuang.kit.text import noop

KINDS = {"int": Kind.NUMBER, "ratio": Kind.NUMBER, "money": Kind.MONEY, "bool": Kind.BOOL, "date": Kind.DATE}
KINDS |= {"term": Kind.TERM}
LARGEST = {"int": Decimal(10**9), "ratio": Decimal(10**9), "money": Decimal(10**13)}  # nothing real is larger
YEARS_BEFORE = {1: ("上一年", "the year before"), 2: ("前两年", "two years before")}


@dataclass(frozen=True)
class Fact:
    """事实: one thing that is asked. ``type`` is int, ratio, money (yuan), bool, date or term (of ``scheme``).

    ``easy``: a firm can change it by itself, so that it may be proposed as the next step. ``years_before`` is 0 for the
    last full accounting year and for what holds on the day; ``years`` says how many years may be asked for, 0 for what
    belongs to no year. ``most`` bounds what may be entered.
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
    years: int = 0
    years_before: int = 0
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None

    @property
    def kind(self) -> Kind:
        """What expressions take it for."""
        return KINDS[self.type]

    @property
    def codes(self) -> tuple[str, ...]:
        """The names under which rules ask for it: the last full year, the year before, the year before that."""
        return tuple(year_code(self.code, ago) for ago in range(max(self.years, 1)))


def year_code(code: str, ago: int) -> str:
    """The name of a yearly fact so many years before the last full one."""
    return f"{code}_y{ago}" if ago else code


class WrongFact(ValueError):  # noqa: N818 - the sentence is the message
    """事实有误: a value that a fact cannot have. ``template`` with ``given`` (label, code, value …) is the sentence."""

    def __init__(self, fact: Fact, template: str, value: Any, **given: Any) -> None:
        self.fact, self.template = fact, template
        self.given = {"value": str(value)[:40], **given}
        super().__init__(f"{fact.label}（{fact.code}）：{template % self.given}")


def declared(code: str, entry: Mapping[str, Any]) -> list[Fact]:
    """The facts that an entry of a catalogue declares: one, or one for each past year."""
    known = {
        f: entry[f]
        for f in ("label_en", "unit", "definition", "source", "text_status", "group", "scheme")
        if f in entry
    }
    known |= {f: Decimal(str(entry[f])) for f in ("least", "most") if f in entry}
    years = int(entry.get("years", 0))
    plain = Fact(code, entry["type"], entry["label"], easy=entry.get("easy", False), years=years, **known)
    facts = [plain]
    for back in range(1, years):
        words, english = YEARS_BEFORE[back]
        earlier = {"label": f"{plain.label}（{words}）", "label_en": f"{plain.label_en} ({english})", "easy": False}
        facts.append(Fact(**(vars(plain) | earlier | {"code": year_code(code, back), "years_before": back})))
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
        raise WrongFact(fact, noop("请填“是”或“否”，现在是“%(value)s”"), given)
    return known[str(given).strip().lower()]


def _day(fact: Fact, given: Any) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError as error:
        raise WrongFact(fact, noop("请按 2026-03-01 的格式填写日期，现在是“%(value)s”"), given) from error


def _number(fact: Fact, given: Any) -> int | Decimal:
    try:
        value = given if isinstance(given, int | Decimal) else Decimal(str(given).replace(",", "").strip())
        value = Decimal(value)
    except InvalidOperation as error:
        raise WrongFact(fact, noop("请填数字，现在是“%(value)s”"), given) from error
    if not value.is_finite() or isinstance(given, bool):
        raise WrongFact(fact, noop("请填数字，现在是“%(value)s”"), given)
    if fact.type == "int" and value != int(value):
        raise WrongFact(fact, noop("请填整数，现在是“%(value)s”"), given)
    if fact.type == "money" and value != round(value, 2):
        raise WrongFact(fact, noop("金额最多精确到分，现在是“%(value)s”元"), given)
    most = fact.most if fact.most is not None else LARGEST[fact.type]
    if fact.least is not None and value < fact.least:
        raise WrongFact(fact, noop("不能小于 %(bound)s，现在是“%(value)s”"), given, bound=fact.least)
    if value > most:
        raise WrongFact(fact, noop("不能大于 %(bound)s，现在是“%(value)s”"), given, bound=most)
    return int(value) if fact.type == "int" else value

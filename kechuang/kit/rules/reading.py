"""读规则包 reading: TOML to a checked pack, or every fault with its line and what to do about it. Pure."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kechuang.kit.rules import parts
from kechuang.kit.rules.expressions import Kind
from kechuang.kit.rules.facts import KINDS, Fact, declared
from kechuang.kit.rules.packs import (
    CAP_SCOPES,
    PACK_KINDS,
    Benefit,
    Example,
    Formula,
    Pack,
    Parameter,
    Ranking,
    Scoring,
)
from kechuang.kit.rules.parts import Fault
from kechuang.kit.rules.places import line_of

TOP = ("code", "title", "kind", "basis", "authority", "text_status", "effective_from", "effective_to")
TABLES = ("facts", "own", "parameters", "define", "require", "route", "score", "benefit", "example", "about")
TEXT_STATUS = ("published", "seed", "general", "ours", "mirror", "official", "unknown")


@dataclass(frozen=True)
class Problem:
    """毛病: what is wrong in which line of which file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class PackRefused(Exception):  # noqa: N818 - a refusal, with all its reasons
    """规则包不能使用: all problems of a file at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def read_file(path: Path, catalogue: Mapping[str, Fact]) -> Pack:
    """The pack in a file; raises PackRefused."""
    return read_pack(path.read_text("utf-8"), catalogue, file=path.name)


def read_pack(text: str, catalogue: Mapping[str, Fact], *, file: str = "pack.toml") -> Pack:
    """The pack that a text describes; raises PackRefused with all faults. Examples are run by ``examples``."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_in(str(error))
        raise PackRefused([Problem(file, line, f"不是有效的 TOML：{error}")]) from error
    reader = _Reader(content, catalogue)
    pack = reader.pack(hashlib.sha256(text.encode()).hexdigest())
    if reader.faults or pack is None:
        found = [Problem(file, line_of(text, fault.path), fault.reason) for fault in reader.faults]
        raise PackRefused(sorted(found, key=lambda p: p.line))
    examples = tuple(
        Example(e.name, e.on, e.facts, e.expect, line_of(text, ("example", at))) for at, e in enumerate(pack.examples)
    )
    return Pack(**(_shallow(pack) | {"examples": examples}))


def _shallow(pack: Pack) -> dict[str, Any]:
    return {name: getattr(pack, name) for name in Pack.__dataclass_fields__}


def _line_in(message: str) -> int:
    words = message.replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else 1


class _Reader:
    """Reads table after table and gathers faults, so that an author sees all of them at once."""

    def __init__(self, content: Mapping[str, Any], catalogue: Mapping[str, Fact]) -> None:
        self.content, self.catalogue = content, catalogue
        self.faults: list[Fault] = []
        self.facts: dict[str, Fact] = {}
        self.parameters: dict[str, Parameter] = {}
        self.names: dict[str, Kind] = {}

    def fault(self, reason: str, *path: str | int) -> None:
        self.faults.append(Fault(path, reason))

    def pack(self, digest: str) -> Pack | None:
        self._top()
        if self.faults:
            return None
        self._facts()
        self._parameters()
        definitions = self._formulas("define")
        conditions, routes = self._formulas("require", Kind.BOOL), self._formulas("route", Kind.BOOL)
        scoring, benefit = self._score(), self._benefit()
        if self.content["kind"] != "text" and not self.content.keys() & {"require", "route", "score"}:
            self.fault('没有条件，也没有评分：只有文字的条款请写 kind = "text"', "kind")
        top: dict[str, Any] = {name: self.content.get(name) for name in TOP}
        return Pack(
            digest=digest,
            facts=self.facts,
            parameters=self.parameters,
            definitions=definitions,
            conditions=conditions,
            routes=routes,
            scoring=scoring,
            benefit=benefit,
            examples=self._examples(),
            about=self.content.get("about", {}),
            **top,
        )

    def _top(self) -> None:
        for name in self.content.keys() - {*TOP, *TABLES}:
            self.fault(f"不认识“{name}”", name)
        for name in TOP[:-1]:
            if not self.content.get(name):
                self.fault(f"缺少“{name}”", name)
        if self.content.get("kind") not in PACK_KINDS:
            self.fault(f"kind 应是 {'、'.join(PACK_KINDS)} 之一", "kind")
        if self.content.get("text_status") not in TEXT_STATUS:
            self.fault(f"text_status 应是 {'、'.join(TEXT_STATUS)} 之一", "text_status")
        for name in ("effective_from", "effective_to"):
            if not isinstance(self.content.get(name, date.min), date):
                self.fault(f"{name} 应是日期，如 2026-03-01", name)

    def _facts(self) -> None:
        for code in self.content.get("facts", []):
            if code not in self.catalogue:
                self.fault(f"事实目录里没有“{code}”；只属于本条款的事实请写在 [own.{code}]", "facts")
            else:
                self.facts[code] = self.catalogue[code]
        for code, entry in self.content.get("own", {}).items():
            if code in self.catalogue:
                self.fault(f"“{code}”已在事实目录里，请写进 facts", "own", code)
            elif entry.get("type") not in KINDS or not entry.get("label"):
                self.fault(f"“{code}”要有 label，type 应是 {'、'.join(KINDS)} 之一", "own", code)
            else:
                self.facts |= {fact.code: fact for fact in declared(code, entry)}
        self.names = {code: fact.kind for code, fact in self.facts.items()}

    def _parameters(self) -> None:
        for name, entry in self.content.get("parameters", {}).items():
            try:
                self.parameters[name] = parts.parameter(name, entry, self.content["effective_from"], TEXT_STATUS)
            except Fault as fault:
                self.fault(fault.reason, "parameters", name, *fault.path)

    def _formulas(self, table: str, wanted: Kind | None = None) -> tuple[Formula, ...]:
        found: list[Formula] = []
        for at, entry in enumerate(self.content.get(table, [])):
            formula = self._formula(entry, wanted, table, at)
            if formula is None:
                continue
            if formula.code in {f.code for f in found} or (table == "define" and formula.code in self.names):
                self.fault(f"“{formula.code}”重复", table, at, "code")
            if table == "define":
                self.names[formula.code] = formula.expression.kind
            found.append(formula)
        return tuple(found)

    def _formula(self, entry: Mapping[str, Any], wanted: Kind | None, *path: str | int) -> Formula | None:
        try:
            return parts.formula(entry, self.names, self.parameters, wanted)
        except Fault as fault:
            self.fault(fault.reason, *path, *fault.path)
            return None

    def _score(self) -> Scoring | None:
        entry = self.content.get("score")
        if entry is None:
            return None
        try:
            return parts.scoring(entry, self.names, self.parameters, self.facts)
        except Fault as fault:
            self.fault(fault.reason, "score", *fault.path)
            return None

    def _benefit(self) -> Benefit | None:
        entry = self.content.get("benefit")
        if entry is None:
            if self.content["kind"] == "benefit":
                self.fault("kind 是 benefit，却没有 [benefit]", "kind")
            return None
        formula = self._formula({"code": "amount", "label": "金额", **entry}, Kind.MONEY, "benefit")
        ranking = None
        if "ranking" in entry and formula is not None:
            by = self._formula({"code": "rank", "label": "排序", **entry["ranking"]}, None, "benefit", "ranking")
            ranking = Ranking(by, entry["ranking"].get("first", "")) if by is not None else None
        for name in filter(None, (entry.get("cap"), ranking.first if ranking else "")):
            if name not in self.parameters:
                self.fault(f"没有名为“{name}”的参数", "benefit")
        scope = entry.get("cap_scope", "item")
        if scope not in CAP_SCOPES:
            self.fault(f"cap_scope 应是 {'、'.join(CAP_SCOPES)} 之一", "benefit", "cap_scope")
        if formula is None:
            return None
        group, automatic = entry.get("group", ""), bool(entry.get("automatic"))
        return Benefit(entry.get("kind", "grant"), formula, entry.get("cap", ""), scope, group, automatic, ranking)

    def _examples(self) -> tuple[Example, ...]:
        found = []
        for at, entry in enumerate(self.content.get("example", [])):
            if not entry.get("name") or not isinstance(entry.get("on"), date) or not entry.get("expect"):
                self.fault("算例要有 name、on（日期）和 expect", "example", at)
                continue
            for code in entry.get("facts", {}).keys() - self.facts.keys():
                self.fault(f"算例用了没有声明的事实“{code}”", "example", at, "facts")
            found.append(Example(entry["name"], entry["on"], entry.get("facts", {}), entry["expect"]))
        return tuple(found)

"""梯度表 ladder: the rungs as the packs of the nation and of the region name them, and the stages of districts."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import english
from kechuang.kit.refusal import Refusal

RULE, LIST = "rule", "list"


@dataclass(frozen=True)
class Rung:
    """一级: a code of the list ``qualification``. ``side`` rungs stand beside the ladder and lead nowhere.

    ``decided`` by a rule ``pack``, or by a ``list`` for which people decide. ``validity`` is empty where no source
    says how long a certificate holds.
    """

    code: str
    order: int
    source: str
    text_status: str
    pack: str = ""
    decided: str = RULE
    side: bool = False
    validity: Mapping[str, Any] | None = None
    validity_words: str = ""
    validity_words_en: str = ""
    pattern: str = ""
    length: int = 0
    year_prefix: bool = False
    number_words: str = ""
    number_words_en: str = ""

    @property
    def label(self) -> str:
        """What the rung is called, in the reader's language."""
        return vocab.label("qualification", self.code)

    @property
    def holds_for(self) -> str:
        """How long a certificate holds, in words."""
        return (english() and self.validity_words_en) or self.validity_words

    @property
    def number_form(self) -> str:
        """What a number looks like, in words."""
        return (english() and self.number_words_en) or self.number_words

    def valid_to(self, since: date) -> date | None:
        """The first day on which a certificate of ``since`` no longer holds; None where no source says so."""
        rule = self.validity or {}
        if rule.get("until") == "year_end":
            months = int(rule.get("plus_months", 0))
            return date(since.year + 1 + months // 12, 1 + months % 12, 1)
        if "years" in rule:
            return _years_later(since, int(rule["years"]))
        return None

    def checked_number(self, number: str, since: date) -> tuple[str, str]:
        """The number in its usual form, and a remark where it looks unusual; raises Refusal where it cannot be one."""
        tidy = number.strip().upper().replace(" ", "")
        if not tidy or self.decided == LIST:
            return number.strip(), ""
        if self.pattern and not re.fullmatch(self.pattern, tidy, re.ASCII):
            words = _("“%(number)s”不是%(rung)s的编号：应为 %(form)s。请照证书填写，系统不会生成编号。") % {
                "number": number.strip(),
                "rung": self.label,
                "form": self.number_form,
            }
            raise Refusal(words, fields={"number": words})
        odd = (self.length and len(tidy) != self.length) or (self.year_prefix and tidy[:4] != str(since.year))
        if not odd:
            return tidy, ""
        return tidy, _("编号“%(number)s”与常见的不同（%(form)s），请核对；已照填保存。") % {
            "number": tidy,
            "form": self.number_form,
        }


def _years_later(since: date, years: int) -> date:
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # 29 February
        return since.replace(year=since.year + years, day=28) + timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    """阶段: a stage of a district's ladder; ``holds`` are the rungs that put a firm there."""

    code: str
    name: str
    name_en: str
    holds: tuple[str, ...]

    @property
    def label(self) -> str:
        """What the stage is called, in the reader's language."""
        return (english() and self.name_en) or self.name


@dataclass(frozen=True)
class Scope:
    """区市梯度: the stages of a district, lowest first, with the source of their names and of their meaning."""

    district: str
    name: str
    name_en: str
    source: str
    text_status: str
    mapping_status: str
    stages: tuple[Stage, ...]

    @property
    def label(self) -> str:
        """What the ladder is called, in the reader's language."""
        return (english() and self.name_en) or self.name

    def stage_of(self, held: Collection[str]) -> Stage:
        """The stage of a firm that holds these rungs: the highest that one of them leads to, else the lowest."""
        reached = [stage for stage in self.stages if set(stage.holds) & set(held)]
        return reached[-1] if reached else self.stages[0]


@dataclass(frozen=True)
class Ladder:
    """梯度: the rungs lowest first, the ladders of districts, and how many days before an end people are reminded."""

    rungs: tuple[Rung, ...]
    scopes: tuple[Scope, ...]
    expiry_days: tuple[int, ...]
    window_days: tuple[int, ...]
    source: str

    def rung(self, code: str) -> Rung | None:
        """The rung with this code."""
        return next((rung for rung in self.rungs if rung.code == code), None)

    @property
    def main(self) -> tuple[Rung, ...]:
        """The rungs that follow each other."""
        return tuple(rung for rung in self.rungs if not rung.side)

    def next_above(self, held: Collection[str]) -> Rung | None:
        """The rung above the highest that is held; the lowest where none is; None at the top."""
        top = max((rung.order for rung in self.main if rung.code in held), default=0)
        return next((rung for rung in self.main if rung.order > top), None)

    def scope_of(self, district: str) -> Scope | None:
        """The ladder of a district of its own, if it has one."""
        return next((scope for scope in self.scopes if scope.district == district), None)


@lru_cache(maxsize=4)
def _read(packs: tuple[str, ...]) -> Ladder:
    """The ladder of these packs, a later one adding to those before."""
    content: dict[str, Any] = {"rung": [], "scope": [], "reminders": {}, "source": ""}
    for pack in packs:
        path = settings.PACKS_DIR / pack / "ladder.toml"
        if path.exists():
            found = tomllib.loads(path.read_text("utf-8"))
            content["rung"] += found.get("rung", [])
            content["scope"] += found.get("scope", [])
            content["reminders"] |= found.get("reminders", {})
            content["source"] = content["source"] or found.get("source", "")
    rungs = {entry["code"]: Rung(**entry) for entry in content["rung"]}
    return Ladder(
        rungs=tuple(sorted(rungs.values(), key=lambda rung: (rung.order, rung.side))),
        scopes=tuple(_scope(entry) for entry in content["scope"]),
        expiry_days=tuple(sorted(content["reminders"].get("expiry", ()))),
        window_days=tuple(sorted(content["reminders"].get("window", ()))),
        source=content["source"],
    )


def _scope(entry: Mapping[str, Any]) -> Scope:
    stages = tuple(Stage(s["code"], s["label"], s.get("label_en", ""), tuple(s["holds"])) for s in entry["stages"])
    told = {name: entry[name] for name in ("district", "source", "text_status", "mapping_status")}
    return Scope(name=entry["label"], name_en=entry.get("label_en", ""), stages=stages, **told)


def ladder() -> Ladder:
    """The ladder of this city."""
    return _read(("national", settings.REGION))

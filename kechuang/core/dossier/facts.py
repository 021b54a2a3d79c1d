"""事实目录 facts: what an organisation's file holds and what rules may ask, from ``packs/national/facts.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

Value = Any  # Decimal, int, bool, date or str, by the type of the fact


@dataclass(frozen=True)
class Fact:
    """事实: one thing that is known or not. ``years`` is 0 for what belongs to no year."""

    code: str
    group: str
    type: str
    label: str
    label_en: str
    definition: str
    text_status: str
    unit: str = ""
    scheme: str = ""
    source: str = ""
    years: int = 0
    easy: bool = False

    @property
    def name(self) -> str:
        """The label in the reader's language."""
        return self.label_en if (get_language() or "zh").startswith("en") else self.label

    @property
    def codes(self) -> tuple[str, ...]:
        """The names under which rules ask for it: the last full year, the year before, the year before that."""
        return tuple(year_code(self.code, ago) for ago in range(max(self.years, 1)))


def year_code(code: str, ago: int) -> str:
    """The name of a yearly fact so many years before the last full one."""
    return f"{code}_y{ago}" if ago else code


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    path = settings.PACKS_DIR / "national" / "facts.toml"
    return tomllib.loads(path.read_text("utf-8"))


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Fact]:
    """All facts by code, in their order."""
    return {code: Fact(code=code, **entry) for code, entry in _file()["facts"].items()}


@lru_cache(maxsize=1)
def asked_codes() -> Mapping[str, tuple[Fact, int]]:
    """Every name that a rule may ask for, with its fact and how many years ago."""
    return {name: (fact, ago) for fact in facts().values() for ago, name in enumerate(fact.codes)}


def groups() -> Mapping[str, str]:
    """The parts of the file with their labels, in order."""
    return dict(_file()["groups"])


def of_group(group: str) -> list[Fact]:
    """The facts of one part of the file."""
    return [fact for fact in facts().values() if fact.group == group]


def last_full_year(on: Any) -> int:
    """The last accounting year that is over on a date."""
    year: int = on.year - 1
    return year

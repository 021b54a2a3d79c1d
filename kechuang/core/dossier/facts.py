"""事实目录 facts: what an organisation's file holds and what rules may ask, from ``packs/national/facts.toml``."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from kechuang.kit.language import english
from kechuang.kit.rules.facts import Fact, read_facts

Value = Any  # Decimal, int, bool, date or str, by the type of the fact


def _path() -> Path:
    return Path(settings.PACKS_DIR) / "national" / "facts.toml"


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Fact]:
    """Every name that a rule may ask for, past years (``revenue_y1``) as names of their own."""
    return read_facts(_path())


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Fact]:
    """All facts by code, in their order; a yearly fact once."""
    return {code: fact for code, fact in catalogue().items() if not fact.years_before}


@lru_cache(maxsize=1)
def asked_codes() -> Mapping[str, tuple[Fact, int]]:
    """Every name that a rule may ask for, with its fact and how many years ago."""
    return {name: (fact, ago) for fact in facts().values() for ago, name in enumerate(fact.codes)}


@lru_cache(maxsize=1)
def groups() -> Mapping[str, str]:
    """The parts of the file with their labels, in order."""
    return dict(tomllib.loads(_path().read_text("utf-8"))["groups"])


def of_group(group: str) -> list[Fact]:
    """The facts of one part of the file."""
    return [fact for fact in facts().values() if fact.group == group]


def label(fact: Fact) -> str:
    """What a fact is called in the reader's language."""
    return (english() and fact.label_en) or fact.label


def last_full_year(on: Any) -> int:
    """The last accounting year that is over on a date."""
    year: int = on.year - 1
    return year

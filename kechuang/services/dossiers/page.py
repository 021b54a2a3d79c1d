"""档案页 page: one part of a file as people read it: every value with its source, day and person, or what lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.dossier.completeness import Completeness, completeness
from kechuang.core.dossier.facts import facts, groups, last_full_year, of_group
from kechuang.core.dossier.models import PROFILE, YEARLY, Profile
from kechuang.core.dossier.queries import Origin, facts_of, provenance_of
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.kit.rules.facts import Fact, cleaned, year_code
from kechuang.services.dossiers.lists import Shelf, shelves
from kechuang.services.dossiers.queries import asked
from kechuang.web.prefill import source_label

YEARS = 3
GROUPS = {
    "identity": gettext_noop("主体信息"),
    "staff": gettext_noop("人员"),
    "money": gettext_noop("经营与研发"),
    "ip": gettext_noop("知识产权"),
    "standing": gettext_noop("资格与诚信"),
    "results": gettext_noop("成果与活动"),
}


@dataclass(frozen=True)
class Cell:
    """一个值: as people read it, and where it comes from; ``year`` 0 for what belongs to no year."""

    value: str
    origin: Origin
    source: str
    year: int


@dataclass(frozen=True)
class Line:
    """一行: a fact with its value, or with its values of three years."""

    fact: Fact
    cells: list[Cell]


@dataclass
class FilePage:
    """档案页: the parts that the reader may see, and the one that is open."""

    party: Party
    tabs: list[tuple[str, str, int]]
    group: str
    years: list[int]
    single: list[Line] = field(default_factory=list)
    derived: list[Line] = field(default_factory=list)
    yearly: list[Line] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    done: Completeness = field(default_factory=lambda: Completeness(0, 0))
    missing: list[tuple[str, str]] = field(default_factory=list)


def file_page(party: Party, visible: Iterable[str], wanted: str, on: date) -> FilePage:
    """One part of a file on a date."""
    names = [name for name in groups() if name in set(visible)]
    group = wanted if wanted in names else names[0]
    known, origins = facts_of(party, on=on), provenance_of(party, on=on)
    done = completeness(known, on=on, asked=asked(on))
    profile = Profile.objects.filter(party=party).first()
    last = last_full_year(on)
    tabs = [(name, _(GROUPS[name]), sum(_of(code).group == name for code in done.missing)) for name in names]
    page = FilePage(party, tabs, group, [last - ago for ago in range(YEARS)], done=done)
    for fact in of_group(group):
        line = Line(fact, [_cell(fact, ago, known, origins, last) for ago in range(max(fact.years, 1))])
        lines = page.yearly if fact.code in YEARLY else page.single if fact.code in PROFILE else page.derived
        lines.append(line)
    page.shelves = shelves(party, group, profile.kept if profile else {})
    page.missing = [(code, _of(code).group) for code in done.missing]
    return page


def _of(code: str) -> Fact:
    """The fact of a name with or without its year."""
    found = facts().get(code)
    return found if found is not None else facts()[code.rsplit("_y", 1)[0]]


def _cell(fact: Fact, ago: int, known: Mapping[str, Any], origins: Mapping[str, Origin], last: int) -> Cell:
    name = year_code(fact.code, ago)
    origin = origins[name]
    return Cell(_shown(fact, known.get(name)), origin, source_label(origin), last - ago if fact.years else 0)


def _shown(fact: Fact, value: Any) -> str:
    return "" if value is None else words().value(fact, value)


def plain(code: str, text: str) -> str:
    """A value out of a dispute, kept as text, as people read it."""
    return _shown(facts()[code], cleaned(facts()[code], text))

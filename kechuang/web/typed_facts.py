"""算过的数据 typed facts: what somebody typed into the policy calculator, kept in the session and carried on.

It survives the login (the session stays the same) and ends with the session. Nothing of it counts anywhere until the
enterprise saves it in a form of its own file.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kechuang.core.dossier.facts import asked_codes, last_full_year
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.models import PROFILE, YEARLY
from kechuang.kit.rules.facts import Fact, WrongFact, cleaned

KEY = "typed_facts"
SOURCE = "由本单位在计算器填写"  # how the history of a file says where the values came from


@dataclass
class Typed:
    """算过的数据: facts as texts by the names that rules ask for, and the day for which they were typed."""

    facts: dict[str, str] = field(default_factory=dict)
    on: date | None = None

    def values(self, facts: Mapping[str, Fact]) -> dict[str, Any]:
        """The values of these facts as forms take them; what does not fit any more is left out."""
        found = {}
        for name in self.facts.keys() & facts.keys():
            try:
                found[name] = cleaned(facts[name], self.facts[name])
            except WrongFact:
                continue
        return found


def kept(session: Any) -> Typed:
    """What this visitor typed before."""
    row = session.get(KEY) or {}
    return Typed(dict(row.get("facts", {})), date.fromisoformat(row["on"]) if row.get("on") else None)


def keep(session: Any, given: Mapping[str, Any], *, asked: Collection[str], on: date) -> None:
    """Keep what was given; of the facts that were asked the others are no longer known."""
    before = {name: value for name, value in kept(session).facts.items() if name not in asked}
    facts = before | {name: text(value) for name, value in given.items()}
    if facts:
        session[KEY] = {"facts": facts, "on": on.isoformat()}
    else:
        forget(session)


def forget(session: Any) -> None:
    """Nothing was typed."""
    session.pop(KEY, None)


def for_file(typed: Typed, today: date) -> tuple[dict[tuple[int, str], Any], list[Fact]]:
    """The values that an enterprise can state in its file, by year (0: of no year) and field; facts that it cannot.

    Counts of lists follow from the lists; a policy's own facts are no part of the file.
    """
    last, found, left = last_full_year(today), dict[tuple[int, str], Any](), list[Fact]()
    values = typed.values({name: fact for name, (fact, _ago) in asked_codes().items()})
    for name, value in sorted(values.items(), key=lambda item: list(asked_codes()).index(item[0])):
        fact, ago = asked_codes()[name]
        year = last_full_year(typed.on or today) - ago
        if fact.code in PROFILE:
            found[0, fact.code] = value
        elif fact.code in YEARLY and last - 2 <= year <= last:
            found[year, fact.code] = value
        elif fact not in left:
            left.append(fact)
    return found, left

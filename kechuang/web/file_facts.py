"""档案事实 file facts: what the enterprise file says of the facts that a rule pack asks for, each with its source."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.queries import Origin, facts_of, provenance_of
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Pack
from kechuang.web.prefill import source_label


@dataclass(frozen=True)
class FileFact:
    """档案事实: label, value and source as a form shows them; ``value`` is empty where it is missing or disputed."""

    code: str
    label: str
    value: str
    source: str
    state: str


def file_facts(pack: Pack, party: Party, on: date) -> list[FileFact]:
    """The facts that a pack needs from the file, in the order of the catalogue."""
    known, origins = facts_of(party, on=on), provenance_of(party, on=on)
    needed = [pack.facts[code] for code in asked_codes() if code in pack.needed]
    return [_shown(fact, known.get(fact.code), origins[fact.code]) for fact in needed]


def _shown(fact: Fact, value: Any, origin: Origin) -> FileFact:
    parts = [source_label(origin), str(origin.day or ""), origin.by]
    said = words().value(fact, value) if value is not None else ""
    return FileFact(fact.code, words().label(fact), said, " · ".join(filter(None, parts)), origin.state)

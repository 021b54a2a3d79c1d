"""事实的样子 shown: the facts with which an application was handed in, each with the source that it had then."""

from collections.abc import Mapping, Sequence
from datetime import date

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.queries import Origin
from kechuang.core.dossier.wording import words
from kechuang.kit.rules.verdicts import Verdict
from kechuang.web.file_facts import FileFact
from kechuang.web.prefill import source_label


def kept_facts(verdict: Verdict, sources: Mapping[str, Sequence[str]]) -> list[FileFact]:
    """The frozen facts of a verdict, in the order of the catalogue."""
    needed = [verdict.pack.facts[code] for code in asked_codes() if code in verdict.pack.needed]
    say = words()
    found = []
    for fact in needed:
        value = verdict.facts.get(fact.code)
        source, day, by = sources.get(fact.code, ("", "", ""))
        origin = Origin("known", source, date.fromisoformat(day) if day else None, by)
        parts = [source_label(origin) if source else "", day, by]
        said = say.value(fact, value) if value is not None else ""
        found.append(FileFact(fact.code, say.label(fact), said, " · ".join(filter(None, parts)), "known"))
    return found

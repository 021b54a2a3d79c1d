"""结论的样子 shown: a verdict as pages show it, and what the cap left, in the language of the reader."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kechuang.core.dossier.wording import words
from kechuang.core.ledger.models import CapTake
from kechuang.core.ledger.wording import cap_words
from kechuang.core.vocab import queries as vocab
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.queries import Prefilled


@dataclass(frozen=True)
class FileFact:
    """档案事实: label, value and source as the form shows them; ``value`` is empty where it is missing or disputed."""

    label: str
    value: str
    source: str
    state: str


def file_facts(rows: list[Prefilled]) -> list[FileFact]:
    """What the form shows of the file."""
    return [_file_fact(row) for row in rows]


def _file_fact(row: Prefilled) -> FileFact:
    known = row.value is not None
    source = {"register": _("单位登记"), "list": _("由清单得出")}.get(row.origin.source, "")
    source = source or (vocab.label("dossier_source", row.origin.source) if row.origin.source else "")
    parts = [source, str(row.origin.day or ""), row.origin.by]
    value = words().value(row.fact, row.value) if known else ""
    return FileFact(words().label(row.fact), value, " · ".join(filter(None, parts)), row.origin.state)


def capped(benefit: Benefit) -> str:
    """What the cap left of a claim, in words; empty before money is held."""
    take = CapTake.objects.filter(reason=benefit.reason).select_related("use").first()
    return cap_words(take) if take is not None else ""

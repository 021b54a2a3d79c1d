"""评价卡的样子 page: facts with their sources, items with median and last year, a round as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.queries import state_of
from kechuang.core.dossier.wording import words
from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import english
from kechuang.kit.rules.verdicts import Verdict
from kechuang.kit.rules.wording import points
from kechuang.kit.workflow import State
from kechuang.services.scorecards import queries, scoring
from kechuang.services.scorecards.models import Card, Result, Round
from kechuang.services.scorecards.queries import Stated


@dataclass(frozen=True)
class FactRow:
    """事实: label, value and source; ``value`` is empty where it is missing or disputed."""

    code: str
    label: str
    value: str
    source: str
    state: str
    year: int


def fact_rows(rows: list[Stated]) -> list[FactRow]:
    """What the file says, as the page shows it."""
    return [_fact_row(row) for row in rows]


def _fact_row(row: Stated) -> FactRow:
    say, origin = words(), row.origin
    source = {"register": _("单位登记"), "list": _("由清单得出")}.get(origin.source, "")
    source = source or (vocab.label("dossier_source", origin.source) if origin.source else "")
    value = say.value(row.fact, row.value) if row.value is not None else ""
    said = " · ".join(filter(None, (source, str(origin.day or ""), origin.by)))
    return FactRow(row.fact.code, say.label(row.fact), value, said, origin.state, origin.year)


@dataclass(frozen=True)
class ItemRow:
    """指标: points, how they came about, median of the round, points of the year before, the officer's remark."""

    label: str
    points: int
    most: int
    detail: str
    median: float | None
    before: int | None
    remark: str
    by_person: bool


def item_rows(result: Result, medians: Mapping[str, float], before: Result | None) -> list[ItemRow]:
    """The items of a result; every one opens to the facts it used."""
    verdict = queries.again(result.verdict)
    details = {one.item.code: points(verdict, one, words()).detail for one in _items(verdict)}
    earlier = {i["code"]: i["points"] for i in before.items} if before is not None else {}
    return [
        ItemRow(
            (english() and item["label_en"]) or item["label"],
            item["points"],
            item["most"],
            details.get(item["code"], ""),
            medians.get(item["code"]),
            earlier.get(item["code"]),
            result.remarks.get(item["code"], ""),
            item["low"] < item["high"],
        )
        for item in result.items
    ]


def _items(verdict: Verdict) -> Any:
    return verdict.score.items if verdict.score is not None else ()


@dataclass(frozen=True)
class RoundRow:
    """一家: its card, where it stands, and after the publication score, rank and the year before."""

    card: Card
    state: State
    score: int | None
    rank: int | None
    before: int | None
    corrected: bool


def round_rows(found: Round) -> list[RoundRow]:
    """The firms of a round: the best first once it is published, else by name."""
    results = queries.latest(found)
    places = scoring.ranks({pk: row.score for pk, row in results.items()})
    rows = []
    for card in found.cards.select_related("case__assignee", "party", "round").order_by("party__name"):
        result, earlier = results.get(card.pk), queries.year_before(card)
        rows.append(
            RoundRow(
                card,
                state_of(card.case),
                result.score if result else None,
                places.get(card.pk),
                earlier.score if earlier else None,
                result is not None and result.number > 1,
            )
        )
    return sorted(rows, key=lambda row: row.rank if row.rank is not None else 10**6)

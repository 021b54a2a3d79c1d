"""评价结果清单表: firms and items of rounds, officers with ranks, a firm its own alone."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.queries import state_of
from kechuang.core.vocab import queries as vocab
from kechuang.services.scorecards import access, page, queries, scoring
from kechuang.services.scorecards.models import Card, Round
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet

OWNER, YEAR = Column(gettext_noop("出资人"), width=30), Column(gettext_noop("评价年度"), width=10)
FIRM = Column(gettext_noop("企业"), width=36)
RESULTS = (
    OWNER,
    YEAR,
    FIRM,
    Column(gettext_noop("统一社会信用代码"), width=22),
    Column(gettext_noop("区市"), width=14),
    Column(gettext_noop("状态"), width=20),
    Column(gettext_noop("得分"), width=8),
    Column(gettext_noop("名次"), gettext_noop("同一轮内，只有主管部门看得到。"), 8),
    Column(gettext_noop("指标表版本"), width=40),
    Column(gettext_noop("结果版次"), width=10),
    Column(gettext_noop("开放给民企的要素"), width=50),
)
ITEMS = (
    OWNER,
    YEAR,
    FIRM,
    Column(gettext_noop("指标"), width=36),
    Column(gettext_noop("得分"), width=8),
    Column(gettext_noop("满分"), width=8),
    Column(gettext_noop("所用事实"), width=60),
    Column(gettext_noop("评定意见"), width=40),
)


def _seen(ask: Ask) -> QuerySet[Card]:
    rows = queries.cards(ask.user).exclude(round__state=Round.State.DROPPED)
    number = str(ask.parameters.get("round", ""))
    return rows.filter(round=int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else rows


def _filters(ask: Ask) -> list[str]:
    """The round that the address names, in words."""
    first = _seen(ask).select_related("round__owner").first() if ask.parameters.get("round") else None
    return [str(first.round)] if first is not None else []


def _cards(ask: Ask) -> Iterator[Card]:
    rows = _seen(ask)
    yield from rows.order_by("-round__year", "round__owner__name", "party__name")


def _results(ask: Ask) -> Iterator[list[Any]]:
    places: dict[int, dict[int, int]] = {}
    office = set(access.assess_card.filter(ask.user, Card.objects.all()).values_list("pk", flat=True))
    for card in _cards(ask):
        result = queries.result_of(card)
        if card.pk in office and card.round_id not in places:
            latest = queries.latest(card.round)
            places[card.round_id] = scoring.ranks({pk: row.score for pk, row in latest.items()})
        yield [
            card.round.owner.name,
            card.round.year,
            card.party.name,
            card.party.uscc or "",
            vocab.label("district", card.party.district) if card.party.district else "",
            _(state_of(card.case).label),
            result.score if result else None,
            places.get(card.round_id, {}).get(card.pk) if card.pk in office else None,
            str(card.round.version),
            result.number if result else None,
            card.elements,
        ]


def _items(ask: Ask) -> Iterator[list[Any]]:
    for card in _cards(ask):
        result = queries.result_of(card)
        for row in page.item_rows(result, {}, None) if result is not None else ():
            owner = card.round.owner.name
            yield [owner, card.round.year, card.party.name, row.label, row.points, row.most, row.detail, row.remark]


register_sheet(
    Sheet(
        "scorecards",
        gettext_noop("国企创新评价"),
        (
            Part(gettext_noop("评价结果"), RESULTS, _results),
            Part(gettext_noop("各项得分"), ITEMS, _items),
        ),
        filters=_filters,
        about=gettext_noop("这份清单不能导入：得分由指标表、企业档案和评定决定。"),
    )
)

"""首页 front: industries with counts, what is new, live counts and published figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kechuang.core.market.queries import public_count
from kechuang.core.search.cached import cached
from kechuang.core.search.models import Query
from kechuang.core.search.queries import find
from kechuang.core.vocab.queries import choices
from kechuang.core.vocab.region import region
from kechuang.web.cards import Card, cards
from kechuang.web.navigation import kinds
from kechuang.web.templatetags.kc import local

NEWEST = 6


@dataclass(frozen=True)
class Industry:
    """产业: with what is published in it."""

    code: str
    label: str
    achievements: int
    needs: int


@dataclass(frozen=True)
class Figure:
    """公开数字: a published figure, its qualifier on the side where it belongs, its date and source."""

    label: str
    before: str
    value: str
    after: str
    note: str


@dataclass(frozen=True)
class Front:
    """首页内容."""

    industries: list[Industry]
    newest: list[tuple[str, list[Card]]]
    counts: list[tuple[str, int]]
    reported: list[Figure]
    targets: list[Figure]


def front() -> Front:
    """What the home page shows to everybody."""
    return cached(f"front/{get_language()}", _front)


def _front() -> Front:
    found = {code: find(Query(kinds=(code,), sort="newest", limit=NEWEST)) for code in ("achievements", "needs")}
    figures = region().get("figure", [])
    by_industry = {code: result.counts.get("industry", {}) for code, result in found.items()}
    return Front(
        industries=[
            Industry(code, label, by_industry["achievements"].get(code, 0), by_industry["needs"].get(code, 0))
            for code, label in choices("industry")
        ],
        newest=[(code, cards(result.hits)) for code, result in found.items()],
        counts=[
            (k.service, found[k.service].total if k.service in found else public_count(k.service)) for k in kinds()
        ],
        reported=[_figure(f) for f in figures if f["kind"] != "target"],
        targets=[_figure(f) for f in figures if f["kind"] == "target"],
    )


def _figure(given: Mapping[str, Any]) -> Figure:
    qualifier = str(local(given, "qualifier"))
    # 余 follows the number that it qualifies; the other qualifiers go before it, as in English.
    behind = qualifier == "余"
    unit = str(given.get("unit_en", "") if (get_language() or "zh").startswith("en") else given["unit"])
    target = given.get("kind") == "target"
    when = _("%(year)s 年目标") % {"year": given["date"]} if target else str(given["date"])
    source = format_html('<span lang="zh-Hans">{}</span>', given["source"])
    return Figure(
        label=str(local(given, "label")),
        before="" if behind else qualifier,
        value=f"{local(given, 'value'):,}",
        after=f"{qualifier if behind else ''}{unit}",
        note=format_html(_("{when}；来源：{source}"), when=when, source=source),
    )

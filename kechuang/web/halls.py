"""展厅大屏 halls: what a screen in the exhibition hall shows to everybody: public listings, pairs and figures alone."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kechuang.core.market.queries import public_count
from kechuang.core.matching.hot import Hot, hottest
from kechuang.core.matching.queries import MAIN
from kechuang.core.search.models import Query
from kechuang.core.search.queries import find
from kechuang.core.vocab.queries import choices
from kechuang.core.vocab.region import region
from kechuang.web.cards import Card, cards
from kechuang.web.front import Figure, front
from kechuang.web.navigation import kinds

SECONDS = 30  # for so long all screens share what was made
NEWEST, HOTTEST = 20, 12


@dataclass(frozen=True)
class Bar:
    """一条: what is published in an industry or a district."""

    label: str
    achievements: int
    needs: int


@dataclass(frozen=True)
class Hall:
    """大屏内容."""

    at: datetime
    newest: list[tuple[str, list[Card]]]
    hot: list[Hot]
    counts: list[tuple[str, int]]
    reported: list[Figure]
    charts: list[tuple[str, list[Bar], int]]  # heading, bars, the longest one


def live(now: datetime) -> str:
    """The moving part of the screen as HTML, made at most once in half a minute for all screens of a language."""
    key = f"hall/{get_language()}"
    made: str | None = cache.get(key)
    if made is None:
        made = render_to_string("web/hall.html#live", {"hall": hall(now), "region": region()})
        cache.set(key, made, SECONDS)
    return made


def hall(now: datetime) -> Hall:
    """Everything that the screen shows, from the public tier."""
    found = {code: find(Query(kinds=(code,), sort="newest", limit=NEWEST)) for code in (MAIN, "needs")}

    def bars(facet: str) -> list[Bar]:
        per = {code: result.counts.get(facet, {}) for code, result in found.items()}
        rows = [Bar(label, per[MAIN].get(c, 0), per["needs"].get(c, 0)) for c, label in choices(facet)]
        return [row for row in rows if row.achievements or row.needs]

    charts = [(_("各产业"), bars("industry")), (_("各区市"), bars("district"))]
    return Hall(
        at=now,
        newest=[(code, cards(result.hits)) for code, result in found.items()],
        hot=hottest(_day(now), HOTTEST),
        counts=[
            (k.service, found[k.service].total if k.service in found else public_count(k.service)) for k in kinds()
        ],
        reported=front().reported,
        charts=[(name, rows, max((max(b.achievements, b.needs) for b in rows), default=0)) for name, rows in charts],
    )


def _day(now: datetime) -> date:
    return timezone.localtime(now).date()

"""保存的检索 saved searches in words and as addresses; the lists of what is new and of what is muted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.alerts.models import Mute, SavedSearch
from kechuang.core.alerts.queries import Muted, muted, mutes_of, new_results, public, searches_of
from kechuang.core.search.models import Query
from kechuang.web.browse import facet_labels
from kechuang.web.cards import Card, card_of
from kechuang.web.navigation import kinds

COUNTED = 100  # new results are counted up to here
SHOWN = 100  # and shown up to here; the search page has the rest
NAME = 80


@dataclass(frozen=True)
class Row:
    """一行: a saved search, what it looks for where its name does not say so, its results, how many are new."""

    search: SavedSearch
    words: str
    url: str
    new: int

    @property
    def many(self) -> bool:
        """Whether there are more than were counted."""
        return self.new >= COUNTED


@dataclass(frozen=True)
class MutedRow:
    """一项不感兴趣: in words, with the listing where there is one."""

    mute: Mute
    words: str
    listing: Any = None


def name_of(query: Query) -> str:
    """A search in a few words: what it looks for, and where."""
    parts = [f"“{query.text}”" if query.text else "", filters_of(query)]
    return " · ".join(part for part in parts if part)[:NAME] or _("全部信息")


def filters_of(query: Query) -> str:
    """The filters of a search in words."""
    chosen: dict[str, Sequence[str]] = {"kind": query.kinds, **query.facets}
    named = [facet_labels(facet).get(code, code) for facet, codes in chosen.items() for code in codes]
    return " · ".join(named)


def address_of(query: Query) -> str:
    """The page of a search's results, the newest first."""
    own = len(query.kinds) == 1 and query.kinds[0] in {k.service for k in kinds()}
    page = reverse("service", args=[query.kinds[0]]) if own else reverse("search")
    given: dict[str, str | Sequence[str]] = {"q": query.text} if query.text else {}
    if not own and query.kinds:
        given["kind"] = query.kinds
    return f"{page}?{urlencode({**given, **query.facets, 'sort': 'newest'}, doseq=True)}"


def rows(user: Any) -> list[Row]:
    """The saved searches of a user."""
    hidden = muted(user)
    return [_row(search, hidden) for search in searches_of(user)]


def new_cards(search: SavedSearch, after: int) -> list[Card]:
    """What is new in a saved search, as cards."""
    return [card_of(found.listing) for found in new_results(search, after, muted(search.user), SHOWN)]


def muted_rows(user: Any) -> list[MutedRow]:
    """What a user does not want to hear of, in words; listings that have left the market are left out."""
    found = list(mutes_of(user))
    listings = public((m.kind, m.ref) for m in found if m.ref)
    named = [MutedRow(m, _words(m, listings), listings.get((m.kind, m.ref))) for m in found]
    return [row for row in named if row.words]


def _row(search: SavedSearch, hidden: Muted) -> Row:
    query = search.query
    new = len(new_results(search, search.seen_mark, hidden, COUNTED))
    words = name_of(query)
    return Row(search, words if words != search.name else "", address_of(query), new)


def _words(mute: Mute, listings: Mapping[tuple[str, int], Any]) -> str:
    kind = facet_labels("kind").get(mute.kind, mute.kind)
    if mute.what == Mute.What.KIND:
        if not mute.industry:
            return _("所有{kind}").format(kind=kind)
        return _("{kind}中的“{industry}”").format(
            kind=kind, industry=facet_labels("industry").get(mute.industry, mute.industry)
        )
    if mute.what == Mute.What.MATCHES and not mute.kind:
        return _("全部高匹配提醒")
    listing = listings.get((mute.kind, mute.ref))
    if listing is None:
        return ""
    words = _("“{title}”的高匹配提醒") if mute.what == Mute.What.MATCHES else _("{kind}“{title}”")
    return words.format(kind=kind, title=listing.title)

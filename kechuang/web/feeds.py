"""信息流 feeds: the newest public listings of a kind as RSS, with the filters of its list."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.search.models import Query
from kechuang.core.search.queries import find
from kechuang.core.vocab.queries import label
from kechuang.core.vocab.region import region
from kechuang.web.browse import FACETS, asked
from kechuang.web.cards import Card, cards
from kechuang.web.saved_searches import address_of, filters_of
from kechuang.web.templatetags.kc import local

if TYPE_CHECKING:  # generic for mypy only
    CardFeed = Feed[Card, Query]
else:
    CardFeed = Feed
NEWEST = 50
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def feed_query(parameters: Any, service: str) -> Query:
    """What a feed's address asks for; the words of a search are not part of it."""
    query = asked(parameters, service)
    return Query("", query.kinds, query.facets, sort="newest", limit=NEWEST)


def unknown(parameters: Any, query: Query) -> list[str]:
    """Filters of the address that no list knows: a feed that ignored them would bring everything for ever."""
    chosen = {name: set(values) for name, values in query.facets.items()}
    given = ((name, value) for name in FACETS if name != "kind" for value in parameters.getlist(name))
    return [f"{name}={value}" for name, value in given if value not in chosen.get(name, set())]


class ListingFeed(CardFeed):
    """最新发布: what the public may read, and nothing else, since it comes from the index."""

    def get_object(self, request: HttpRequest, service: str) -> Query:
        return feed_query(request.GET, service)

    def title(self, query: Query) -> str:
        return f"{_('科创通')} · {local(region(), 'name')} · {filters_of(query)}"

    def link(self, query: Query) -> str:
        return address_of(query)

    def feed_url(self, query: Query) -> str:
        page = reverse("feed", args=[query.kinds[0]])
        return f"{page}?{urlencode(query.facets, doseq=True)}".rstrip("?")

    def description(self, query: Query) -> str:
        return _("最新公开发布：{filters}").format(filters=filters_of(query))

    def items(self, query: Query) -> list[Card]:
        return cards(find(query).hits)

    def item_title(self, item: Card) -> str:
        return _clean(item.listing.title)

    def item_description(self, item: Card) -> str:
        return _clean(item.lead)

    def item_link(self, item: Card) -> str:
        return reverse("listing", args=[item.listing.service, item.listing.pk])

    def item_pubdate(self, item: Card) -> datetime:
        at: datetime = item.listing.published_at
        return at

    def item_author_name(self, item: Card) -> str:
        return _clean(item.listing.party.name)

    def item_categories(self, item: Card) -> list[str]:
        return [label("industry", code) for code in item.listing.industry]


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)

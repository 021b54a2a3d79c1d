"""详情页 detail: everything that the page of one listing or one party shows to a given user."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.template.loader import select_template
from django.utils import timezone

from kechuang.core.cases import access as case_access
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import publication_case, state_of, steps_for
from kechuang.core.market import access
from kechuang.core.market.attention import Views, views_of
from kechuang.core.market.kinds import ListingKind, detail_of, listing_kind
from kechuang.core.market.models import PROTECTED, Need, Status
from kechuang.core.market.queries import listings
from kechuang.core.parties.models import Party
from kechuang.core.search.cached import cached
from kechuang.core.search.models import Hit
from kechuang.core.search.queries import similar
from kechuang.kit.workflow import State, Step
from kechuang.web.browse import Page
from kechuang.web.cards import Card, card_of, cards
from kechuang.web.extend import Aside, Link, Pair, asides, links
from kechuang.web.facts import Fact, facts
from kechuang.web.navigation import kinds
from kechuang.web.tiers import Panel, panels

SIMILAR, FIRST, PAGE = 5, 5, 20


@dataclass(frozen=True)
class Detail:
    """详情: the listing, its own record, its case where the user may see it, and what is like it.

    ``tiers`` are the protected parts, open or shut; ``mine``: the user is of the owner's people.
    """

    listing: Any
    kind: ListingKind
    own: Any
    template: Any
    public: bool
    case: Case | None
    state: State | None
    steps: list[Step]
    may_edit: bool
    may_see_history: bool
    materials: list[Material]
    tiers: list[Panel]
    mine: bool
    similar: list[Card]
    links: list[Link]
    asides: list[Aside]
    views: Views | None  # for its own people and the officers

    @property
    def facts(self) -> list[Fact]:
        """The content in words, for kinds without a page of their own."""
        return facts(self.listing)


def detail(user: Any, listing: Any, now: datetime) -> Detail:
    """The page of a listing that the user may see; what it shows of protected tiers is recorded."""
    case = publication_case(listing)
    mine = case is not None and case_access.view_case.check(user, case)
    template = select_template([f"{listing.service}/detail.html", "web/listing_facts.html"])
    public = listing.status == Status.PUBLIC
    return Detail(
        listing=listing,
        kind=listing_kind(listing.service),
        own=detail_of(listing),
        template=template,
        public=public,
        case=case if mine else None,
        state=state_of(case) if case and mine else None,
        steps=steps_for(user, case) if case and mine else [],
        may_edit=access.edit_listing.check(user, listing),
        may_see_history=access.view_history.check(user, listing),
        materials=_materials(user, case),
        tiers=panels(user, listing, now),
        mine=access.owner.check(user, listing),
        similar=cards(_similar(listing)) if public else [],
        asides=asides(user, listing) if public else [],
        links=links(user, [Pair(need=listing) if isinstance(listing, Need) else Pair(offer=listing)])[0],
        views=_views(user, listing, now),
    )


def _views(user: Any, listing: Any, now: datetime) -> Views | None:
    if not (access.owner | access.officer).check(user, listing):
        return None
    return views_of(type(listing), [listing.pk], timezone.localtime(now).date()).get(listing.pk, Views())


def _materials(user: Any, case: Case | None) -> list[Material]:
    if case is None:
        return []
    rows = Material.objects.filter(case=case, removed_at=None).select_related("document")
    rows = rows.exclude(tier__in=PROTECTED.values())  # these stand with the texts of their tier
    return list(case_access.view_material.filter(user, rows))


@dataclass(frozen=True)
class Shelf:
    """发布栏: a party's public listings of one kind; ``page`` only where all are shown."""

    service: str
    total: int
    cards: list[Card]
    page: Page | None


def shelves(party: Party, service: str, number: int) -> list[Shelf]:
    """A party's public listings: a few of each kind, or a page of one kind."""
    found = []
    for kind in kinds():
        rows = listings(kind.service).filter(party=party, status=Status.PUBLIC)
        if service and kind.service != service:
            continue
        pages = Paginator(rows, PAGE if service else FIRST)
        here = pages.get_page(number if service else 1)
        if pages.count:
            page = Page(here.number, pages.num_pages) if service else None
            found.append(Shelf(kind.service, pages.count, [card_of(row) for row in here], page))
    return found


def _similar(listing: Any) -> list[Hit]:
    kind, number = listing.service, listing.pk
    return cached(f"similar/{kind}/{number}", lambda: similar(kind, number, (kind,), SIMILAR))

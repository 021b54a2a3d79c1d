"""发布信息的种类: what a row declares so that forms, import, history and search work for it without more code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model

from kechuang.core.market.models import Listing, Need, Offer, Status
from kechuang.core.market.questions import Question
from kechuang.core.search.kinds import Kind, register_kind


@dataclass(frozen=True)
class ListingKind:
    """种类: ``form`` validates its content; ``detail`` is the row's one-to-one table (accessor on the offer).

    The form's field names are the content's keys: of the shared columns first, else of the detail table.
    ``passages(listing)`` gives further text for search (indicators, scenarios, services), ``facets(listing)`` codes by
    filter of its own. ``checks(content, today)``
    is the diagnosis before publication: questions to the author, of which blocking ones must be answered first.
    """

    service: str
    label: str
    label_en: str
    model: type[Offer] | type[Need]
    form: type[Any]
    detail: type[Model] | None = None
    accessor: str = ""
    passages: Callable[[Any], Sequence[str]] = lambda _listing: ()
    facets: Callable[[Any], Mapping[str, Sequence[str]]] = lambda _listing: {}
    checks: Callable[[Mapping[str, Any], date], Sequence[Question]] = lambda _content, _today: ()
    months_valid: int = 12


_kinds: dict[str, ListingKind] = {}


def register_listing(kind: ListingKind) -> ListingKind:
    """Add a kind; a service code can be taken once."""
    if kind.service in _kinds and _kinds[kind.service] is not kind:
        raise ValueError(f"listing kind taken twice: {kind.service}")
    _kinds[kind.service] = kind
    register_kind(Kind(kind.service, kind.label, kind.label_en, partial(public_by_number, kind)))
    return kind


def public_by_number(kind: ListingKind, refs: Sequence[int]) -> dict[int, Listing]:
    """Public listings of a kind by number, for the cards of search results."""
    related = ("party", kind.accessor) if kind.accessor else ("party",)
    rows = kind.model._default_manager.filter(pk__in=refs, status=Status.PUBLIC).select_related(*related)
    return {row.pk: row for row in rows}


def listing_kind(service: str) -> ListingKind:
    """The kind of this service; KeyError where there is none."""
    return _kinds[service]


def listing_kinds() -> list[ListingKind]:
    """All kinds, in the order of their registration."""
    return list(_kinds.values())


def detail_of(listing: Listing) -> Model | None:
    """The row's own record beside an offer, if its kind has one."""
    kind = listing_kind(listing.service)
    return getattr(listing, kind.accessor, None) if kind.detail else None

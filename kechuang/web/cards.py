"""卡片 cards: found things with the owner's record behind each, and the sentence that answers the words asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.core.market.models import Listing, Offer
from kechuang.core.search.kinds import get_kind
from kechuang.core.search.models import Hit
from kechuang.kit.text import clip, fold, sentences

LEAD = 120


@dataclass(frozen=True)
class Card:
    """卡片: a listing as lists show it; ``terms`` are marked in title and ``lead``."""

    listing: Any
    lead: str
    terms: Sequence[str] = ()


def cards(hits: Sequence[Hit], terms: Sequence[str] = ()) -> list[Card]:
    """Cards of hits, in their order; what has left the market since it was indexed is left out."""
    refs: dict[str, list[int]] = {}
    for hit in hits:
        refs.setdefault(hit.kind, []).append(hit.ref)
    rows = {kind: get_kind(kind).load(numbers) for kind, numbers in refs.items()}
    return [card_of(rows[h.kind][h.ref], terms) for h in hits if h.ref in rows[h.kind]]


def card_of(listing: Listing, terms: Sequence[str] = ()) -> Card:
    """The card of one listing."""
    return Card(listing, lead(listing, terms), terms)


def lead(listing: Listing, terms: Iterable[str]) -> str:
    """The summary; or the sentence with most of the terms, where the summary has none of them."""
    summary = listing.summary if isinstance(listing, Offer) and listing.summary else listing.text
    wanted = [t for t in terms if t]
    if not wanted or _hits(summary[:LEAD], wanted):
        return clip(summary, LEAD)
    best = max(sentences(listing.text), key=lambda s: _hits(s, wanted), default="")
    return clip(best if _hits(best, wanted) else summary, LEAD)


def _hits(text: str, terms: Iterable[str]) -> int:
    folded = fold(text)
    return sum(t in folded for t in terms)

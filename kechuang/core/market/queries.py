"""发布信息查询: content, history, differences and the search document of a listing."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Field, Model, QuerySet

from kechuang.core.market.kinds import ListingKind, detail_of, listing_kind, listing_kinds
from kechuang.core.market.models import PROTECTED, Draft, Listing, Need, Offer, Revision, Status
from kechuang.core.search.models import Doc


def plain(value: Any) -> Any:
    """A value as JSON keeps it: numbers of money and dates as text."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date | datetime) else value


def columns(kind: ListingKind) -> tuple[list[str], list[str]]:
    """The content's keys that are columns of the listing, and those of the row's own table."""
    shared = {f.name for f in kind.model._meta.get_fields() if isinstance(f, Field)}
    names = list(kind.form.base_fields)
    return [n for n in names if n in shared], [n for n in names if n not in shared]


def content(listing: Listing) -> dict[str, Any]:
    """The whole content of a listing as JSON: what its form takes and its history keeps.

    It holds all tiers: pass it through ``disclosure.queries.open_part`` before anybody but the owner sees it.
    """
    own, further = columns(listing_kind(listing.service))
    beside = detail_of(listing)
    found = {name: plain(getattr(listing, name)) for name in own}
    found |= {name: plain(getattr(beside, name, None)) for name in further}
    return found


def on_record(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content as the audit trail keeps it: what lies above the public tier as length and fingerprint alone."""
    return {k: _fingerprint(str(v)) if k in PROTECTED and v else v for k, v in content.items()}


def _fingerprint(text: str) -> dict[str, Any]:
    return {"length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def listings(service: str) -> QuerySet[Any]:
    """All offers or needs of one service, with their party; pass them through ``access.view_listing``."""
    kind = listing_kind(service)
    rows: QuerySet[Any] = kind.model._default_manager.filter(service=service).select_related("party")
    return rows.select_related(kind.accessor) if kind.accessor else rows


def revisions(listing: Listing) -> QuerySet[Revision]:
    """All versions, oldest first."""
    key = "need" if isinstance(listing, Need) else "offer"
    return Revision.objects.filter(**{key: listing}).select_related("by")


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Keys whose value differs between two contents, with both values."""
    return [(k, before.get(k), after.get(k)) for k in dict.fromkeys([*before, *after]) if before.get(k) != after.get(k)]


def drafts(user: Any, form: str = "") -> QuerySet[Draft]:
    """What the user typed and did not submit, newest first: everywhere, or into one form (``service:number``)."""
    rows = Draft.objects.filter(user=user) if user.is_authenticated else Draft.objects.none()
    return (rows.filter(subject__startswith=f"{form}:") if form else rows).order_by("-at")


def draft(user: Any, subject: str) -> Draft | None:
    """What the user last typed into this form and did not submit."""
    return Draft.objects.filter(user=user, subject=subject).first() if user.is_authenticated else None


def search_doc(listing: Listing) -> Doc:
    """The listing as search sees it: only what the public may read."""
    kind = listing_kind(listing.service)
    lead = [listing.summary] if isinstance(listing, Offer) else []
    facets: dict[str, Sequence[str]] = {
        **kind.facets(listing),
        "industry": list(listing.industry),
        "field": list(listing.field),
        "cooperation": list(listing.cooperation),
        "district": [listing.district] if listing.district else [],
        "owner_type": [listing.party.kind],
    }
    if isinstance(listing, Offer):
        facets["maturity"] = [str(listing.maturity)] if listing.maturity else []
        facets["price"] = [listing.price_mode] if listing.price_mode else []
    return Doc(
        kind=kind.service,
        ref=listing.pk,
        title=listing.title,
        text="\n".join(part for part in (*lead, listing.text, *kind.passages(listing)) if part),
        keywords=tuple(listing.keywords),
        facets={k: v for k, v in facets.items() if v},
        at=listing.published_at or listing.created_at,
        maturity=listing.maturity if isinstance(listing, Offer) else None,
        price=listing.price if isinstance(listing, Offer) else None,
    )


def public_count(service: str) -> int:
    """How many listings of a service the public can find."""
    return listings(service).filter(status=Status.PUBLIC).count()


def label_of(model: type[Model], name: str) -> str:
    """The Chinese label of a column."""
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def expiring(on_or_before: date) -> list[Listing]:
    """Published listings whose validity ends on or before a date."""
    models: list[type[Any]] = list(dict.fromkeys(k.model for k in listing_kinds()))
    rows = [m._default_manager.filter(status=Status.PUBLIC, expires_on__lte=on_or_before) for m in models]
    return [row for query in rows for row in query.select_related("party")]

"""结构化数据 structured: what search engines read of a public page, in the words of schema.org (JSON-LD)."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kechuang.core.market.models import Listing, Need, Status
from kechuang.core.parties.models import Party
from kechuang.core.vocab.queries import label
from kechuang.kit.text import clip

LONGEST = 500
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(data: dict[str, Any]) -> SafeString:
    """The data as a script element; nothing in a text can end it."""
    kept = {"@context": "https://schema.org", **_filled(data)}
    text = json.dumps(kept, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def listing_data(listing: Listing) -> dict[str, Any] | None:
    """A public listing; None for any other."""
    if listing.status != Status.PUBLIC:
        return None
    if isinstance(listing, Need):
        return {**_publisher(listing.party), "seeks": {"@type": "Demand", **_common(listing), **_demand(listing)}}
    owner = _publisher(listing.party)
    if listing.service == "achievements":
        return {"@type": "CreativeWork", **_common(listing), "creator": owner, "datePublished": _day(listing)}
    if listing.service == "platforms":
        return {"@type": "Organization", **_common(listing), "parentOrganization": owner}
    return {"@type": "WebPage", **_common(listing), "publisher": owner, "datePublished": _day(listing)}


def party_data(party: Party) -> dict[str, Any]:
    """An organisation."""
    return {
        **_publisher(party),
        "description": clip(party.intro, LONGEST),
        "identifier": party.uscc,
        "address": {"@type": "PostalAddress", "addressCountry": "CN", "addressLocality": _district(party.district)},
        "knowsAbout": [label("industry", code) for code in party.industries],
        "disambiguatingDescription": _fiction(party.fictional),
    }


def _publisher(party: Party) -> dict[str, Any]:
    return {
        "@type": "Person" if party.kind == "person" else "Organization",
        "name": party.name,
        "url": settings.SITE_URL + reverse("party", args=[party.pk]) if party.kind != "person" else None,
    }


def _common(listing: Listing) -> dict[str, Any]:
    return {
        "name": listing.title,
        "url": settings.SITE_URL + reverse("listing", args=[listing.service, listing.pk]),
        "description": clip(getattr(listing, "summary", "") or listing.text, LONGEST),
        "keywords": list(listing.keywords),
        "about": [label("industry", code) for code in listing.industry],
        "disambiguatingDescription": _fiction(listing.fictional),
    }


def _demand(need: Need) -> dict[str, Any]:
    money = {"minPrice": _number(need.budget_min), "maxPrice": _number(need.budget_max)}
    priced = any(money.values())
    return {
        "availabilityStarts": _day(need),
        "validThrough": need.expires_on.isoformat() if need.expires_on else None,
        "eligibleRegion": _district(need.district),
        "priceSpecification": {"@type": "PriceSpecification", "priceCurrency": "CNY", **money} if priced else None,
    }


def _day(listing: Listing) -> str | None:
    return listing.published_at.date().isoformat() if listing.published_at else None


def _district(code: str) -> str | None:
    return label("district", code) if code else None


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def _fiction(fictional: bool) -> str | None:
    return "演示数据，内容虚构" if fictional else None


def _filled(value: Any) -> Any:
    """Without what is empty."""
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v not in (None, "", [], {})}
    return value

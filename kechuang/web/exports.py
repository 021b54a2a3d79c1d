"""导出 exports: which listings a list's address stands for, as far as the user may see them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from kechuang.core.cases.import_files import MOST_EXPORTED, Row, export
from kechuang.core.disclosure.actions import seen
from kechuang.core.disclosure.queries import protected_in, readable, reader_words
from kechuang.core.market import access
from kechuang.core.market.models import PROTECTED
from kechuang.core.market.queries import content, listings
from kechuang.core.search.queries import find
from kechuang.web.browse import asked


def exported(user: Any, parameters: QueryDict, service: str, kind: str, now: datetime) -> bytes:
    """The list as a file; what it holds of protected tiers is recorded as a view and marked with the reader's name."""
    found = listed(user, parameters, service)
    rows = _rows(user, service, found, now)
    with transaction.atomic():
        for row in rows:
            if row.mark:
                seen(listing=row.listing, tiers=protected_in(row.content), by=user, now=now, place="export")
    return export(service, rows, kind)


def listed(user: Any, parameters: QueryDict, service: str) -> list[Any]:
    """The listings under the filters of the address, in its order; with ``mine`` all of the user's organisations."""
    if "mine" in parameters:
        return list(access.owner.filter(user, listings(service)).order_by("-updated_at", "-pk")[:MOST_EXPORTED])
    query = replace(asked(parameters, service), offset=0, limit=MOST_EXPORTED)
    refs = [hit.ref for hit in find(query).hits]
    rows = access.view_listing.filter(user, listings(service)).in_bulk(refs)
    return [rows[ref] for ref in refs if ref in rows]


def _rows(user: Any, service: str, found: Sequence[Any], now: datetime) -> list[Row]:
    allowed = readable(user, listings(service).filter(pk__in=[listing.pk for listing in found]))
    mine = set(access.owner.filter(user, listings(service)).values_list("pk", flat=True))
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    words: dict[int, str] = {}  # by party
    rows = []
    for listing in found:
        whole = content(listing)
        given = {k: v for k, v in whole.items() if k not in PROTECTED or listing.pk in allowed[k]}
        mark = ""
        if protected_in(given) and listing.pk not in mine:
            if listing.party_id not in words:
                words[listing.party_id] = f"{reader_words(user, listing.party)} · {at}"
            mark = words[listing.party_id]
        rows.append(Row(listing, given, mark))
    return rows

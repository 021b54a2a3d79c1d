"""导出 exports: which listings a list's address stands for, as far as the user may see them."""

from dataclasses import replace
from typing import Any

from django.http import QueryDict

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.market import access
from kechuang.core.market.queries import listings
from kechuang.core.search.queries import find
from kechuang.web.browse import asked


def listed(user: Any, parameters: QueryDict, service: str) -> list[Any]:
    """The listings under the filters of the address, in its order; with ``mine`` all of the user's organisations."""
    if "mine" in parameters:
        return list(access.owner.filter(user, listings(service)).order_by("-updated_at", "-pk")[:MOST_EXPORTED])
    query = replace(asked(parameters, service), offset=0, limit=MOST_EXPORTED)
    refs = [hit.ref for hit in find(query).hits]
    rows = access.view_listing.filter(user, listings(service)).in_bulk(refs)
    return [rows[ref] for ref in refs if ref in rows]

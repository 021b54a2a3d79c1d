"""新条目 fresh: of the entries that came into the index after a mark, those that a query finds.

A search ranks the best of the whole index; here each new entry is rated by itself, so that a good one is not lost
behind older ones. A mark is the number of an entry: a thing that leaves the index and comes back gets a new number.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kechuang.core.search import bm25
from kechuang.core.search.candidates import filter_text
from kechuang.core.search.hybrid import Search
from kechuang.core.search.models import Hit, Query

MOST = 2_000
# From which score (centred cosine + share of BM25, without the comparison of tokens) a new entry is worth a word. Over
# 284 labelled queries on 992 abstracts this floor lets pass 97 % of what is relevant to key words and 72 % of what is
# to a need in everyday words, and 3.1 and 0.9 of 1 000 other documents; 0.45 would let pass 90 % and 47 %.
RELEVANT = 0.35
# An entry's number is given when its transaction writes, and seen when it commits: a slow one may still come.
SETTLED = timedelta(minutes=10)

_BY_FILTER = """SELECT e.id, e.kind, e.ref, e.title, 0, NULL, 0 FROM search_entry AS e
WHERE e.id > %(after)s {filters} ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s"""
_RATED = """
WITH rated AS (
  SELECT e.id, e.kind, e.ref, e.title, ({meaning}) AS meaning,
    coalesce(-(k.weights <#> %(weights)s::sparsevec), 0) AS words
  FROM search_entry AS e LEFT JOIN search_keyword AS k ON k.entry_id = e.id
  LEFT JOIN search_meaning AS m ON m.entry_id = e.id
  WHERE e.id > %(after)s {filters}
)
SELECT id, kind, ref, title, coalesce(meaning, 0) + words AS score, meaning, words FROM rated
WHERE coalesce(meaning, 0) + words >= %(relevant)s ORDER BY score DESC, id DESC LIMIT %(limit)s
"""
_BODY = "-(m.body <#> %(vector)s::halfvec)"
_FOREIGN = f"greatest({_BODY}, -(m.title <#> %(vector)s::halfvec))"
_NEWEST = "SELECT coalesce(max(id), 0) FROM search_entry"
# What still waits for its embedding can only be found by its words: the mark stays before it.
_SETTLED = """SELECT least(
  (SELECT max(id) FROM search_entry WHERE indexed_at <= %s),
  (SELECT min(e.id) - 1 FROM search_pending AS p JOIN search_entry AS e ON e.id = p.entry_id WHERE e.id > %s))"""


def fresh(query: Query, after: int, limit: int = MOST) -> list[tuple[int, Hit]]:
    """Entries with a number above ``after`` that the query finds, with their numbers.

    With text the best first, and only those that are relevant; without text the newest first.
    """
    groups = {"kind": tuple(query.kinds), **query.facets}
    values: dict[str, Any] = {"after": after, "limit": limit, "filter": filter_text(groups)}
    filters = "AND e.facets @@ %(filter)s::tsquery" if values["filter"] else ""
    if not query.text.strip():
        return _rows(_BY_FILTER.format(filters=filters), values)
    search = Search(query.text, groups)
    if not search.weights and not search.vector:
        return []
    meaning = "NULL::float8"
    if search.vector:
        meaning = _FOREIGN if search.vector.foreign else _BODY
        values["vector"] = search.vector.literal
    values |= {"weights": bm25.sparse_text(search.weights), "relevant": RELEVANT}
    return _rows(_RATED.format(filters=filters, meaning=meaning), values)


def newest() -> int:
    """The highest number in the index; 0 when it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return int(cursor.fetchone()[0])


def settled(now: datetime, mark: int = 0) -> int:
    """Up to which number every entry is there and embedded, at least ``mark``."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [now - SETTLED, mark])
        return max(mark, int(cursor.fetchone()[0] or 0))


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[int, Hit]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(number, Hit(*parts)) for number, *parts in cursor.fetchall()]

"""词频统计 statistics: document counts of tokens, kept current without making two saves wait for each other."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from kechuang.core.search.token_ids import token_id

DOCUMENTS, LENGTH = 0, -1  # ids of the rows that count documents and tokens
_LOCK = 0x6B63_7365

_ABSORB = """
WITH gone AS (DELETE FROM search_change RETURNING added, removed, documents, length),
delta AS (
  SELECT unnest(added) AS id, 1 AS n FROM gone
  UNION ALL SELECT unnest(removed), -1 FROM gone
  UNION ALL SELECT 0, documents FROM gone
  UNION ALL SELECT -1, length FROM gone
)
INSERT INTO search_tokencount AS t (id, df)
SELECT id, sum(n) FROM delta GROUP BY id HAVING sum(n) <> 0 ORDER BY id
ON CONFLICT (id) DO UPDATE SET df = t.df + excluded.df
"""
_READ = "SELECT id, df FROM search_tokencount WHERE id = ANY(%s)"


@dataclass(frozen=True)
class Statistics:
    """统计: documents in all, documents of each token id, and the part of all documents that the filter leaves."""

    total: int
    df: dict[int, int]
    share: float


def absorb_changes() -> None:
    """Sum up what saves have noted. Called by the background task and after bulk work; exact after each call."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_ABSORB)


def read(tokens: Iterable[str], facets: Mapping[str, Sequence[str]]) -> Statistics:
    """The statistics for a query's tokens under a filter.

    The share is an estimate (facets taken as independent): it steers the search, and never what is found.
    """
    groups = [[token_id(f"{name}:{value}") for value in values] for name, values in facets.items() if values]
    ids = [DOCUMENTS, *(token_id(t) for t in tokens), *(i for group in groups for i in group)]
    with connection.cursor() as cursor:
        cursor.execute(_READ, [ids])
        df = dict(cursor.fetchall())
    total = max(df.pop(DOCUMENTS, 0), 0)
    parts = (min(1.0, sum(df.get(i, 0) for i in group) / max(total, 1)) for group in groups)
    return Statistics(total, df, max(math.prod(parts), 1e-6))

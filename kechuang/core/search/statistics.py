"""词频统计 statistics: document counts of tokens, kept current without making two saves wait for each other."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from kechuang.core.search.token_ids import token_id

DOCUMENTS, LENGTH = 0, -1  # ids of the rows that count documents and tokens
_LOCK = 0x6B63_7365
COUNTED_ROWS = 12_001  # a filter is counted up to here: beyond it, the meaning leg uses its index

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
_READ_FILTERED = """
SELECT id, df FROM search_tokencount WHERE id = ANY(%s)
UNION ALL SELECT -2, count(*) FROM (SELECT FROM search_entry WHERE facets @@ %s::tsquery LIMIT %s) AS f
"""


@dataclass(frozen=True)
class Statistics:
    """统计: documents in all, documents of each token id, and documents that the filter leaves (at most 12 001)."""

    total: int
    df: dict[int, int]
    left: int

    @property
    def share(self) -> float:
        """The part of all documents that the filter leaves, at least one in a million."""
        if not self.total or self.left >= min(COUNTED_ROWS, self.total):
            return 1.0
        return max(self.left / self.total, 1e-6)


def absorb_changes() -> None:
    """Sum up what saves have noted. Called by the background task and after bulk work; exact after each call."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_ABSORB)


def read(tokens: Iterable[str], filters: str) -> Statistics:
    """The statistics for a query's tokens under a filter (a tsquery literal, or empty)."""
    ids = [DOCUMENTS, *(token_id(t) for t in tokens)]
    with connection.cursor() as cursor:
        if filters:
            cursor.execute(_READ_FILTERED, [ids, filters, COUNTED_ROWS])
        else:
            cursor.execute(_READ, [ids])
        df = dict(cursor.fetchall())
    total = max(df.pop(DOCUMENTS, 0), 0)
    return Statistics(total, df, df.pop(-2, total) if filters else total)

"""混合检索 hybrid: one SQL statement finds by words and by meaning and fuses both, exactly for everything it found.

The score is the sum of the centred cosine and of BM25 as a share of the most that the query can reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from kechuang.core.search import bm25
from kechuang.core.search.candidates import candidate_text
from kechuang.core.search.models import Hit
from kechuang.core.search.statistics import COUNTED_ROWS, Statistics, read
from kechuang.core.search.token_ids import token_id
from kechuang.core.search.vectors import QueryVector, query_vector

DEPTH = 100  # candidates of each leg

_SETTINGS = """SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
set_config('jit', 'off', true)"""
# The planner does not see that exact order over few rows beats the HNSW index: `+ 0` keeps it from the index.
_EXACT, _INDEX = "(m.{side} <#> %(vector)s::halfvec) + 0", "m.{side} <#> %(vector)s::halfvec"
_WORDS_LEG = """SELECT k.entry_id FROM search_keyword AS k WHERE k.terms @@ %(terms)s::tsquery
ORDER BY k.weights <#> %(weights)s::sparsevec LIMIT %(depth)s"""
_MEANING_LEG = "(SELECT m.entry_id FROM search_meaning AS m {where} ORDER BY {order} LIMIT %(depth)s)"
_BODY = "-(m.body <#> %(vector)s::halfvec)"
# A title is short, and so nearer to a query in another language than a whole text is; for Chinese queries it misleads.
_FOREIGN = f"greatest({_BODY}, -(m.title <#> %(vector)s::halfvec))"
_FUSE = """
WITH by_words AS MATERIALIZED ({words}), by_meaning AS MATERIALIZED ({meaning}),
found AS (SELECT entry_id FROM by_words UNION SELECT entry_id FROM by_meaning),
scored AS (
  SELECT entry_id, -(k.weights <#> %(weights)s::sparsevec) AS words, {cosine} AS meaning
  FROM found JOIN search_keyword AS k USING (entry_id) LEFT JOIN search_meaning AS m USING (entry_id)
)
SELECT e.id, e.kind, e.ref, e.title,
  coalesce(%(by_meaning)s * s.meaning, 0) + %(by_words)s * s.words AS score, s.meaning, s.words
FROM scored AS s JOIN search_entry AS e ON e.id = s.entry_id ORDER BY score DESC, e.id LIMIT %(limit)s
"""
_NOTHING = "SELECT NULL::bigint AS entry_id WHERE false"


@dataclass(frozen=True)
class Recipe:
    """配方: the weight of each leg; 0 leaves it out.

    The weight of the words is flat from 0.7 to 2.0 on Chinese needs; English ones fall as it rises.
    """

    words: float = 1.0
    meaning: float = 1.0


PRODUCT = Recipe()
WORDS_ONLY = Recipe(meaning=0.0)


class Search:
    """一次检索: a query made ready: its candidates, its weights, and what the filter leaves."""

    def __init__(self, text: str, filters: str, *, vector: QueryVector | None = None, recipe: Recipe = PRODUCT) -> None:
        self.filters, self.recipe = filters, recipe
        counts = bm25.document_tokens("", text, ())
        self.statistics: Statistics = read(counts, filters)
        df = {t: self.statistics.df.get(token_id(t), 0) for t in counts}
        self.weights = bm25.query_weights(counts, self.statistics.df, self.statistics.total)
        share = self.statistics.share
        self.candidates = candidate_text(df, self.statistics.total, share) if recipe.words else ""
        self.vector = vector or (query_vector(text) if recipe.meaning else None)

    @property
    def foreign(self) -> bool:
        """Whether the query is in another language than the documents."""
        return self.vector is not None and self.vector.foreign

    @property
    def terms(self) -> str:
        """The tsquery literal of the words leg, with the filter."""
        return f"({self.candidates}) & {self.filters}" if self.filters else self.candidates

    def rows(self, limit: int, depth: int = DEPTH) -> list[tuple[int, Hit]]:
        """The best ``limit`` of both legs' candidates with their entry ids, the best first."""
        if not self.weights and not self.vector:
            return []
        sql = _FUSE.format(
            words=_WORDS_LEG if self.candidates else _NOTHING,
            meaning=self._meaning_leg(),
            cosine=_FOREIGN if self.foreign else _BODY,
        )
        values = {
            "terms": self.terms,
            "weights": bm25.sparse_text(self.weights),
            "vector": self.vector.literal if self.vector else None,
            "filters": self.filters,
            "depth": max(depth, limit),
            "limit": limit,
            "by_words": self.recipe.words,
            "by_meaning": self.recipe.meaning,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SETTINGS, [str(max(100, min(depth, 1000)))])
            cursor.execute(sql, values)
            return [(row[0], _hit(row[1:])) for row in cursor.fetchall()]

    def _meaning_leg(self) -> str:
        if not self.vector:
            return _NOTHING
        order = _EXACT if self.statistics.left < COUNTED_ROWS else _INDEX
        where = "WHERE m.facets @@ %(filters)s::tsquery" if self.filters else ""
        sides = ("body", "title") if self.foreign else ("body",)
        return " UNION ".join(_MEANING_LEG.format(order=order.format(side=side), where=where) for side in sides)


def _hit(row: Sequence[object]) -> Hit:
    kind, ref, title, score, cosine, words = row
    return Hit(
        kind=str(kind),
        ref=int(str(ref)),
        title=str(title),
        score=float(str(score)),
        meaning=None if cosine is None else float(str(cosine)),
        words=float(str(words)),
    )

"""混合检索 hybrid: one SQL statement finds by words and by meaning and fuses both, exactly for everything it found.

The score is the sum of the centred cosine and of BM25 as a share of the most that the query can reach; the first hits
are then compared with the query token by token, which adds to their scores.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kechuang.core.search import bm25
from kechuang.core.search.candidates import BUDGET, BUDGET_ALONE, candidate_text, filter_text
from kechuang.core.search.models import Hit
from kechuang.core.search.statistics import Statistics, read
from kechuang.core.search.token_ids import token_id
from kechuang.core.search.vectors import QueryVector, query_vector

DEPTH = 50  # candidates of each leg
FIRST = 40  # hits that a search compares token by token; the others stay behind them
# Sorting the rows that a filter leaves costs 1.7 µs each; finding 50 of them by the HNSW index about 0.9 ms divided by
# the filter's share. So sorting wins up to FEW · √all rows, which the planner does not see.
FEW = 23
# How many neighbours HNSW looks at: at 100 000 rows 100 of them gave recall@10 0.968 to 0.983 from build to build.
NEIGHBOURS = 140

_SETTINGS = """SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
set_config('jit', 'off', true)"""
_WORDS = "SELECT -(k.weights <#> %(weights)s::sparsevec) FROM search_keyword AS k WHERE k.entry_id = f.entry_id"
_BODY = "SELECT -(m.body <#> %(vector)s::halfvec) FROM search_meaning AS m WHERE m.entry_id = f.entry_id"
# A title is short, and so nearer to a query in another language than a whole text is; for Chinese queries it misleads.
_FOREIGN = """SELECT greatest(-(m.body <#> %(vector)s::halfvec), -(m.title <#> %(vector)s::halfvec))
FROM search_meaning AS m WHERE m.entry_id = f.entry_id"""
_WORDS_LEG = """SELECT k.entry_id, -(k.weights <#> %(weights)s::sparsevec) AS words FROM search_keyword AS k
WHERE k.terms @@ %(terms)s::tsquery ORDER BY words DESC LIMIT %(depth)s"""
_NO_WORDS = "SELECT NULL::bigint AS entry_id, NULL::float8 AS words WHERE false"
# `+ 0` keeps the planner from the index.
_EXACT, _INDEX = "(m.{side} <#> %(vector)s::halfvec) + 0", "m.{side} <#> %(vector)s::halfvec"
_MEANING_LEG = "(SELECT m.entry_id FROM search_meaning AS m {where} ORDER BY {order} LIMIT %(depth)s)"
_NO_MEANING = "SELECT NULL::bigint AS entry_id WHERE false"
# What a leg has not scored itself is looked up row by row, so that both scores are exact for all candidates.
_FUSE = """
WITH by_words AS MATERIALIZED ({words_leg}), by_meaning AS MATERIALIZED ({meaning_leg}),
scored AS MATERIALIZED (
  SELECT f.entry_id, coalesce(w.words, ({words})) AS words, ({cosine}) AS meaning
  FROM (SELECT entry_id FROM by_words UNION SELECT entry_id FROM by_meaning) AS f
  LEFT JOIN by_words AS w USING (entry_id)
),
best AS MATERIALIZED (
  SELECT *, coalesce(%(by_meaning)s * meaning, 0) + %(by_words)s * words AS score FROM scored
  ORDER BY score DESC, entry_id LIMIT %(limit)s
)
SELECT b.entry_id, e.kind, e.ref, e.title, b.score, b.meaning, b.words
FROM best AS b JOIN search_entry AS e ON e.id = b.entry_id ORDER BY b.score DESC, b.entry_id
"""
_TOKENS = "SELECT entry_id, tokens FROM search_meaning WHERE entry_id = ANY(%s)"


@dataclass(frozen=True)
class Recipe:
    """配方: the weight of each part, 0 leaves it out; ``titles`` compares queries in another language with titles too.

    ``compared`` says how many of the first hits are compared token by token. The weight of the words is flat from 0.7
    to 2.0 on Chinese needs; English ones fall as it rises.
    """

    words: float = 1.0
    meaning: float = 1.0
    tokens: float = 1.0
    titles: bool = True
    compared: int = FIRST


PRODUCT = Recipe()
WORDS_ONLY = Recipe(meaning=0.0, tokens=0.0)


class Search:
    """一次检索: a query made ready: its candidates, its weights, and what the filter leaves."""

    def __init__(
        self,
        text: str,
        facets: Mapping[str, Sequence[str]],
        *,
        vector: QueryVector | None = None,
        recipe: Recipe = PRODUCT,
    ) -> None:
        self.filters, self.recipe = filter_text(facets), recipe
        self.vector = vector or (query_vector(text) if recipe.meaning else None)
        counts = bm25.document_tokens("", text, ())
        self.statistics: Statistics = read(counts, facets)
        known, total, share = self.statistics.df, self.statistics.total, self.statistics.share
        self.weights = bm25.query_weights(counts, known, total)
        df = {t: known.get(token_id(t), 0) for t in counts}
        budget = BUDGET if self.vector else BUDGET_ALONE
        self.candidates = candidate_text(df, share, budget) if recipe.words else ""

    @property
    def terms(self) -> str:
        """The tsquery literal of the words leg, with the filter; empty when no word can match."""
        return f"({self.candidates}) & {self.filters}" if self.candidates and self.filters else self.candidates

    def rows(self, limit: int, depth: int = DEPTH) -> list[tuple[int, Hit]]:
        """The best ``limit`` of both legs' candidates with their entry ids, the best first."""
        if not self.weights and not self.vector:
            return []
        first = self.recipe.compared
        values = {
            "terms": self.terms,
            "weights": bm25.sparse_text(self.weights),
            "vector": self.vector.literal if self.vector else None,
            "filters": self.filters,
            "depth": max(depth, limit),
            "limit": max(limit, first) if self._refines else limit,
            "by_words": self.recipe.words,
            "by_meaning": self.recipe.meaning,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SETTINGS, [str(max(NEIGHBOURS, min(2 * depth, 1000)))])
            cursor.execute(self._statement(), values)
            found = [(entry, Hit(*parts)) for entry, *parts in cursor.fetchall()]
            if self._refines:
                found[:first] = self._refined(cursor, found[:first])
        return found[:limit]

    @property
    def _refines(self) -> bool:
        return self.recipe.tokens > 0 and self.vector is not None and self.vector.compares

    def _refined(self, cursor: CursorWrapper, found: list[tuple[int, Hit]]) -> list[tuple[int, Hit]]:
        """The same hits in the order that a comparison token by token gives them."""
        cursor.execute(_TOKENS, [[entry for entry, _ in found]])
        tokens = {entry: bytes(stored) for entry, stored in cursor.fetchall()}
        extra = self.vector.refine([tokens.get(entry, b"") for entry, _ in found]) if self.vector else []
        scored = [
            (
                entry,
                replace(hit, tokens=more if tokens.get(entry) else None, score=hit.score + self.recipe.tokens * more),
            )
            for (entry, hit), more in zip(found, extra, strict=True)
        ]
        return sorted(scored, key=lambda pair: -pair[1].score)

    def _statement(self) -> str:
        foreign = self.vector is not None and self.vector.foreign and self.recipe.titles
        return _FUSE.format(
            words_leg=_WORDS_LEG if self.candidates else _NO_WORDS,
            meaning_leg=self._meaning_leg(("body", "title") if foreign else ("body",)),
            words=_WORDS,
            cosine=(_FOREIGN if foreign else _BODY) if self.vector else "NULL::float8",
        )

    def _meaning_leg(self, sides: tuple[str, ...]) -> str:
        if not self.vector:
            return _NO_MEANING
        total, share = self.statistics.total, self.statistics.share
        order = _EXACT if total * share <= FEW * math.sqrt(total) else _INDEX
        where = "WHERE m.facets @@ %(filters)s::tsquery" if self.filters else ""
        return " UNION ".join(_MEANING_LEG.format(order=order.format(side=side), where=where) for side in sides)

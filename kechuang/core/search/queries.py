"""检索查询 queries: find, browse with counts, similar things, near duplicates, suggestions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from django.db import connection

from kechuang.core.search import counts, statistics, vectors
from kechuang.core.search.candidates import filter_text
from kechuang.core.search.completions import key_of
from kechuang.core.search.hybrid import DEPTH, PRODUCT, WORDS_ONLY, Recipe, Search
from kechuang.core.search.models import Hit, Query, Result, Suggestion
from kechuang.core.search.token_ids import token_id
from kechuang.core.search.vectors import QueryVector
from kechuang.kit.text import sentences, tokens

__all__ = ["Hit", "Query", "Result", "Suggestion", "find", "find_text", "near_duplicates", "nearest_sentence"]
__all__ += ["nearest_sentences", "similar", "suggest", "telling"]
DEEPEST = 1_000  # a text query is not paged further than this
EMBEDDED = 5  # sentences of a text that are embedded to find the nearest one
SORTS = {
    "relevance": "e.at DESC, e.id DESC",
    "newest": "e.at DESC, e.id DESC",
    "maturity": "e.maturity DESC NULLS LAST, e.at DESC, e.id DESC",
    "price": "e.price NULLS LAST, e.at DESC, e.id DESC",
}
_BROWSE = "SELECT e.kind, e.ref, e.title FROM search_entry AS e {where} ORDER BY {order} LIMIT %s OFFSET %s"
_SORT = "SELECT e.id FROM search_entry AS e WHERE e.id = ANY(%s) ORDER BY {order}"
_ENTRY = """SELECT e.id, e.title, e.keywords, e.text, m.body::text FROM search_entry AS e
LEFT JOIN search_meaning AS m ON m.entry_id = e.id WHERE e.kind = %s AND e.ref = %s"""
_TEXTS = "SELECT id, text FROM search_entry WHERE id = ANY(%s)"
_SUGGEST = """
SELECT DISTINCT ON (c.key, c.text) c.text, c.is_title, e.kind, e.ref
FROM search_completion AS c JOIN search_entry AS e ON e.id = c.entry_id
WHERE c.key LIKE %s ORDER BY c.key USING ~<~, c.text LIMIT %s
"""


def find(query: Query) -> Result:
    """A page of what the query finds, with counts per facet; empty text browses by filters."""
    groups = {"kind": tuple(query.kinds), **query.facets}
    if not query.text.strip():
        return _browse(query, groups)
    end = min(query.offset + query.limit, DEEPEST)
    search = Search(query.text, groups)
    rows = search.rows(max(DEPTH, end))
    page = _sorted(rows, query.sort)[query.offset : end]
    ids = [entry for entry, _ in rows]
    counted = counts.facet_counts(groups, lambda wider: _scope(query.text, search, ids, groups, wider))
    return Result(page, counted.total, counted.values, exact=False)


def find_text(
    text: str,
    kinds: Sequence[str] = (),
    facets: Mapping[str, Sequence[str]] | None = None,
    limit: int = 20,
    recipe: Recipe = PRODUCT,
) -> list[Hit]:
    """The best hits for a text, without counts: what matching calls with a need."""
    if not text.strip():
        return []
    search = Search(text, {"kind": tuple(kinds), **(facets or {})}, recipe=recipe)
    return [hit for _, hit in search.rows(limit)]


def similar(kind: str, ref: int, kinds: Sequence[str] = (), limit: int = 8) -> list[Hit]:
    """What is like an indexed thing, itself left out; empty when it is not indexed."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, [kind, ref])
        row = cursor.fetchone()
    if row is None:
        return []
    entry, title, _, text, vector = row
    # The beginning of a text is enough for its words, and keeps the query short.
    recipe = PRODUCT if vector else WORDS_ONLY
    search = Search(
        f"{title}\n{text[:300]}",
        {"kind": tuple(kinds)},
        vector=QueryVector(vector) if vector else None,
        recipe=recipe,
    )
    return [hit for i, hit in search.rows(limit + 1) if i != entry][:limit]


def near_duplicates(title: str, text: str, kind: str, limit: int = 3) -> list[Hit]:
    """Things of a kind with nearly the same title or text, with ``similarity`` from 0.6 to 1; no embedding needed."""
    search = Search(f"{title}\n{text[:600]}", {"kind": (kind,)}, recipe=WORDS_ONLY)
    rows = search.rows(20)
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [[i for i, _ in rows]])
        texts: dict[int, str] = dict(cursor.fetchall())
    rated = [_with_similarity(hit, max(_alike(title, hit.title), _alike(text, texts[i]))) for i, hit in rows]
    found = [hit for hit in rated if hit.similarity >= 0.6]
    return sorted(found, key=lambda hit: -hit.similarity)[:limit]


def suggest(prefix: str, limit: int = 8) -> list[Suggestion]:
    """Titles and keywords that begin, or have a word that begins, with the prefix or with these pinyin initials."""
    key = key_of(prefix)
    if not key:
        return []
    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(_SUGGEST, [escaped + "%", limit * 6])
        rows = cursor.fetchall()
    found = {text: Suggestion(text, kind if title else "", ref if title else None) for text, title, kind, ref in rows}
    # Keywords first: they are short, and lead to many things.
    return sorted(found.values(), key=lambda s: s.ref is not None)[:limit]


def telling(words: Iterable[str], share: float = 0.06) -> set[str]:
    """Those words that tell documents apart: found in at most this share of them (by the rarest token of each)."""
    groups = {word: [t for t in tokens(word) if len(t) > 1] or tokens(word) for word in words}
    known = statistics.read({t for group in groups.values() for t in group}, {})
    most = max(2, round(known.total * share))
    return {w for w, group in groups.items() if min((known.df.get(token_id(t), 0) for t in group), default=0) <= most}


def nearest_sentence(query_text: str, text: str) -> tuple[str, float]:
    """The sentence of a text nearest in meaning to a query, and its centred cosine; ``("", 0.0)`` for no text."""
    return nearest_sentences(query_text, [text])[0]


def nearest_sentences(query_text: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    """The same for several texts, embedded together, which is quicker than one by one."""
    parts = [_likely(query_text, sentences(text)[:40]) for text in texts]
    scores = iter(vectors.sentence_scores(query_text, [s for found in parts for s in found]))
    rated = [[(sentence, next(scores)) for sentence in found] for found in parts]
    return [max(found, key=lambda pair: pair[1], default=("", 0.0)) for found in rated]


def _likely(query_text: str, found: list[str]) -> list[str]:
    """Of many sentences those worth embedding: those that share most with the query, and the longest of the others."""
    if len(found) <= EMBEDDED:
        return found
    wanted = _shingles(query_text)
    ordered = sorted(found, key=lambda s: (-len(wanted & _shingles(s)), -len(s)))
    return [*ordered[: EMBEDDED - 1], max(ordered[EMBEDDED - 1 :], key=len)]


def _browse(query: Query, groups: Mapping[str, Sequence[str]]) -> Result:
    filters = filter_text(groups)
    where = "WHERE e.facets @@ %s::tsquery" if filters else ""
    sql = _BROWSE.format(where=where, order=SORTS.get(query.sort, SORTS["newest"]))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*([filters] if filters else []), query.limit, query.offset])
        hits = [Hit(kind, ref, title) for kind, ref, title in cursor.fetchall()]
    counted = counts.facet_counts(groups, lambda _: None)
    return Result(hits, counted.total, counted.values, exact=True)


def _scope(
    text: str, search: Search, ids: list[int], groups: Mapping[str, Sequence[str]], wider: Mapping[str, Sequence[str]]
) -> counts.Scope:
    """What is counted: documents with keyword hits and those found by meaning; under a wider filter, looked up anew
    only where there are no keyword hits."""
    if search.candidates or wider == groups:
        return counts.Scope(search.candidates, ids)
    return counts.Scope("", [entry for entry, _ in Search(text, wider).rows(DEPTH)])


def _sorted(rows: list[tuple[int, Hit]], sort: str) -> list[Hit]:
    if sort == "relevance" or sort not in SORTS:
        return [hit for _, hit in rows]
    hits = dict(rows)
    with connection.cursor() as cursor:
        cursor.execute(_SORT.format(order=SORTS[sort]), [list(hits)])
        return [hits[i] for (i,) in cursor.fetchall()]


@lru_cache(maxsize=2_000)
def _shingles(text: str) -> frozenset[str]:
    return frozenset(t for t in tokens(text) if len(t) > 1)


def _alike(a: str, b: str) -> float:
    """Jaccard similarity of the bigrams and Latin words of two texts."""
    one, two = _shingles(a), _shingles(b)
    return len(one & two) / len(one | two) if one and two else 0.0


def _with_similarity(hit: Hit, similarity: float) -> Hit:
    return replace(hit, similarity=similarity)

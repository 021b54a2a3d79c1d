"""检索写入: put documents into the index and take them out, embed what is pending."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.search import bm25, completions, vectors
from kechuang.core.search.candidates import indexed_terms, vector_text
from kechuang.core.search.models import Doc
from kechuang.core.search.statistics import absorb_changes
from kechuang.core.search.token_ids import token_id

CHUNK, EMBED_BATCH = 500, 64
Progress = Callable[[int, int], None]
Changed = tuple[list[int], list[int], int, int]

_ENTRIES = """
INSERT INTO search_entry (kind, ref, title, text, keywords, facets, at, maturity, price, indexed_at)
SELECT kind, ref, title, text, keywords, facets, at, maturity, price, %s
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::tsvector[], %s::timestamptz[],
            %s::int[], %s::numeric[]) AS d(kind, ref, title, text, keywords, facets, at, maturity, price)
ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, text = excluded.text, keywords = excluded.keywords,
  facets = excluded.facets, at = excluded.at, maturity = excluded.maturity, price = excluded.price,
  indexed_at = excluded.indexed_at
RETURNING kind, ref, id
"""
_KEYWORDS = """
INSERT INTO search_keyword (entry_id, terms, weights, length)
SELECT * FROM unnest(%s::bigint[], %s::tsvector[], %s::sparsevec[], %s::int[])
ON CONFLICT (entry_id) DO UPDATE SET terms = excluded.terms, weights = excluded.weights, length = excluded.length
"""
# Facets have a colon, tokens never.
_OLD = """
SELECT entry_id, weights::text, ARRAY(SELECT f FROM unnest(tsvector_to_array(terms)) AS f WHERE f LIKE '%%:%%'), length
FROM search_keyword WHERE entry_id = ANY(%s)
"""
_CHANGE = "INSERT INTO search_change (added, removed, documents, length) VALUES (%s, %s, %s, %s)"
_FACETS = """
UPDATE search_meaning AS m SET facets = e.facets FROM search_entry AS e
WHERE e.id = m.entry_id AND e.id = ANY(%s) AND m.facets <> e.facets
"""
_COMPLETIONS = """
INSERT INTO search_completion (entry_id, key, text, is_title)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bool[])
"""
_PENDING = """
SELECT p.id, e.id, e.title, e.text, e.keywords, m.digest FROM search_pending AS p
LEFT JOIN search_entry AS e ON e.id = p.entry_id LEFT JOIN search_meaning AS m ON m.entry_id = e.id
ORDER BY p.id LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
_MEANINGS = """
INSERT INTO search_meaning (entry_id, facets, body, title, tokens, digest, space)
SELECT e.id, e.facets, v.body, v.title, v.tokens, v.digest, %s
FROM unnest(%s::bigint[], %s::halfvec[], %s::halfvec[], %s::bytea[], %s::bytea[]) AS v(id, body, title, tokens, digest)
JOIN search_entry AS e USING (id)
ON CONFLICT (entry_id) DO UPDATE SET facets = excluded.facets, body = excluded.body, title = excluded.title,
  tokens = excluded.tokens, digest = excluded.digest, space = excluded.space
"""


_STALE = """
INSERT INTO search_pending (entry_id) SELECT entry_id FROM search_meaning AS m
WHERE space <> %s AND NOT EXISTS (SELECT FROM search_pending AS p WHERE p.entry_id = m.entry_id)
"""


def put(doc: Doc, *, now: datetime) -> None:
    """Index one document: found by words at once, in the caller's transaction; by meaning when the task has run."""
    put_many([doc], now=now)


def put_many(docs: Sequence[Doc], *, now: datetime, embed_later: bool = True, progress: Progress | None = None) -> None:
    """Index many documents; the last wins where two have the same kind and ref.

    ``embed_later`` False leaves the call of ``embed_pending`` to the caller. Each 500 are one transaction.
    """
    unique = {(d.kind, d.ref): d for d in docs}
    ordered = [unique[key] for key in sorted(unique)]  # one order of locks for everybody: no deadlock
    for at in range(0, len(ordered), CHUNK):
        with transaction.atomic():
            _put_chunk(ordered[at : at + CHUNK], now)
        if progress:
            progress(min(at + CHUNK, len(ordered)), len(ordered))
    if embed_later and ordered:
        transaction.on_commit(_defer_embedding)


def remove(kind: str, ref: int) -> None:
    """Take one document out of the index; nothing happens when it is not in."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM search_entry WHERE kind = %s AND ref = %s FOR UPDATE", [kind, ref])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        cursor.execute(_OLD, [ids])
        _note_change(_difference(_parsed(cursor.fetchall()), {}))
        for table in ("completion", "meaning", "keyword"):
            cursor.execute(f"DELETE FROM search_{table} WHERE entry_id = ANY(%s)", [ids])  # noqa: S608
        cursor.execute("DELETE FROM search_entry WHERE id = ANY(%s)", [ids])


def embed_pending(limit: int | None = None, progress: Progress | None = None) -> int:
    """Embed what is pending, at most ``limit`` documents; returns how many were handled.

    Batches are committed one by one and locked against other workers, so that it may be killed at any time and
    called again, or run twice at once. A document whose text has not changed is not embedded again, unless the
    embedder is another one now.
    """
    absorb_changes()
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [vectors.space()])
    total, done = pending_count(), 0
    while limit is None or done < limit:
        size = EMBED_BATCH if limit is None else min(EMBED_BATCH, limit - done)
        handled = _embed_batch(size)
        if not handled:
            break
        done += handled
        if progress:
            progress(done, max(done, total))
    return done


def pending_count() -> int:
    """How many saves wait for their embedding."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_pending")
        return int(cursor.fetchone()[0])


def rebuild(progress: Progress | None = None) -> None:
    """Compute all keywords and counts anew from the texts and queue every embedding for a check.

    For a new version of the tokens or of the embedder; search goes on meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM search_entry")
        ids: list[int] = cursor.fetchone()[0] or []
    for at in range(0, len(ids), CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            query = "SELECT id, title, text, keywords, tsvector_to_array(facets) FROM search_entry WHERE id = ANY(%s)"
            cursor.execute(query + " ORDER BY id FOR UPDATE", [ids[at : at + CHUNK]])
            rows = [(i, t, x, tuple(json.loads(k)), f) for i, t, x, k, f in cursor.fetchall()]
            _put_words(rows)
            _queue([row[0] for row in rows])
        if progress:
            progress(min(at + CHUNK, len(ids)), len(ids))
    absorb_changes()


def _put_chunk(docs: list[Doc], now: datetime) -> None:
    facets = [_facet_lexemes(d) for d in docs]
    columns: list[list[object]] = [
        [d.kind for d in docs],
        [d.ref for d in docs],
        [_clean(d.title) for d in docs],
        [_clean(d.text) for d in docs],
        [json.dumps([_clean(k) for k in d.keywords], ensure_ascii=False) for d in docs],
        [vector_text(f) for f in facets],
        [d.at for d in docs],
        [d.maturity for d in docs],
        [d.price for d in docs],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [now, *columns])
        ids = {(kind, ref): entry for kind, ref, entry in cursor.fetchall()}
        entries = [ids[d.kind, d.ref] for d in docs]
        _put_words([(i, _clean(d.title), d.text, d.keywords, f) for i, d, f in zip(entries, docs, facets, strict=True)])
        cursor.execute(_FACETS, [entries])
    _queue(entries)


def _put_words(rows: Sequence[tuple[int, str, str, tuple[str, ...], list[str]]]) -> None:
    """Keywords, counts and completions of entries: (id, title, text, keywords, facet lexemes)."""
    ids = [row[0] for row in rows]
    counts = [bm25.document_tokens(title, text, keywords) for _, title, text, keywords, _ in rows]
    weights = [bm25.document_weights(c) for c in counts]
    lengths = [sum(c.values()) for c in counts]
    terms = [vector_text([*indexed_terms(c), *row[4]]) for c, row in zip(counts, rows, strict=True)]
    keys = [(row[0], *k) for row in rows for k in completions.keys(row[1], tuple(map(_clean, row[3])))]
    with connection.cursor() as cursor:
        cursor.execute(_OLD, [ids])
        old = _parsed(cursor.fetchall())
        new = {
            row[0]: (w.keys() | set(map(token_id, row[4])), n) for row, w, n in zip(rows, weights, lengths, strict=True)
        }
        _note_change(_difference(old, new))
        cursor.execute(_KEYWORDS, [ids, terms, [bm25.sparse_text(w) for w in weights], lengths])
        cursor.execute("DELETE FROM search_completion WHERE entry_id = ANY(%s)", [ids])
        if keys:
            cursor.execute(_COMPLETIONS, [list(column) for column in zip(*keys, strict=True)])


def _parsed(rows: Iterable[tuple[int, str, list[str], int]]) -> dict[int, tuple[set[int], int]]:
    """What is counted of entries: ids of tokens (out of pgvector's text form) and of facets, and the length."""
    return {
        i: (
            {int(p.partition(":")[0]) for p in text[1 : text.index("}")].split(",") if p} | set(map(token_id, facets)),
            n,
        )
        for i, text, facets, n in rows
    }


def _difference(old: dict[int, tuple[set[int], int]], new: dict[int, tuple[set[int], int]]) -> Changed:
    nothing: tuple[set[int], int] = (set(), 0)
    added: list[int] = []
    removed: list[int] = []
    for i in old.keys() | new.keys():
        before, after = old.get(i, nothing)[0], new.get(i, nothing)[0]
        added += after - before
        removed += before - after
    length = sum(n for _, n in new.values()) - sum(n for _, n in old.values())
    return added, removed, len(new) - len(old), length


def _note_change(change: Changed) -> None:
    if any(change):
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, list(change))


def _queue(entries: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_pending (entry_id) SELECT unnest(%s::bigint[])", [entries])


def _embed_batch(size: int) -> int:
    """One committed batch. The current text is read after the queue rows are locked; a later save queues again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PENDING, [size])
        rows = cursor.fetchall()
        texts = {entry: (title, text, tuple(json.loads(words))) for _, entry, title, text, words, _ in rows if entry}
        digests = {entry: vectors.digest(*parts) for entry, parts in texts.items()}
        current = {entry for _, entry, *_, stored in rows if stored and bytes(stored) == digests[entry]}
        changed = [entry for entry in texts if entry not in current]
        if changed:
            columns = zip(*vectors.document_vectors([texts[entry] for entry in changed]), strict=True)
            cursor.execute(
                _MEANINGS, [vectors.space(), changed, *map(list, columns), [digests[entry] for entry in changed]]
            )
        cursor.execute(_FACETS, [list(current)])
        cursor.execute("DELETE FROM search_pending WHERE id = ANY(%s)", [[row[0] for row in rows]])
    return len(rows)


def _facet_lexemes(doc: Doc) -> list[str]:
    return [f"kind:{doc.kind}", *(f"{name}:{value}" for name, values in doc.facets.items() for value in values)]


def _clean(text: str) -> str:
    return text.replace("\0", "")  # PostgreSQL holds no NUL


def _defer_embedding() -> None:
    try:
        app.configure_task("kechuang.core.search.tasks.embed", queueing_lock="search.embed").defer()
    except AlreadyEnqueued:
        return  # one waiting task handles everything that is pending

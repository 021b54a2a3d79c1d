"""科创通: kechuang.core.search as the product runs it, over an embedded PostgreSQL of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from bench.engines.data import Question, World
from bench.engines.engine import folder_size, resident
from kechuang.core.search import bm25
from kechuang.core.search.actions import put_many
from kechuang.core.search.hybrid import Search
from kechuang.core.search.models import Doc
from kechuang.core.search.scratch import create_tables
from kechuang.core.search.statistics import absorb_changes
from kechuang.core.search.vectors import QueryVector, literal
from kechuang.kit.postgres import Server

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_VECTORS = "CREATE TEMP TABLE generated (ref bigint, body halfvec(384))"
_FILL = """INSERT INTO search_meaning (entry_id, facets, body, tokens, digest, space)
SELECT e.id, e.facets, g.body, '', '', '' FROM generated AS g JOIN search_entry AS e USING (ref) ORDER BY e.id"""
_EXACT = """SELECT e.ref FROM search_keyword AS k JOIN search_meaning AS m USING (entry_id)
JOIN search_entry AS e ON e.id = k.entry_id {where}
ORDER BY (k.weights <#> %(weights)s::sparsevec) + (m.body <#> %(vector)s::halfvec), e.id LIMIT %(limit)s"""


class Kechuang:
    """The product's own code path, from ``put_many`` to ``Search``; vectors are given instead of embedded."""

    def __init__(self, home: Path) -> None:
        self._server = Server(home / "pg").start()

    def build(self, world: World, home: Path) -> None:
        """Index all documents by words, then by meaning, as a bulk load does."""
        create_tables()
        put_many(list(_docs(world)), now=NOW, embed_later=False)
        absorb_changes()
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX search_meaning_body")
            cursor.execute(_VECTORS)
            with cursor.copy("COPY generated FROM STDIN") as copy:
                for i, vector in enumerate(world.vectors):
                    copy.write_row((i, literal(vector)))
            cursor.execute(_FILL)
            cursor.execute(
                "CREATE INDEX search_meaning_body ON search_meaning USING hnsw (body halfvec_ip_ops)"
                " WITH (m = 16, ef_construction = 64)"
            )
            cursor.execute("TRUNCATE search_pending")
            cursor.execute("VACUUM ANALYZE")

    def open(self, home: Path) -> None:
        """The server runs already."""

    def search(self, question: Question, limit: int) -> list[int]:
        """As the product searches."""
        return [hit.ref for _, hit in self._prepared(question).rows(limit)]

    def exact(self, question: Question, limit: int) -> list[int]:
        """The same score over all documents."""
        search = self._prepared(question)
        where = "WHERE e.facets @@ %(filters)s::tsquery" if search.filters else ""
        values: dict[str, str | int] = {
            "filters": search.filters,
            "weights": bm25.sparse_text(search.weights),
            "vector": literal(question.vector),
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(_EXACT.format(where=where), values)
            return [ref for (ref,) in cursor.fetchall()]

    def memory(self) -> int:
        """Of this process and of all of the server's."""
        server = int((self._server.home / "data" / "postmaster.pid").read_text("ascii").split()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split()
        return resident() + resident(server) + sum(resident(int(child)) for child in children)

    def disk(self, home: Path) -> int:
        """The tables and indexes of the database (its log of changes is not counted)."""
        return folder_size(home / "pg" / "data" / "base")

    def close(self) -> None:
        """End the server."""
        connection.close()
        self._server.stop()

    def _prepared(self, question: Question) -> Search:
        facets = {question.facet[0]: [question.facet[1]]} if question.facet else {}
        return Search(question.text, facets, vector=QueryVector(literal(question.vector)))


def _docs(world: World) -> Iterator[Doc]:
    for row in world.documents():
        yield Doc("bench", row.id, row.title, row.text, NOW, facets={"district": [row.district], "park": [row.park]})

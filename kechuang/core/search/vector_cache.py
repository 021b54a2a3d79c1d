"""向量缓存 vector cache: embeddings of an evaluation's documents in a file, so that a second run is quick."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from kechuang.core.search.vectors import space

_COLUMNS = "digest, body, title, tokens"
_STORE = f"COPY (SELECT {_COLUMNS} FROM search_meaning) TO STDOUT (FORMAT binary)"  # noqa: S608 - fixed column names
_TABLE = (
    "CREATE TEMP TABLE cached ON COMMIT DROP AS SELECT digest, body, title, tokens FROM search_meaning WITH NO DATA"
)
_FILL = """
INSERT INTO search_meaning (entry_id, facets, body, title, tokens, digest, space)
SELECT e.id, e.facets, c.body, c.title, c.tokens, c.digest, %s FROM unnest(%s::bigint[], %s::bytea[]) AS d(id, digest)
JOIN search_entry AS e ON e.id = d.id JOIN (SELECT DISTINCT ON (digest) * FROM cached) AS c ON c.digest = d.digest
"""


def load_vectors(path: Path, digests: dict[int, bytes]) -> int:
    """Fill the meaning table from the file for entries with these digests; returns how many were known."""
    if not path.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY cached FROM STDIN (FORMAT binary)") as copy:
            for block in _blocks(path):
                copy.write(block)
        cursor.execute(_FILL, [space(), list(digests), list(digests.values())])
        return int(cursor.rowcount)


def save_vectors(path: Path) -> None:
    """Write all embeddings to the file, beside what it holds already; complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file, connection.cursor() as cursor, cursor.copy(_STORE) as copy:
        for block in copy:
            file.write(bytes(block))
    part.replace(path)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block

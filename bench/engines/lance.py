"""LanceDB: hybrid search with its full-text index (tokens as given), HNSW with scalar quantisation, and RRF."""

from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
from lancedb.index import FTS, Bitmap, HnswSq
from lancedb.rerankers import RRFReranker

from bench.engines.data import DIMENSIONS, Question, World
from bench.engines.engine import folder_size, resident
from kechuang.core.search.bm25 import document_tokens


def joined(title: str, text: str) -> str:
    """The same tokens as ours, with repeats, separated by blanks."""
    return " ".join(document_tokens(title, text, ()).elements())


class Lance:
    """An index in this process; ef 100 as ours."""

    def __init__(self, home: Path) -> None:
        self._before = resident()
        self._reranker = RRFReranker()
        self._table: Any = None

    def build(self, world: World, home: Path) -> None:
        """A table with a full-text, a vector and two bitmap indexes."""
        rows = list(world.documents())
        columns = {
            "id": [r.id for r in rows],
            "text": [joined(r.title, r.text) for r in rows],
            "district": [r.district for r in rows],
            "park": [r.park for r in rows],
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(world.vectors.reshape(-1)), DIMENSIONS),
        }
        table = lancedb.connect(str(home)).create_table("documents", pa.table(columns))
        words = FTS(
            base_tokenizer="whitespace",
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
            lower_case=False,
            max_token_length=None,
        )
        table.create_index("text", config=words)
        table.create_index("vector", config=HnswSq(distance_type="dot", num_partitions=1, m=16, ef_construction=100))
        for name in ("district", "park"):
            table.create_index(name, config=Bitmap())

    def open(self, home: Path) -> None:
        """Open the table that was built."""
        self._table = lancedb.connect(str(home)).open_table("documents")

    def search(self, question: Question, limit: int) -> list[int]:
        """The first ``limit`` of the hybrid query."""
        return self._ids(self._query(question).ef(100), limit)

    def exact(self, question: Question, limit: int) -> list[int]:
        """The same query without the vector index."""
        return self._ids(self._query(question).bypass_vector_index(), limit)

    def memory(self) -> int:
        """Of this process."""
        return resident()

    def disk(self, home: Path) -> int:
        """All files of the table."""
        return folder_size(home)

    def close(self) -> None:
        """Nothing to end."""

    def _query(self, question: Question) -> Any:
        query = self._table.search(query_type="hybrid", vector_column_name="vector", fts_columns="text")
        query = query.vector(question.vector).text(joined("", question.text)).rerank(self._reranker)
        if question.facet:
            query = query.where(f"{question.facet[0]} = '{question.facet[1]}'", prefilter=True)
        return query

    def _ids(self, query: Any, limit: int) -> list[int]:
        return [int(i) for i in query.limit(limit).to_arrow()["id"].to_pylist()]

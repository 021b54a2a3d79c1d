"""tantivy and usearch: a full-text and a vector library in this process, both lists fused by reciprocal ranks."""

from pathlib import Path

import numpy as np
import tantivy
from usearch.index import Index

from bench.engines.data import DIMENSIONS, DISTRICTS, PARKS, Question, World
from bench.engines.engine import folder_size, resident
from bench.engines.lance import joined
from kechuang.core.search.bm25 import document_tokens

DEPTH, RRF = 50, 60  # candidates of each list; the usual constant of reciprocal rank fusion


class TantivyUsearch:
    """usearch knows no filters, so that as many more vectors are fetched as the filter will drop."""

    def __init__(self, home: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, fast=True)
        builder.add_text_field("text", tokenizer_name="blanks", index_option="freq")
        for name in ("district", "park"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        self._facets: dict[str, np.ndarray[tuple[int], np.dtype[np.str_]]] = {}

    def build(self, world: World, home: Path) -> None:
        """Both indexes, and the filters of each document in memory."""
        (home / "words").mkdir()
        index = self._opened(home)
        writer = index.writer(256_000_000)
        rows = list(world.documents())
        for r in rows:
            writer.add_document(
                tantivy.Document(id=r.id, text=joined(r.title, r.text), district=r.district, park=r.park)
            )
        writer.commit()
        writer.wait_merging_threads()
        vectors = Index(ndim=DIMENSIONS, metric="ip", dtype="f16", connectivity=16, expansion_add=64)
        vectors.add(np.arange(len(rows)), world.vectors)
        vectors.save(str(home / "vectors.usearch"))
        for name in ("district", "park"):
            np.save(home / f"{name}.npy", np.array([getattr(r, name) for r in rows]))

    def open(self, home: Path) -> None:
        """Load what was built."""
        self._index = self._opened(home)
        self._index.reload()
        self._searcher = self._index.searcher()
        restored = Index.restore(str(home / "vectors.usearch"))
        if restored is None:
            raise RuntimeError("the vector index was not saved")
        self._vectors = restored
        self._vectors.expansion_search = 100
        self._facets = {name: np.load(home / f"{name}.npy") for name in ("district", "park")}

    def search(self, question: Question, limit: int) -> list[int]:
        """The first ``limit`` by reciprocal ranks of both lists."""
        return self._fused(question, limit, exact=False)

    def exact(self, question: Question, limit: int) -> list[int]:
        """The same with an exhaustive vector search."""
        return self._fused(question, limit, exact=True)

    def memory(self) -> int:
        """Of this process; index files of tantivy that lie in the page cache are not counted."""
        return resident()

    def disk(self, home: Path) -> int:
        """All files."""
        return folder_size(home)

    def close(self) -> None:
        """Nothing to end."""

    def _fused(self, question: Question, limit: int, *, exact: bool) -> list[int]:
        scores: dict[int, float] = {}
        for found in (self._by_words(question), self._by_meaning(question, exact=exact)):
            for rank, i in enumerate(found[:DEPTH]):
                scores[i] = scores.get(i, 0.0) + 1 / (RRF + rank)
        return sorted(scores, key=lambda i: (-scores[i], i))[:limit]

    def _by_words(self, question: Question) -> list[int]:
        terms = [tantivy.Query.term_query(self._schema, "text", t) for t in document_tokens("", question.text, ())]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        if question.facet:
            wanted = tantivy.Query.term_query(self._schema, *question.facet)
            wanted = tantivy.Query.const_score_query(wanted, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, wanted)])
        hits = self._searcher.search(query, DEPTH).hits
        return [int(self._searcher.doc(address)["id"][0]) for _, address in hits]

    def _by_meaning(self, question: Question, *, exact: bool) -> list[int]:
        fold = {"district": DISTRICTS, "park": PARKS}[question.facet[0]] if question.facet else 1
        count = min(len(self._vectors), int(DEPTH * fold * 1.3) if fold > 1 else DEPTH)
        found = [int(i) for i in self._vectors.search(question.vector, count, exact=exact).keys]
        if question.facet is None:
            return found
        values = self._facets[question.facet[0]]
        return [i for i in found if values[i] == question.facet[1]]

    def _opened(self, home: Path) -> tantivy.Index:
        index = tantivy.Index(self._schema, path=str(home / "words"))
        blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("blanks", blanks)
        return index

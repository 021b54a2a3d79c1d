"""标注集入库 labelled index: the documents of a labelled set in a scratch database, with embeddings from a cache."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from kechuang.core.search import vectors
from kechuang.core.search.actions import embed_pending, put_many
from kechuang.core.search.evaluation import LabelledSet
from kechuang.core.search.models import Doc, Entry
from kechuang.core.search.vector_cache import load_vectors, save_vectors

KIND = "evaluate"
WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)
Progress = Callable[[int, int], None]


def index(
    labelled: LabelledSet, *, fresh: bool, say: Callable[[str], Any], progress: Callable[[str], Progress]
) -> None:
    """Put all documents into the index, numbered from 0 in the order of the set; ``fresh`` uses no cached vectors."""
    started = time.perf_counter()
    docs = [
        Doc(KIND, i, d.get("title") or "", d["text"], WHENEVER, tuple(d.get("keywords") or ()))
        for i, d in enumerate(labelled.corpus)
    ]
    put_many(docs, now=WHENEVER, embed_later=False, progress=progress("关键词"))
    cache = Path(settings.VAR_DIR) / "evaluate" / f"{_file_name(vectors.space())}.vectors"
    known = 0 if fresh else load_vectors(cache, _digests())
    say(f"向量缓存 {cache}：已有 {known}/{len(docs)} 篇")
    embed_pending(progress=progress("向量"))
    if known < len(docs):
        save_vectors(cache)
    say(f"入库 {len(docs)} 篇，用时 {time.perf_counter() - started:.1f} 秒")


def _file_name(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-." else "_" for c in text)


def _digests() -> dict[int, bytes]:
    rows = Entry.objects.values_list("id", "title", "text", "keywords")
    return {i: vectors.digest(title, text, tuple(words)) for i, title, text, words in rows}

"""检索: what needs real commits (two workers, a kill, the evaluation) in a database of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from kechuang.core.search import scratch
from kechuang.core.search.actions import embed_pending, pending_count, put, put_many, remove
from kechuang.core.search.models import Doc, Meaning
from kechuang.core.search.queries import find_text

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DOCS = [Doc("achievements", n, f"第{n}项成果", f"第{n}种保鲜涂膜的配方。", NOW) for n in range(1, 101)]
# Embeds in the database of its argument and kills itself after the first batch.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from kechuang.core.search.actions import embed_pending
connection.settings_dict["NAME"] = sys.argv[1]
embed_pending(progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


OWN, LEFT_BEHIND = f"{scratch.PREFIX}{os.getpid()}", f"{scratch.PREFIX}left_behind"


def _databases() -> list[str]:
    """Of this test; somebody may be evaluating on the same server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[OWN, LEFT_BEHIND]])
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def _committing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def _own_database(_committing: None) -> Iterator[None]:
    with scratch.scratch_database():
        yield


@pytest.mark.usefixtures("_own_database")
def test_two_workers_share_the_queue_and_a_save_does_not_wait_for_them() -> None:
    put_many(DOCS[:3], now=NOW, embed_later=False)
    other = connection.copy()
    with transaction.atomic(), other.cursor() as worker:
        worker.execute("BEGIN")
        worker.execute("SELECT id FROM search_pending ORDER BY id LIMIT 2 FOR UPDATE")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")  # the worker holds its locks longer, however long it takes
        put_many(DOCS[:1], now=NOW, embed_later=False)
        remove("achievements", 2)
        assert embed_pending() == 2
        worker.execute("ROLLBACK")  # closing alone would let the server keep the locks for a moment
    other.close()
    assert (pending_count(), embed_pending(), Meaning.objects.count()) == (2, 2, 2)


@pytest.mark.usefixtures("_own_database")
def test_what_a_killed_worker_had_finished_is_kept() -> None:
    put_many(DOCS, now=NOW, embed_later=False)
    connection.close()
    child = subprocess.run([sys.executable, "-c", WORKER, connection.settings_dict["NAME"]], timeout=120, check=False)
    assert child.returncode == -signal.SIGKILL
    kept = Meaning.objects.count()
    assert 0 < kept < len(DOCS)
    assert (pending_count(), embed_pending(), Meaning.objects.count()) == (100 - kept, 100 - kept, 100)


@pytest.mark.usefixtures("_own_database")
def test_a_rolled_back_save_leaves_nothing() -> None:
    with transaction.atomic():
        put(DOCS[0], now=NOW)
        transaction.set_rollback(True)
    assert (find_text("涂膜"), pending_count()) == ([], 0)


@pytest.mark.usefixtures("_committing")
def test_the_evaluation_prints_figures_and_leaves_no_database(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    corpus = [
        {"id": "a", "title": "果蔬保鲜涂膜", "text": "延长草莓的货架期。", "keywords": ["保鲜"]},
        {"id": "b", "title": "钢桥裂缝识别", "text": "用深度学习识别裂缝。", "keywords": [], "category": "x"},
    ]
    queries = [
        {"id": "q", "text": "裂縫識別", "lang": "zh", "set": "need"},
        {"id": "r", "text": "无标注", "set": "need"},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), "utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\trelevance\nq\tb\t2\n", "utf-8")
    for known in (0, 2):
        out, err = StringIO(), StringIO()
        call_command("evaluate", tmp_path, "--json", stdout=out, stderr=err)
        figures = json.loads(out.getvalue())
        assert figures["need"] == {"ndcg10": 1.0, "recall10": 1.0, "recall100": 1.0, "mrr10": 1.0}
        assert set(figures["latency_ms"]) == {"p50", "p95"}
        assert f"{known}/2" in err.getvalue()
    assert _databases() == []
    (tmp_path / "qrels.tsv").write_text("q b 2\n", "utf-8")
    with pytest.raises(CommandError, match=r"qrels\.tsv 第 1 行"):
        call_command("evaluate", tmp_path, stdout=StringIO(), stderr=StringIO())


@pytest.mark.usefixtures("_committing")
def test_what_a_killed_evaluation_left_behind_is_dropped() -> None:
    with psycopg.connect(scratch._parameters(), autocommit=True) as keeper:
        keeper.execute(f"CREATE DATABASE {LEFT_BEHIND}")
    usual = connection.settings_dict["NAME"]
    connection.close()
    with scratch.scratch_database():
        assert _databases() == [OWN]
    assert (_databases(), connection.settings_dict["NAME"]) == ([], usual)

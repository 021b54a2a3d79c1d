"""What every engine can do, and the loop in which a process of its own answers the benchmark's orders."""

import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from bench.engines.data import Question, World

COLUMNS = ("no filter", "district", "narrow", "paragraph")
WARM_UP, RECALL_QUERIES = 5, 40


class Engine(Protocol):
    """An engine over one world's documents; ``search`` may be called by several threads."""

    def build(self, world: World, home: Path) -> None: ...
    def open(self, home: Path) -> None: ...
    def search(self, question: Question, limit: int) -> list[int]: ...
    def exact(self, question: Question, limit: int) -> list[int]: ...
    def memory(self) -> int: ...
    def disk(self, home: Path) -> int: ...
    def close(self) -> None: ...


def serve(engine: Engine, rows: int, home: Path) -> None:
    """Build, then obey orders (JSON lines on stdin): a column to time or to check for recall, or the size."""
    world = World(rows)
    started = time.perf_counter()
    engine.build(world, home)
    build = time.perf_counter() - started
    questions = {column: world.questions(column, 400) for column in COLUMNS}
    del world
    engine.open(home)
    pool = ThreadPoolExecutor(8)
    _answer({"build_seconds": round(build, 1)})
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if "size" in order:
                _answer({"memory": engine.memory(), "disk": engine.disk(home)})
            elif order.get("recall"):
                _answer({"recall": _recall(engine, questions[order["column"]][:RECALL_QUERIES])})
            else:
                asked = questions[order["column"]]
                at = order["round"] * order["queries"] % len(asked)
                turned = [*asked[at:], *asked[:at]][: order["queries"]]
                _answer({"times": _timed(pool, engine, turned, order["clients"])})
    finally:
        engine.close()


def _timed(pool: ThreadPoolExecutor, engine: Engine, questions: Sequence[Question], clients: int) -> list[float]:
    """Milliseconds of each query, asked by so many threads at once; each thread warms up first."""

    def ask(own: Sequence[Question]) -> list[float]:
        for question in own[:WARM_UP]:
            engine.search(question, 10)
        times = []
        for question in own:
            started = time.perf_counter()
            engine.search(question, 10)
            times.append((time.perf_counter() - started) * 1000)
        return times

    shares = [questions[n::clients] for n in range(clients)]
    return [t for times in pool.map(ask, shares) for t in times]


def _recall(engine: Engine, questions: Sequence[Question]) -> float:
    """Share of the exact first ten of the engine's own ranking that its indexed search returns."""
    shares = []
    for question in questions:
        exact = set(engine.exact(question, 10))
        shares.append(len(exact & set(engine.search(question, 10))) / max(len(exact), 1))
    return sum(shares) / len(shares)


def _answer(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def resident(pid: int | None = None) -> int:
    """Bytes of memory of a process, what it shares with others counted by its share of it."""
    lines = Path(f"/proc/{pid or os.getpid()}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def folder_size(home: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(p.stat().st_size for p in home.rglob("*") if p.is_file())

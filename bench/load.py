"""压力测试 load: requests a second and latency of the main pages, at the size that the sources give.

    .venv/bin/python bench/load.py [--json] [--clients 1 8 16] [--seconds 8] [--scale 10]

Builds a full-size fictional city in a data directory of its own (var/bench; kept for the next run), serves it by
granian with two workers and asks for pages from threads on the same machine, each as soon as it has its answer. The
texts of "search" are all different, so that every one is embedded; those of "search, popular" are asked as often as
people ask: the n-th most popular of 300 texts 1/n as often as the first (Zipf), the first time embedded.
"""

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
PYTHON = sys.executable
Paths = dict[str, Callable[[random.Random], str]]


def environment() -> dict[str, str]:
    """The settings of the benched city."""
    return os.environ | {"KECHUANG_VAR": str(VAR), "KECHUANG_DEMO": "1", "PYTHONUNBUFFERED": "1"}


def manage(*arguments: str) -> None:
    """Run a management command of the benched city, with its progress shown on stderr."""
    subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, env=environment(), check=True, stdout=sys.stderr)


@contextmanager
def served(port: int, workers: int) -> Iterator[None]:
    """The city, served until the block ends."""
    from kechuang.kit.postgres import Server  # noqa: PLC0415 - after the path is set

    command = [
        *(PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "8", "--log-level", "warning"),
        "kechuang.web.wsgi:application",
    ]
    with Server(VAR / "pg"):
        process = subprocess.Popen(command, cwd=ROOT, env=environment())
        try:
            wait_until_healthy(port)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_healthy(port: int) -> None:
    """Returns when /healthz answers 200."""
    for _ in range(300):
        try:
            status, _took = ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/healthz")
        except OSError:
            status = 0
        if status == 200:
            return
        time.sleep(0.2)
    raise SystemExit("the site does not answer")


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, float]:
    """One request: status and seconds."""
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - began


def paths() -> Paths:
    """The pages to ask for, each made from a die: search texts are cut from the demo's own sentences."""
    folder = ROOT / "kechuang/packs/qingdao/demo"
    rows = [json.loads(x) for f in sorted(folder.glob("needs-*.jsonl")) for x in f.read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows]

    def piece(dice: random.Random) -> str:
        text = dice.choice(texts)
        start = dice.randrange(max(1, len(text) - 24))
        return urllib.parse.quote(text[start : start + dice.randint(6, 24)])

    popular = [piece(random.Random(n)) for n in range(POPULAR)]
    shares = [1 / n for n in range(1, POPULAR + 1)]
    return {
        "home": lambda _dice: "/",
        "search": lambda dice: f"/search/?q={piece(dice)}",
        "search, popular": lambda dice: f"/search/?q={dice.choices(popular, shares)[0]}",
        "listing": lambda dice: f"/s/achievements/?industry={dice.choice(['ai', 'green-energy', 'smart-equipment'])}",
        "detail": lambda dice: f"/s/achievements/{dice.choice(NUMBERS)}/",
        "match": lambda dice: f"/s/needs/{dice.choice(NEEDS)}/match/",
    }


POPULAR = 300
NUMBERS: list[int] = []
NEEDS: list[int] = []


def load(port: int, make: Callable[[random.Random], str], clients: int, seconds: float) -> dict[str, float]:
    """Ask from several threads for some seconds; requests a second and latencies in milliseconds."""
    took: list[float] = []
    failed: list[str] = []
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        dice = random.Random(f"{number}:{time.time_ns()}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            path = make(dice)
            status, spent = ask(connection, path)
            took.append(spent * 1000)
            if status != 200:
                failed.append(f"{status} {path}")
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{len(failed)} requests failed, such as {failed[0]}")
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [took[0]] * 99
    rate = len(took) / (time.perf_counter() - began)
    return {"requests_per_s": round(rate, 1), "p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1)}


def numbers() -> None:
    """Which achievements and needs there are, asked of the database."""
    import psycopg  # noqa: PLC0415 - only the bench asks the database directly

    from kechuang.kit.postgres import django_settings  # noqa: PLC0415

    where = django_settings(VAR / "pg")
    with psycopg.connect(host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"]) as conn:
        NUMBERS[:] = [
            r[0] for r in conn.execute("SELECT id FROM market_offer WHERE service='achievements' AND status='public'")
        ]
        NEEDS[:] = [r[0] for r in conn.execute("SELECT id FROM market_need WHERE status='public'")]


def main() -> None:
    """Build, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 16])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    for command in (["migrate", "-v0"], ["loadpack", "qingdao"], ["demo", "--scale", str(options.scale)], ["reindex"]):
        manage(*command)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result: dict[str, Any] = {}
    with served(port, options.workers):
        numbers()
        for page, make in paths().items():
            load(port, make, 2, 2)  # warm
            result[page] = {str(n): load(port, make, n, options.seconds) for n in options.clients}
    size = {"achievements": len(NUMBERS), "needs": len(NEEDS)}
    print(json.dumps({"size": size, "pages": result}) if options.json else table(size, result))


def table(size: dict[str, int], result: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    lines = [f"{size['achievements']} achievements, {size['needs']} needs, granian with 2 workers, 2 cores", ""]
    lines += ["| page | clients | requests/s | p50 ms | p95 ms |", "|---|---|---|---|---|"]
    for page, rows in result.items():
        for clients, row in rows.items():
            lines.append(f"| {page} | {clients} | {row['requests_per_s']} | {row['p50_ms']} | {row['p95_ms']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

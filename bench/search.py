"""检索测试 search: latency, recall, memory and disk of hybrid search, beside LanceDB and tantivy with usearch.

    .venv/bin/python bench/search.py [--rows 10000 100000] [--clients 1 8] [--json] [--write]

Each engine has a process of its own over the same generated tokens and vectors (embedding not included) and answers
in turns, column by column, so that other programs on the machine disturb all alike. Recall@10 is against the engine's
own exact ranking. ``--write`` puts the tables into bench/results/search.md.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.engines.engine import COLUMNS, serve  # noqa: E402

ENGINES = {"科创通": "ours", "LanceDB": "lance", "tantivy+usearch": "tantivy_usearch"}
ROUNDS, QUERIES = 4, 100
Figures = dict[str, dict[str, Any]]


class Process:
    """An engine's process and the pipe to it."""

    def __init__(self, name: str, rows: int, home: Path) -> None:
        home.mkdir(parents=True)
        command = [sys.executable, __file__, "--serve", ENGINES[name], "--rows", str(rows), "--home", str(home)]
        variables = os.environ | {"KECHUANG_VAR": str(home), "LANCE_LOG": "error", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables
        )
        self.built: dict[str, Any] = self._read()

    def ask(self, **order: Any) -> dict[str, Any]:
        """Send an order, wait for the answer."""
        if self._process.stdin is None:
            raise RuntimeError("the process has no input")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def end(self) -> None:
        """Close the pipe, which ends the process, and wait for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("an engine's process ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running(rows: int) -> Iterator[dict[str, Process]]:
    """All engines, built one after the other; their files are removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="kechuang-bench-"))
    home.chmod(0o755)  # under root, the database runs as another user
    processes: dict[str, Process] = {}
    try:
        for name in ENGINES:
            sys.stderr.write(f"{name}: {rows} rows …\n")
            processes[name] = Process(name, rows, home / ENGINES[name])
            sys.stderr.write(f"  built in {processes[name].built['build_seconds']} s\n")
        yield processes
    finally:
        for process in processes.values():
            process.end()
        shutil.rmtree(home, ignore_errors=True)


def measure(rows: int, clients: list[int]) -> Figures:
    """All columns of all engines at one size."""
    with running(rows) as engines:
        figures: Figures = {name: {"build_seconds": p.built["build_seconds"]} for name, p in engines.items()}
        for column in COLUMNS:
            for name, process in engines.items():
                figures[name][f"recall {column}"] = round(process.ask(column=column, recall=True)["recall"], 4)
            for count in clients:
                _time_column(engines, figures, column, count)
        for name, process in engines.items():
            figures[name] |= process.ask(size=True)
    return figures


def _time_column(engines: dict[str, Process], figures: Figures, column: str, clients: int) -> None:
    sys.stderr.write(f"  {column}, {clients} client(s)\n")
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(ROUNDS):
        for name, process in engines.items():
            order = {"column": column, "clients": clients, "queries": QUERIES, "round": turn}
            times[name] += process.ask(**order)["times"]
    for name, found in times.items():
        p50, p95 = np.percentile(found, [50, 95])
        figures[name][f"{column} x{clients}"] = {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def table(rows: int, figures: Figures, clients: list[int]) -> str:
    """The figures of one size in Markdown."""
    heads = [f"{column}, {count} client{'s' * (count > 1)}" for count in clients for column in COLUMNS]
    lines = [f"### {rows:,} rows", "", "| p50 / p95 ms | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name, row in figures.items():
        cells = (row[f"{column} x{count}"] for count in clients for column in COLUMNS)
        lines.append(f"| {name} | " + " | ".join(f"{c['p50']} / {c['p95']}" for c in cells) + " |")
    lines += ["", "| | " + " | ".join(f"recall@10 {c}" for c in COLUMNS) + " | memory MB | disk MB | build s |"]
    lines += ["|---" * (len(COLUMNS) + 4) + "|"]
    for name, row in figures.items():
        recalls = " | ".join(f"{row[f'recall {c}']:.3f}" for c in COLUMNS)
        sizes = f"{row['memory'] / 1e6:.0f} | {row['disk'] / 1e6:.0f} | {row['build_seconds']:.0f}"
        lines.append(f"| {name} | {recalls} | {sizes} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the tables in bench/results/search.md")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        _serve(options.serve, options.rows[0], options.home)
        return
    figures = {rows: measure(rows, options.clients) for rows in options.rows}
    tables = "\n\n".join(table(rows, found, options.clients) for rows, found in figures.items())
    print(json.dumps(figures, ensure_ascii=False) if options.json else tables)
    if options.write:
        _write(tables)


def _serve(module: str, rows: int, home: Path) -> None:
    if module == "ours":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
        import django  # noqa: PLC0415 - only this engine's process needs it

        django.setup()
        from bench.engines.ours import Kechuang  # noqa: PLC0415 - after the set-up

        serve(Kechuang(home), rows, home)
    elif module == "lance":
        from bench.engines.lance import Lance  # noqa: PLC0415 - only in this engine's process

        serve(Lance(home), rows, home)
    else:
        from bench.engines.tantivy_usearch import TantivyUsearch  # noqa: PLC0415 - as above

        serve(TantivyUsearch(home), rows, home)


def _write(tables: str) -> None:
    path = ROOT / "bench" / "results" / "search.md"
    path.parent.mkdir(exist_ok=True)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    path.write_text(f"# Hybrid search\n\n{(__doc__ or '').strip()}\n\nMachine: {machine}.\n\n{tables}\n", "utf-8")


if __name__ == "__main__":
    main()

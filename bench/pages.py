"""一城的页面 pages of a whole city: time, queries and size of every list, home, statistics and search.

    .venv/bin/python bench/pages.py [--json] [--write] [--only NAME …] [--rebuild] [--seconds 2]

Builds two cities once, in a data directory of its own (var/pages; kept for the next run): the demo city, and a copy of
it with 3 200 achievements and 20 000 enterprises with their cases (bench/full/city.py). Then every address without a
number, and one of each kind with one, is asked for in both by Django's test client in one process, by the officer of
the city and by an enterprise (where neither may, by whoever may), until ``--seconds`` are over, three times at least;
caches are emptied before each. ``--write`` puts the table into bench/results/pages.md.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "pages"
SMALL, FULL = "kechuang", "kechuang_full"
os.environ |= {"KECHUANG_VAR": str(VAR), "KECHUANG_DEMO": "1", "DJANGO_SETTINGS_MODULE": "kechuang.settings"}
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from kechuang.kit.postgres import Server  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "pages.md"
SLOW, MANY = 500, 60  # milliseconds and queries that call for a look


def build(server: Server, *, rebuild: bool) -> None:
    """The two cities, where they are not there yet."""
    for command in (["migrate", "-v0"], ["loadpack", "qingdao"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=sys.stderr)
    with psycopg.connect(server.url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as keeper:
        there = keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [FULL]).fetchone()
        if there and not rebuild:
            return
        keeper.execute(f"DROP DATABASE IF EXISTS {FULL}")
        keeper.execute(f"CREATE DATABASE {FULL} TEMPLATE {SMALL}")
    part("--fill", FULL)


def part(*arguments: str) -> str:
    """Run a part of this program in a process of its own."""
    command = [sys.executable, str(Path(__file__)), *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def connect(name: str) -> None:
    """Use one of the two cities."""
    import django  # noqa: PLC0415 - each part of the program uses one city

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict["NAME"] = name


def fill() -> None:
    """Make the city that is connected as large as the sources say."""
    from django.core.management import call_command  # noqa: PLC0415

    from bench.full.cases import fill as fill_cases  # noqa: PLC0415
    from kechuang.web import clock  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("demo", scale=10, stdout=sys.stderr)
    fill_cases(clock.now(), lambda line: print(line, file=sys.stderr))


def measured(name: str, seconds: float, only: list[str]) -> Iterator[dict[str, Any]]:
    """What every page of a city takes."""
    connect(name)
    logging.disable(logging.WARNING)  # pages that a role may not see
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from bench.full.pages import actions, ask, pages  # noqa: PLC0415

    for page in pages():
        if not only or page.name in only or f"{page.name}:{page.role}" in only:
            yield {"page": page.name, "role": page.role, "url": page.url, **ask(page, seconds)}
    yield from (row for row in actions(only))


def joined(full: list[dict[str, Any]], small: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pages of the large city with those of the small one, the slowest first."""
    beside = {(row["page"], row["role"]): row for row in small}
    rows = [row | {"small": beside.get((row["page"], row["role"]), {})} for row in full]
    return sorted(rows, key=lambda row: -float(row["p50"]))


def table(rows: list[dict[str, Any]]) -> str:
    """The figures in words."""
    slow = sum(row["p50"] > SLOW for row in rows)
    many = sum(row["queries"] > MANY for row in rows)
    lines = [
        "# 一城的页面 · pages of a whole city\n",
        (
            "`bench/pages.py --write`：两万家虚构企业、3 200 项成果、约五万件办件的城市，与演示城市比较；"
            "同一进程的 Django 测试客户端，两核机器，每次先清缓存；"
            f"测量时的系统负载 {os.getloadavg()[0]:.1f}（大于 2 表示别的程序也在用）。"
            "“比”是大城与演示城市中位时间之比，说明什么随数据增长。\n"
        ),
        f"{len(rows)} 页，中位超过 {SLOW} 毫秒的 {slow} 页，查询超过 {MANY} 次的 {many} 页。\n",
        "| 页面 | 谁 | p50 毫秒 | p95 毫秒 | 查询 | KB | 演示 p50 | 演示查询 | 比 |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        small = row["small"]
        ratio = f"{row['p50'] / small['p50']:.1f}" if small.get("p50") else ""
        lines.append(
            f"| `{row['page']}` | {row['role']} | {row['p50']:.0f} | {row['p95']:.0f} | {row['queries']} |"
            f" {row['bytes'] / 1000:.0f} | {small.get('p50', 0):.0f} | {small.get('queries', '')} | {ratio} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Build, measure both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--fill", metavar="CITY", help=argparse.SUPPRESS)
    parser.add_argument("--measure", metavar="CITY", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill:
        connect(given.fill)
        fill()
        return
    if given.measure:
        print(json.dumps(list(measured(given.measure, given.seconds, given.only))))
        return
    with Server(VAR / "pg") as server:
        build(server, rebuild=given.rebuild)
        chosen = ["--seconds", str(given.seconds), *(("--only", *given.only) if given.only else ())]
        full, small = (json.loads(part("--measure", name, *chosen)) for name in (FULL, SMALL))
    rows = joined(full, small)
    if given.write:
        RESULTS.write_text(table(rows), "utf-8")
    print(json.dumps(rows, ensure_ascii=False) if given.json else table(rows))


if __name__ == "__main__":
    main()

"""一城一批 city run: 20 000 made-up enterprises in the database, and all packs of the city over them in one batch.

    .venv/bin/python bench/city_run.py [--enterprises 20000] [--seed 2028] [--on 2026-11-18] [--json] [--write]

Everything happens in a scratch database that is dropped again. Timed are: reading the facts table of all enterprises,
and deciding all packs in force for all of them (the median of five runs, each from the table to the last pack, with
the time of the processors beside). What the batch says is then compared with the explanation of single enterprises,
drawn by seed. ``--write`` puts the figures into bench/results/city_run.md.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
django.setup()

import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from bench.city20k import NOW, fill, timed  # noqa: E402
from kechuang.core.dossier.frame import facts_frame  # noqa: E402
from kechuang.core.dossier.queries import facts_of  # noqa: E402
from kechuang.core.parties.models import Party  # noqa: E402
from kechuang.core.policy.loading import load_policies  # noqa: E402
from kechuang.core.policy.queries import in_force, pack_of  # noqa: E402
from kechuang.core.search.scratch import scratch_database  # noqa: E402
from kechuang.core.vocab.actions import load_terms  # noqa: E402
from kechuang.kit.postgres import Server  # noqa: E402
from kechuang.kit.rules.batch import decide_all  # noqa: E402
from kechuang.kit.rules.explain import explain  # noqa: E402
from kechuang.kit.rules.packs import Pack  # noqa: E402

RUNS, SAMPLE, FEN = 5, 40, 100
RESULTS = ROOT / "bench" / "results" / "city_run.md"


def measure(enterprises: int, seed: int, on: date) -> dict[str, Any]:
    """All figures."""
    for name in ("national", settings.REGION):
        load_terms(path=settings.PACKS_DIR / name / "terms.toml")
    found: dict[str, Any] = {"enterprises": enterprises, "seed": seed, "on": on.isoformat()}
    found["load_packs"], _none = timed(
        lambda: [load_policies(folder=settings.PACKS_DIR / name, now=NOW) for name in ("national", settings.REGION)]
    )
    found["fill"], _none = timed(lambda: fill(enterprises, seed))
    versions = [version for version in in_force(on) if version.kind != "text"]
    packs = [pack_of(version) for version in versions]
    reading = [timed(lambda: facts_frame(on)) for _n in range(3)]
    frame = reading[0][1]
    found |= {"read": median(seconds for seconds, _frame in reading), "columns": frame.width, "packs": len(packs)}
    runs = [run(packs, frame, on) for _n in range(RUNS)]
    found["decide"] = median(seconds for seconds, _cpu, _each, _results in runs)
    found["decide_cpu"] = median(cpu for _seconds, cpu, _each, _results in runs)
    each = {code: median(one[code] for _s, _c, one, _r in runs) for code in runs[0][2]}
    found["slowest"] = {code: round(each[code], 3) for code in sorted(each, key=lambda code: -each[code])[:3]}
    results = runs[0][3]
    found["verdicts"] = sum(one.height for one in results.values())
    found["met"] = sum(int(one["result"].sum() or 0) for one in results.values())
    found["unknown"] = sum(one["result"].null_count() for one in results.values())
    found["compared"], found["differ"] = compared(packs, results, frame, on, seed)
    found["decide"], found["decide_cpu"] = round(found["decide"], 3), round(found["decide_cpu"], 3)
    return found | {"load": round(os.getloadavg()[0], 1)}


def run(
    packs: list[Pack], frame: pl.DataFrame, on: date
) -> tuple[float, float, dict[str, float], dict[str, pl.DataFrame]]:
    """One batch: seconds by the clock and of the processors, seconds of each pack, what came out."""
    start, used = perf_counter(), process_time()
    each: dict[str, float] = {}
    results: dict[str, pl.DataFrame] = {}
    for pack in packs:
        seconds = perf_counter()
        results[pack.code] = decide_all(pack, frame, on=on)
        each[pack.code] = perf_counter() - seconds
    return perf_counter() - start, process_time() - used, each, results


def compared(
    packs: list[Pack], results: Mapping[str, pl.DataFrame], frame: pl.DataFrame, on: date, seed: int
) -> tuple[int, list[str]]:
    """Some enterprises explained one by one: how many verdicts, and which differ from the batch."""
    rows = Random(seed).sample(range(frame.height), min(SAMPLE, frame.height))
    parties = Party.objects.in_bulk(frame["party"].gather(rows).to_list())
    differ, count = [], 0
    for at in rows:
        facts = facts_of(parties[frame["party"][at]], on=on)
        for pack in packs:
            if pack.benefit is not None and pack.benefit.ranking is not None:
                continue  # a ranking is decided for all together
            single, row = explain(pack, facts, on=on), results[pack.code].row(at, named=True)
            truth = {"met": True, "unmet": False}.get(single.result)
            paid = single.amount.payable if single.amount is not None and truth else None
            amount = None if row["amount"] is None else Decimal(row["amount"]) / FEN
            count += 1
            if truth != row["result"] or (truth and paid != amount):
                differ.append(f"{pack.code} {frame['party'][at]}: {single.result} {paid} / {row}")
    return count, differ


def table(found: Mapping[str, Any]) -> str:
    """The figures in words."""
    slowest = "，".join(f"`{code}` {seconds} 秒" for code, seconds in found["slowest"].items())
    return (
        "# 一城一批 · all packs over a city\n\n"
        f"`bench/city_run.py --write`：{found['enterprises']} 家虚构企业（种子 {found['seed']}）在真实数据库里，"
        f"按 {found['on']} 施行的全部 {found['packs']} 个规则包一次算完；两核机器，单进程。"
        f"测量时的系统负载 {found['load']}（大于 2 表示别的程序也在用）。\n\n"
        "| 项目 | 结果 |\n|---|---|\n"
        f"| 从数据库读全市事实表（{found['columns']} 列） | {found['read']} 秒 |\n"
        f"| 全部规则包一批算完（{found['verdicts']} 个结论；五次的中位） |"
        f" {found['decide']} 秒（处理器 {found['decide_cpu']} 秒） |\n"
        f"| 合计（目标：3 秒以内） | {round(found['read'] + found['decide'], 2)} 秒 |\n"
        f"| 最慢的三个 | {slowest} |\n"
        f"| 符合 / 无法判断 | {found['met']} / {found['unknown']} |\n"
        f"| 与逐户讲清（抽 {SAMPLE} 户，{found['compared']} 个结论）不同的 | {len(found['differ'])} |\n"
    )


def main() -> None:
    """Measure in a scratch database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2028)
    parser.add_argument("--on", type=date.fromisoformat, default=NOW.date())
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    server = Server(settings.VAR_DIR / "pg")
    server.start()
    try:
        with scratch_database("dossier", "policy", "vocab", "audit"):
            found = measure(given.enterprises, given.seed, given.on)
    finally:
        server.stop()
    if given.write:
        RESULTS.write_text(table(found), "utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=2) if given.json else table(found))


if __name__ == "__main__":
    main()

"""规则测试 rules: ten rules over many synthetic enterprises, beside OpenFisca-core and zen-engine in one run.

    .venv/bin/python bench/rules.py [--rows 20000 1000000] [--json] [--write]

The rules are in bench/policies, three times: as packs, as OpenFisca variables, as a graph of zen-engine. Three in a
hundred figures are missing, and many stand on a threshold or one fen beside it. Each engine runs in a process of its
own, ours and OpenFisca in turns; the median of all runs counts. Bringing the data into an engine's form is timed
separately; where other programs disturb, the time of the processors (all threads together) says more than the clock.
All results are compared row by row: zen-engine counts in decimals and must agree everywhere; OpenFisca
keeps 24 bits of a number, so that its differences are counted, and again with double precision forced upon it.
``--write`` puts the tables into bench/results/rules.md and rules.json.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.policies.data import enterprises  # noqa: E402

RESULTS = ROOT / "bench" / "results"
NAMES = {"ours": "科创通", "openfisca": "OpenFisca-core", "zen": "zen-engine"}
RUNS, TURNS = 5, 2
LONGEST = 300  # seconds that zen-engine may take; beyond, it decides a part
PART = 100_000
Figures = dict[str, dict[str, Any]]


def vectors(engine: Any, rows: int, runs: int) -> dict[str, Any]:
    """Prepare once, decide several times."""
    columns, known = enterprises(rows)
    began = time.perf_counter()
    engine.prepare(columns, known)
    prepared = time.perf_counter() - began
    del columns, known
    before = peak()
    times, processor = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        engine.decide()
        times.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return {"prepared": prepared, "times": times, "processor": processor, "memory": peak(), "before": before}


def in_batches(engine: Any, rows: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """zen-engine: the dictionaries of a batch are made before its clock starts."""
    columns, known = enterprises(rows)
    began = time.perf_counter()
    engine.prepare(columns, known)
    prepared, spent, used = time.perf_counter() - began, 0.0, 0.0
    del columns, known
    before, pieces, done, batches = peak(), [], 0, engine.batches()
    while True:
        began = time.perf_counter()
        requests = next(batches, None)
        prepared += time.perf_counter() - began
        if requests is None or (done >= PART and spent / done * rows > LONGEST):
            break
        began, start = time.perf_counter(), time.process_time()
        found = engine.decide(requests)
        spent += time.perf_counter() - began
        used += time.process_time() - start
        done += len(requests)
        pieces.append(dict(engine.outcome(found)))
    outcome = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    return {
        "prepared": prepared,
        "times": [spent / done * rows],
        "processor": [used / done * rows],
        "decided": done,
        "memory": peak(),
        "before": before,
    }, outcome


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def serve(name: str, rows: int, runs: int, file: Path) -> dict[str, Any]:
    """What one engine's process does: decide, keep the outcome in a file, tell the figures."""
    # Each process imports its own engine alone.
    if name == "zen":
        from bench.policies.gorules import Zen  # noqa: PLC0415

        figures, outcome = in_batches(Zen(), rows)
    elif name == "ours":
        from bench.policies.ours import Ours  # noqa: PLC0415

        ours = Ours()
        figures, outcome = vectors(ours, rows, runs), dict(ours.outcome())
        figures["explained"] = ours.explained()
    else:
        from bench.policies.open_fisca import OpenFisca  # noqa: PLC0415

        fisca = OpenFisca(wide=name == "wide")
        figures, outcome = vectors(fisca, rows, runs), dict(fisca.outcome())
    np.savez(file, **outcome)
    return figures


def process(name: str, rows: int, runs: int, file: Path) -> dict[str, Any]:
    """Run an engine in a process of its own."""
    command = [sys.executable, __file__, "--serve", name, "--rows", str(rows), "--runs", str(runs), "--file", str(file)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ)
    figures: dict[str, Any] = json.loads(answer.stdout)
    return figures


def measure(rows: int) -> Figures:
    """All engines at one size, and where they differ."""
    found: Figures = {}
    with tempfile.TemporaryDirectory(prefix="kechuang-rules-") as folder:
        files = {name: Path(folder) / f"{name}.npz" for name in (*NAMES, "wide")}
        for turn in range(TURNS):
            for name in ("ours", "openfisca"):
                sys.stderr.write(f"{rows:,} rows, {name}, turn {turn + 1}\n")
                figures = process(name, rows, RUNS, files[name])
                earlier = found.get(name, {"times": [], "processor": [], "memory": 0})
                for kind in ("times", "processor"):
                    figures[kind] = earlier[kind] + figures[kind]
                figures["memory"] = max(earlier["memory"], figures["memory"])
                found[name] = figures
        sys.stderr.write(f"{rows:,} rows, zen\n")
        found["zen"] = process("zen", rows, 1, files["zen"])
        process("wide", rows, 1, files["wide"])
        outcomes = {name: dict(np.load(file)) for name, file in files.items()}
    for figures in found.values():
        figures["seconds"] = statistics.median(figures["times"])
        figures["processor seconds"] = statistics.median(figures["processor"])
    found["differences"] = compared(outcomes)
    found["explained"] = explained(found["ours"].pop("explained"))
    return found


def explained(times: dict[str, list[float]]) -> dict[str, Any]:
    """Percentiles of single explanations in ms, by the clock and of the processor."""
    found: dict[str, Any] = {"count": len(times["clock"])}
    for kind, each in times.items():
        p50, p95, most = np.percentile(each, [50, 95, 100])
        found[kind] = f"p50 {p50:.2f} ms，p95 {p95:.2f} ms，最慢 {most:.2f} ms"
    return found


def compared(outcomes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows that differ from ours, by rule and engine; zen-engine must not differ, or the run fails."""
    ours, table = outcomes["ours"], dict[str, dict[str, Any]]()
    for name in ours:
        zen = outcomes["zen"][name]
        if not np.array_equal(zen, ours[name][: len(zen)]):
            raise SystemExit(f"{name}: zen-engine differs in {int((zen != ours[name][: len(zen)]).sum())} rows")
        table[name] = {"rows": len(ours[name])}
        for other in ("openfisca", "wide"):
            theirs = outcomes[other][name]
            apart = np.flatnonzero(theirs != ours[name])
            table[name][other] = len(apart)
            if name.endswith("amount"):
                paid = apart[(theirs[apart] >= 0) & (ours[name][apart] >= 0)]
                largest = int(np.abs(theirs[paid] - ours[name][paid]).max()) if len(paid) else 0
                table[name][f"{other} largest"] = largest / 100
    return table


def table(rows: int, found: Figures) -> str:
    """The figures of one size in Markdown."""
    ours, processor = found["ours"]["seconds"], found["ours"]["processor seconds"]
    lines = [f"### {rows:,} 户 · enterprises", ""]
    heads = (
        "计算 decide s | 倍数 | 最快 / 最慢 s | 处理器 CPU s | 倍数 | 准备 prepare s | 内存峰值 peak MB | 准备完时 MB"
    )
    lines += [f"| | {heads} |"]
    lines += ["|---|---|---|---|---|---|---|---|---|"]
    for name, label in NAMES.items():
        one = found[name]
        times, part = one["times"], one.get("decided", rows)
        note = f"（{part:,} 户推算）" if part < rows else ""
        spread = f"{min(times):.3f} / {max(times):.3f}"
        lines.append(
            f"| {label}{note} | {one['seconds']:.3f} | {one['seconds'] / ours:.1f} | {spread} "
            f"| {one['processor seconds']:.3f} | {one['processor seconds'] / processor:.1f} "
            f"| {one['prepared']:.2f} | {one['memory'] / 1e6:.0f} | {one['before'] / 1e6:.0f} |"
        )
    said = found["explained"]
    lines += ["", f"讲清一户（含差一点）{said['count']} 次：{said['clock']}；处理器时间 {said['processor']}。"]
    lines += ["", *differences(found["differences"])]
    return "\n".join(lines)


def differences(found: dict[str, dict[str, Any]]) -> list[str]:
    """How many rows differ, by rule."""
    lines = [
        "| 与科创通不同的行 · rows that differ | zen-engine | OpenFisca-core | OpenFisca 双精度 |",
        "|---|---|---|---|",
    ]
    for name, row in found.items():
        cells = []
        for other in ("openfisca", "wide"):
            largest = f"（最多 {row[f'{other} largest']:.2f} 元）" if row.get(f"{other} largest") else ""
            cells.append(f"{row[other]}{largest}")
        lines.append(f"| {name} | 0 | {cells[0]} | {cells[1]} |")
    return lines


def machine() -> str:
    """What it ran on."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = ", ".join(f"{p} {version(p)}" for p in ("polars", "openfisca-core", "zen-engine", "numpy"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}; load average at the end {load}."


def main() -> None:
    """Measure, print, and keep the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 1_000_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the tables in bench/results/rules.md and rules.json")
    parser.add_argument("--serve", choices=[*NAMES, "wide"], help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        print(json.dumps(serve(options.serve, options.rows[0], options.runs, options.file)))
        return
    figures = {rows: measure(rows) for rows in options.rows}
    tables = "\n\n".join(table(rows, found) for rows, found in figures.items())
    print(json.dumps(figures, ensure_ascii=False) if options.json else tables)
    if options.write:
        head = f"# 规则 · rules\n\n{(__doc__ or '').strip()}\n\n{NOTE}\n\nMachine: {machine()}\n\n"
        (RESULTS / "rules.md").write_text(f"{head}{tables}\n", "utf-8")
        (RESULTS / "rules.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")


NOTE = """为什么有不同：OpenFisca 把数存成 float32（24 位，约 7 位有效数字），1 678 万元以上的金额已经不能精确到元，
门槛附近和兑付金额因此有差。最后一列是不由它提供、强行改成双精度再算一次：剩下的不同来自以元计的角、分在二进制里没有精确值，
恰在档线上的商差最后一位。与按十进制计算的 zen-engine 逐行全同，说明不同的一方不是科创通。
OpenFisca 没有“缺事实”，用 NaN 表示，每条规则各问一次“一定是”和“一定不是”；zen-engine 用 null。"""


if __name__ == "__main__":
    main()

"""一城企业 city of enterprises: 20 000 made-up files, the facts table of them all, and a yearly file for them all.

    .venv/bin/python bench/city20k.py [--enterprises 20000] [--seed 2028] [--json] [--write]

Everything happens in a scratch database that is dropped again. The files are drawn by seed from plausible
distributions, with the boundary cases of the rules among them (500 and 501 staff, ratios of exactly 10 to 30 %, revenue
of exactly 50 and 200 million, no revenue, founded within the year). The yearly file has one row for each enterprise and
40 columns; it is read from .xlsx, checked, entered, and entered again. ``fill`` is also what other benchmarks use.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import django
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
django.setup()

from kechuang.core.dossier import bulk  # noqa: E402
from kechuang.core.dossier.bulk_columns import CODE, NAME  # noqa: E402
from kechuang.core.dossier.frame import facts_frame  # noqa: E402
from kechuang.core.dossier.models import (  # noqa: E402
    MONEY,
    PROFILE,
    YEARLY,
    Award,
    FigureFile,
    Profile,
    Qualification,
    Right,
    YearFigures,
)
from kechuang.core.dossier.queries import facts_of  # noqa: E402
from kechuang.core.parties.actions import appoint  # noqa: E402
from kechuang.core.parties.models import Party, User  # noqa: E402
from kechuang.core.search.scratch import scratch_database  # noqa: E402
from kechuang.core.vocab.actions import load_terms  # noqa: E402
from kechuang.kit.bulk import insert  # noqa: E402
from kechuang.kit.postgres import Server  # noqa: E402
from kechuang.kit.workbooks import Head, workbook  # noqa: E402

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
LAST = 2025
DISTRICTS = ("370202", "370203", "370211", "370212", "370213", "370214", "370215", "370281", "370283", "370285")
SIZES = (3, 8, 20, 50, 100, 100, 200, 300, 499, 500, 501, 900)
SHARES = (0, 5, 9, 10, 15, 19, 20, 22, 25, 30, 45)  # researchers in hundredths of the staff
SPENT = (0, 10, 20, 30, 40, 45, 50, 60, 120)  # R&D in thousandths of the revenue
ROUND = (Decimal(0), Decimal(50_000_000), Decimal(200_000_000), Decimal(200_000_001), Decimal(10_000_000))
RESULTS = ROOT / "bench" / "results" / "dossier.md"


def year_of(dice: Random, staff: int) -> dict[str, Any]:
    """The figures of one year, some of them unknown."""
    revenue = dice.choice(ROUND) if dice.random() < 0.1 else Decimal(staff * dice.randrange(100_000, 2_000_000))
    researchers, spent = staff * dice.choice(SHARES) // 100, revenue * dice.choice(SPENT) / 1000
    found: dict[str, Any] = {"staff_sme": staff, "staff_hnte": staff, "rd_staff_sme": researchers}
    found |= {"rd_staff_hnte": researchers, "revenue": revenue, "main_revenue": revenue * 9 / 10, "rd_sme": spent}
    found |= {"rd_hnte": spent, "rd_hnte_domestic": spent * dice.choice((6, 9, 10)) / 10, "rd_basic": spent / 50}
    found |= {"total_income": revenue, "hightech_income": revenue * dice.choice((5, 6, 7)) / 10}
    found |= {"cost": revenue * 9 / 10, "assets": revenue * 8 / 10, "liabilities": revenue * 4 / 10}
    found |= {"tax_paid": revenue / 20, "equity_raised": Decimal(dice.choice((0, 0, 4_999_999, 5_000_000)))}
    found |= {name: Decimal(0) for name in ("transfer_income", "transfer_cost", "transfer_tax")}
    found["conversions"] = dice.randrange(7)
    return {name: value for name, value in found.items() if dice.random() > 0.03}


def fill(enterprises: int, seed: int) -> None:
    """Write the files straight into an empty database."""
    dice = Random(seed)
    insert(
        [
            Party(
                kind="enterprise",
                name=f"示例企业{n:06d}",
                uscc=f"91370200MB{n:08d}",
                district=dice.choice(DISTRICTS),
                created_at=NOW,
                fictional=True,
            )
            for n in range(enterprises)
        ]
    )
    files(dice, list(Party.objects.filter(kind="enterprise").values_list("pk", flat=True)))


def files(dice: Random, numbers: list[int]) -> None:
    """The files of these enterprises, which have none yet."""
    sizes = {pk: dice.choice(SIZES) for pk in numbers}
    lists = ("rights", "qualifications", "awards", "research", "standards")
    kept = {held: [NOW.date().isoformat(), None] for held in lists}
    insert([Profile(party_id=pk, kept=kept if dice.random() > 0.1 else {}, **profile_of(dice)) for pk in numbers])
    years = [(pk, LAST - ago) for pk in numbers for ago in range(3)]
    insert([YearFigures(party_id=pk, year=year, **year_of(dice, sizes[pk])) for pk, year in years])
    insert(list(_rights(dice, numbers)))
    insert(list(_qualifications(dice, numbers)))
    entry: dict[str, Any] = {"source": "national", "entered_at": NOW}
    few = dice.sample(numbers, len(numbers) // 100)
    won = {"name": "示例奖", "level": "province", "rank": 1, "awarded_on": date(2024, 5, 1)}
    insert([Award(party_id=pk, **won, **entry) for pk in few])


def profile_of(dice: Random) -> dict[str, Any]:
    """What belongs to no year."""
    founded = date(2026, 1, 5) if dice.random() < 0.02 else date(dice.randrange(1990, 2026), 3, dice.randrange(1, 29))
    flags = {name: dice.choice((True, True, True, False, None)) for name in PROFILE if name not in ("founded_on",)}
    return flags | {"founded_on": founded, "registration_type": "150", "scale": "small"}


def _rights(dice: Random, numbers: list[int]) -> Iterator[Right]:
    for pk in numbers:
        for _n in range(dice.randrange(7)):
            yield Right(
                party_id=pk,
                kind=dice.choice(("invention", "utility", "utility", "software", "design")),
                title="示例知识产权",
                obtained=dice.choice(("own", "bought", "licensed")),
                granted_on=date(2023, 5, 1),
                main_product=dice.random() < 0.9,
                core=dice.random() < 0.3,
                source="enterprise",
                entered_at=NOW,
            )


def _qualifications(dice: Random, numbers: list[int]) -> Iterator[Qualification]:
    for pk in dice.sample(numbers, len(numbers) * 4 // 10):
        start = date(dice.randrange(2021, 2026), 12, 1)
        ends = start.replace(year=start.year + 3)
        yield Qualification(
            party_id=pk, kind="hnte", valid_from=start, valid_to=ends, source="national", entered_at=NOW
        )


def sheet(seed: int) -> bytes:
    """A yearly file of 40 columns for all enterprises: code, name, what belongs to no year, 2025, some of 2024."""
    dice = Random(seed + 1)
    before = ("staff_sme", "rd_staff_sme", "revenue", "cost", "assets", "rd_sme")
    heads = [CODE, NAME, *PROFILE, *(f"{code} {LAST}" for code in YEARLY), *(f"{code} {LAST - 1}" for code in before)]
    rows = []
    for name, code in Party.objects.filter(kind="enterprise").order_by("pk").values_list("name", "uscc"):
        profile, now, then = profile_of(dice), year_of(dice, 100), year_of(dice, 90)
        cells: list[Any] = [code, name]
        for field in PROFILE:
            held = profile.get(field)
            cells.append(("是" if held else "否") if isinstance(held, bool) else held or "")
        cells += [_cell(code, now) for code in YEARLY] + [_cell(code, then) for code in before]
        rows.append(cells)
    return workbook(sheet="年度数据", heads=[Head(h) for h in heads], rows=rows)


def _cell(code: str, year: dict[str, Any]) -> Any:
    value = year.get(code, "")
    return round(value, 2) if code in MONEY and value != "" else value


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and what came of it."""
    start = perf_counter()
    found = what()
    return round(perf_counter() - start, 2), found


def timed_both(what: Callable[[], Any]) -> tuple[str, Any]:
    """Seconds by the clock and of this process (without PostgreSQL's), and what came of it."""
    used = process_time()
    seconds, found = timed(what)
    return f"{seconds}（本进程 CPU {process_time() - used:.1f}）", found


def measure(enterprises: int, seed: int) -> dict[str, Any]:
    """All figures."""
    for pack in ("national", settings.REGION):
        load_terms(path=settings.PACKS_DIR / pack / "terms.toml")
    officer = User.objects.create_user("officer", "officer@bench.example", name="示例")
    appoint(user=officer, role="officer", by=None, now=NOW)
    found: dict[str, Any] = {"enterprises": enterprises, "seed": seed}
    found["fill"], _none = timed(lambda: fill(enterprises, seed))
    runs = [timed(lambda: facts_frame(NOW.date())) for _n in range(3)]
    frame = runs[0][1]
    found |= {"facts_frame": min(t for t, _f in runs), "columns": frame.width, "rows": frame.height}
    found["frame_mb"] = round(frame.estimated_size("mb"), 1)
    one = Party.objects.filter(kind="enterprise").first()
    assert one is not None
    facts_of(one, on=NOW.date())
    found["facts_of_one"] = timed(lambda: facts_of(one, on=NOW.date()))[0]
    return found | _imports(officer, seed) | {"load": round(os.getloadavg()[0], 1)}


def _imports(officer: User, seed: int) -> dict[str, Any]:
    data = sheet(seed)
    found: dict[str, Any] = {"file_mb": round(len(data) / 1e6, 1)}
    for name in ("first", "again"):
        file = bulk.upload(name="年度数据.xlsx", data=data, source="statistics", by=officer, now=NOW)
        found[f"{name}_check"], file = timed_both(partial(bulk.check, file=file, now=NOW))
        assert file.state == FigureFile.State.CHECKED, file.problem
        bulk.confirm(file=file, by=officer, now=NOW)
        found[f"{name}_enter"], file = timed_both(partial(bulk.work, file, NOW))
        found[f"{name}_changed"] = file.changed
    found["frame_after"] = timed(lambda: facts_frame(NOW.date()))[0]
    return found


def table(found: dict[str, Any]) -> str:
    """The figures in words."""
    n = found["enterprises"]
    return (
        "# 一企一档 · enterprise files\n\n"
        f"`bench/city20k.py --write`：{n} 家虚构企业（种子 {found['seed']}），两核机器，单进程；"
        f"测量时的系统负载 {found['load']}（两核，大于 2 表示别的程序也在用）。\n\n"
        "| 项目 | 结果 |\n|---|---|\n"
        f"| 全市事实表 `facts_frame`（{found['rows']} 行 × {found['columns']} 列，{found['frame_mb']} MB） |"
        f" {found['facts_frame']} 秒 |\n"
        f"| 一家的事实 `facts_of` | {found['facts_of_one'] * 1000:.0f} 毫秒 |\n"
        f"| 年度文件（.xlsx，{found['file_mb']} MB，{n} 行 × 40 列）：读入并逐行检查 | {found['first_check']} 秒 |\n"
        f"| 写入（{found['first_changed']} 个值） | {found['first_enter']} 秒 |\n"
        f"| 同一文件再来一次：检查 | {found['again_check']} 秒 |\n"
        f"| 同一文件再来一次：写入（{found['again_changed']} 个值） | {found['again_enter']} 秒 |\n"
    )


def main() -> None:
    """Measure in a scratch database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2028)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    server = Server(settings.VAR_DIR / "pg")
    server.start()
    try:
        with scratch_database("dossier", "vocab", "audit"):
            found = measure(given.enterprises, given.seed)
    finally:
        server.stop()
    if given.write:
        RESULTS.write_text(table(found), "utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=2) if given.json else table(found))


if __name__ == "__main__":
    main()

"""Synthetic enterprises: figures of every size, gaps, and many that stand on a threshold or one fen beside it."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ON = date(2026, 3, 1)
SEED = 20260301
GAPS = 0.03  # of each figure; what registers know (yes or no, district, industry) is always there
ON_THRESHOLD = 0.02
DISTRICTS = ("370202", "370203", "370211", "370212", "370213", "370214", "370215", "370281")
INDUSTRIES = ("ai", "ocean", "bio", "chip", "rail", "home", "textile", "food", "trade", "other")
MONEY = (
    "revenue",
    "revenue_y1",
    "revenue_y2",
    "assets",
    "cost",
    "rd",
    "rd_y1",
    "hightech_income",
    "invested",
    "contract",
)
Array = np.ndarray[Any, Any]
# In yuan: the thresholds of the ten rules on money.
THRESHOLDS = {
    "revenue": (3_000_000, 20_000_000, 50_000_000, 200_000_000),
    "assets": (200_000_000,),
    "invested": (1_000_000, 100_000_000),
    "contract": (100_000, 25_000_000),
}
SHARES = {
    ("rd", "revenue"): (2, 3, 4, 5, 6, 8),
    ("rd", "cost"): (10, 15, 20, 25, 30),
    ("rd_staff", "staff"): (5, 10, 20, 25, 30),
}


def enterprises(rows: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Columns by fact (money in fen), and for each column with gaps where it is known."""
    chance = np.random.default_rng(SEED)
    columns = _figures(chance, rows)
    _on_thresholds(chance, rows, columns)
    columns |= {
        "founded_on": (np.datetime64(ON) - chance.integers(0, 9_000, rows)).astype("datetime64[D]"),
        "district": chance.integers(0, len(DISTRICTS), rows).astype(np.int32),
        "industry": chance.integers(0, len(INDUSTRIES), rows).astype(np.int32),
    }
    numbers = [name for name in columns if name not in ("district", "industry")]
    known = {name: chance.random(rows) >= GAPS for name in numbers}
    often = {"resident": 0.99, "permitted": 0.98, "clean": 0.97, "listed": 0.97, "hnte": 0.12}
    columns |= {name: chance.random(rows) < share for name, share in often.items()}
    return columns, known


def _figures(chance: np.random.Generator, rows: int) -> dict[str, Array]:
    def sums(middle: float, spread: float) -> Array:
        return (np.exp(chance.normal(np.log(middle), spread, rows))).astype(np.int64) * 100

    staff = np.maximum(1, np.exp(chance.normal(4.2, 1.2, rows))).astype(np.int64)
    revenue = np.where(chance.random(rows) < 0.01, 0, sums(3e7, 1.6))
    before = np.where(chance.random(rows) < 0.01, 0, (revenue * chance.uniform(0.5, 1.4, rows)).astype(np.int64))
    rd = (revenue * chance.uniform(0, 0.12, rows)).astype(np.int64)
    return {
        "staff": staff,
        "rd_staff": (staff * chance.uniform(0, 0.6, rows)).astype(np.int64),
        "ip1": chance.poisson(0.3, rows),
        "ip2": chance.poisson(3, rows),
        "experts": chance.integers(0, 31, rows),
        "revenue": revenue,
        "revenue_y1": before,
        "revenue_y2": np.where(
            chance.random(rows) < 0.01, 0, (before * chance.uniform(0.5, 1.4, rows)).astype(np.int64)
        ),
        "assets": sums(5e7, 1.4),
        "cost": sums(2e7, 1.4) + 100,
        "rd": rd,
        "rd_y1": (rd * chance.uniform(0.5, 1.4, rows)).astype(np.int64),
        "hightech_income": (revenue * chance.uniform(0.2, 1.0, rows)).astype(np.int64),
        "invested": sums(5e6, 1.8),
        "contract": sums(8e5, 1.8),
    }


def _on_thresholds(chance: np.random.Generator, rows: int, columns: dict[str, Array]) -> None:
    """Some rows exactly on a threshold, some one fen above or below."""
    few = int(rows * ON_THRESHOLD)
    for name, bounds in THRESHOLDS.items():
        at = chance.integers(0, rows, few)
        columns[name][at] = chance.choice(np.array(bounds) * 100, few) + chance.integers(-1, 2, few)
    for (part, whole), percents in SHARES.items():
        at = chance.integers(0, rows, few)
        beside = chance.integers(-1, 2, few) if part == "rd" else 0
        columns[whole][at] = np.maximum(1, columns[whole][at] // 100) * 100
        columns[part][at] = np.maximum(0, columns[whole][at] // 100 * chance.choice(percents, few) + beside)

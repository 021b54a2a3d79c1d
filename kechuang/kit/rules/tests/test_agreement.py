"""两个计算器一致: explaining one and deciding all give the same, on every pack and random facts."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.kit.rules.batch import DTYPES, decide_all
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import Fact, read_facts
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import read_file
from kechuang.kit.rules.values import Missing, Undefined

PACKS = Path(__file__).parents[3] / "packs"
FILES = sorted(PACKS.glob("*/policies/*.toml"))
ON = date(2026, 3, 1)


@cache
def pack_of(path: Path) -> Pack:
    return read_file(path, read_facts(PACKS / "national" / "facts.toml"))


def values(fact: Fact) -> st.SearchStrategy[Any]:
    """Values that like to stand on thresholds, and gaps."""
    most = int(fact.most) if fact.most is not None else 700
    known: dict[str, st.SearchStrategy[Any]] = {
        "int": st.one_of(st.integers(0, min(12, most)), st.integers(0, most), st.sampled_from([0, min(100, most)])),
        "ratio": st.decimals(0, 1, places=3),
        "money": st.one_of(
            st.sampled_from(["0", "10000000", "50000000", "200000000", "2500000", "4000000", "0.01", "100000000"]),
            st.integers(-100, 30_000).map(lambda n: str(n * 10_000)),
            st.integers(0, 10**12).map(lambda n: str(Decimal(n) / 100)),
        ).map(Decimal),
        "bool": st.booleans(),
        "date": st.integers(-400, 4000).map(lambda n: ON - timedelta(days=n)),
        "term": st.sampled_from(["enterprise", "university", "370212", "370202", "vc", "other"]),
    }
    return (
        st.one_of(known[fact.type], known[fact.type], st.none())
        if fact.type != "bool"
        else st.sampled_from([True, True, True, False, None])
    )


def rows(pack: Pack) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({code: values(fact) for code, fact in pack.facts.items()})
    return st.lists(one, min_size=1, max_size=12)


def frame_of(pack: Pack, facts: list[dict[str, Any]]) -> pl.DataFrame:
    def cell(fact: Fact, value: Any) -> Any:
        return (
            None
            if value is None
            else int(value * 100)
            if fact.type == "money"
            else float(value)
            if fact.type == "ratio"
            else value
        )

    return pl.DataFrame(
        {
            code: pl.Series([cell(fact, row[code]) for row in facts], dtype=DTYPES[fact.kind], strict=False)
            for code, fact in pack.facts.items()
        }
    )


def told(truth: Any) -> bool | None:
    return None if isinstance(truth, Missing | Undefined) else truth


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_by_one_and_all_at_once_agree(path: Path, data: st.DataObject) -> None:
    pack = pack_of(path)
    if pack.kind == "text":
        return
    facts = data.draw(rows(pack))
    found = decide_all(pack, frame_of(pack, facts), on=ON, detail=True)
    limited = pack.benefit is not None and pack.benefit.ranking is not None
    for row, line in zip(facts, found.iter_rows(named=True), strict=True):
        verdict = explain(pack, row, on=ON, with_near=False)
        expected: dict[str, Any] = {"result": told(verdict.truth) if verdict.in_force else None}
        if verdict.in_force:
            expected |= {f"c.{f.formula.code}": told(f.truth) for f in (*verdict.conditions, *verdict.routes)}
        if verdict.score is not None:
            expected |= {"low": verdict.score.low, "high": verdict.score.high}
            expected |= {f"i.{points.item.code}": points.low for points in verdict.score.items}
        if not limited:
            expected["amount"] = None if verdict.amount is None else int(verdict.amount.payable * 100)
        assert {name: line[name] for name in expected} == expected


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_near_miss_really_turns_the_result(path: Path, data: st.DataObject) -> None:
    pack = pack_of(path)
    if pack.kind == "text":
        return
    facts = data.draw(rows(pack))[0]
    verdict = explain(pack, facts, on=ON)
    for near in verdict.near:
        on = near.then if near.fact == "on" else ON
        changed = facts if near.fact == "on" else facts | {near.fact: near.then}
        assert explain(pack, changed, on=on, with_near=False).truth is True


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_told_with_gaps_still_holds_when_they_are_filled(path: Path, data: st.DataObject) -> None:
    pack = pack_of(path)
    if pack.kind == "text":
        return
    facts = data.draw(rows(pack))[0]
    gapped = {code: value for code, value in facts.items() if data.draw(st.booleans())}
    early, late = (told(explain(pack, known, on=ON, with_near=False).truth) for known in (gapped, facts))
    assert early is None or late in (early, None)

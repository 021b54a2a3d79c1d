"""Kechuang's engine on the ten rules: packs compiled to Polars."""

import time
from collections.abc import Iterator

import numpy as np
import polars as pl

from bench.policies.data import DISTRICTS, HERE, INDUSTRIES, ON, Array
from kechuang.kit.rules.batch import decide_all, row_facts
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import read_facts
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import read_file

EXPLAINED = 300


class Ours:
    """The packs, read once, and a frame of all enterprises."""

    def __init__(self) -> None:
        catalogue = read_facts(HERE / "facts.toml")
        self.packs: list[Pack] = [read_file(path, catalogue) for path in sorted(HERE.glob("[0-9]*.toml"))]

    def prepare(self, columns: dict[str, Array], known: dict[str, Array]) -> None:
        """Columns with nulls for gaps."""
        series = []
        for name, values in columns.items():
            if name in ("district", "industry"):
                words = DISTRICTS if name == "district" else INDUSTRIES
                one = (
                    pl.Series(name, values)
                    .cast(pl.UInt32)
                    .replace_strict(dict(enumerate(words)), return_dtype=pl.Categorical)
                )
            else:
                one = pl.Series(name, values)
            series.append(one)
        gaps = [pl.when(pl.Series(at)).then(pl.col(name)).otherwise(None).alias(name) for name, at in known.items()]
        self.frame = pl.DataFrame(series).with_columns(gaps).rechunk()

    def decide(self) -> None:
        """All ten rules over all rows."""
        self.found = [decide_all(pack, self.frame, on=ON) for pack in self.packs]

    def outcome(self) -> Iterator[tuple[str, Array]]:
        """What was found, in the form in which engines are compared."""
        for pack, found in zip(self.packs, self.found, strict=True):
            yield f"{pack.code} result", found["result"].cast(pl.Int8).fill_null(-1).to_numpy()
            if pack.scoring is not None:
                yield f"{pack.code} low", found["low"].to_numpy().astype(np.int32)
                yield f"{pack.code} high", found["high"].to_numpy().astype(np.int32)
            if pack.benefit is not None:
                yield f"{pack.code} amount", found["amount"].fill_null(-1).to_numpy()

    def explained(self) -> dict[str, list[float]]:
        """Milliseconds of single explanations with near misses: every rule for some of the rows."""
        times: dict[str, list[float]] = {"clock": [], "processor": []}
        for row in self.frame.head(EXPLAINED).iter_rows(named=True):
            for pack in self.packs:
                facts = row_facts(pack, row)
                began, used = time.perf_counter(), time.process_time()
                explain(pack, facts, on=ON)
                times["clock"].append((time.perf_counter() - began) * 1000)
                times["processor"].append((time.process_time() - used) * 1000)
        return times

"""逐户结论 judging: what the rule says of each enterprise, in three groups with reasons, all at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.queries import facts_frame
from kechuang.kit.rules.batch import decide_all
from kechuang.kit.rules.packs import Pack, facts_of
from kechuang.services.credit.models import Entry

SCORE = "score"  # the reason where points lack


@dataclass(frozen=True)
class Judged:
    """结论: the group of an enterprise and why."""

    party: int
    district: str
    group: str
    grounds: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    blocked: bool = False

    def result(self) -> dict[str, Any]:
        """The result as it is compared and kept, without whose it is."""
        return {
            "group": str(self.group),
            "failed": self.failed,
            "unknown": self.unknown,
            "missing": self.missing,
            "blocked": self.blocked,
        }


def judge_all(
    pack: Pack, *, on: date, barred: Collection[int], parties: Collection[int] | None = None
) -> Iterator[Judged]:
    """Everybody for whom the rule is meant, or these alone; whoever is barred is out whatever the facts."""
    frame = facts_frame(on, parties=parties)
    if kinds := pack.about.get("applicants"):
        frame = frame.filter(pl.col("kind").is_in(kinds))
    found = decide_all(pack, frame, on=on, detail=True)
    facts = sorted(code for code in pack.needed if code in frame.columns)
    shown = frame.select("party", "district", *(pl.col(code).alias(f"f.{code}") for code in facts))
    asked = {f.code: facts_of(pack, f.expression) for f in (*pack.conditions, *pack.routes)}
    for row in pl.concat([shown, found], how="horizontal").iter_rows(named=True):
        yield _judged(pack, asked, row, blocked=row["party"] in barred)


def _judged(pack: Pack, asked: Mapping[str, Collection[str]], row: dict[str, Any], *, blocked: bool) -> Judged:
    failed, unknown = _reasons(pack, row)
    hang = {fact for code in unknown for fact in asked.get(code, pack.needed)}
    group = Entry.Group.UNKNOWN if row["result"] is None else Entry.Group.IN if row["result"] else Entry.Group.OUT
    return Judged(
        party=row["party"],
        district=row["district"] or "",
        group=Entry.Group.OUT if blocked else group,
        grounds=[code for code in _yes_or_no(pack) if row.get(f"f.{code}") is True],
        failed=failed,
        unknown=unknown,
        missing=sorted(code for code in hang if row.get(f"f.{code}") is None),
        blocked=blocked,
    )


def _reasons(pack: Pack, row: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Conditions that are not met, and those that cannot be told; the ways to yes where only they stand against it."""
    failed = [f.code for f in pack.conditions if row[f"c.{f.code}"] is False]
    unknown = [f.code for f in pack.conditions if row[f"c.{f.code}"] is None]
    if row["result"] is False and not failed:
        failed = [f.code for f in pack.routes] + ([SCORE] if pack.scoring is not None else [])
    if row["result"] is None and not unknown:
        unknown = [f.code for f in pack.routes if row[f"c.{f.code}"] is None]
        unknown += [SCORE] if pack.scoring is not None else []
    return failed, unknown


def _yes_or_no(pack: Pack) -> list[str]:
    return [code for code in asked_codes() if code in pack.needed and pack.facts[code].type == "bool"]

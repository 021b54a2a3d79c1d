"""走访筛选 filters: what the address of a list asks for; anything odd is left out."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from kechuang.core.vocab import queries as vocab
from kechuang.services.visits.models import Problem
from kechuang.services.visits.queries import Wanted
from kechuang.services.visits.service import PROBLEM, VISIT
from kechuang.services.visits.units import unit_called

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
FIRST_YEAR = 2000


def chosen(parameters: Mapping[str, Any], *, of_problems: bool = False) -> dict[str, str]:
    """The filters of a list of visits or of problems."""
    given = {name: str(parameters[name]) for name in parameters if "\0" not in str(parameters[name])}
    states = {*PROBLEM.states, "open"} if of_problems else set(VISIT.states)
    known = {
        "mine": given.get("mine") == "1",
        "late": given.get("late") == "1",
        "state": given.get("state") in states,
        "kind": given.get("kind") in Problem.Kind.values,
        "unit": unit_called(given.get("unit", "")) is not None,
        "district": given.get("district") in {"", *vocab.labels("district")},
        "month": _MONTH.fullmatch(given.get("month", "")) is not None,
        "year": _is_number(given.get("year", "")),
        "party": _is_number(given.get("party", "")),
    }
    return {name: given[name] for name, fits in known.items() if fits and name in given and _says(name, given[name])}


def _says(name: str, value: str) -> bool:
    """An empty district is a place of its own only where the address names it alone."""
    return bool(value) or name == "district"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def wanted(parameters: Mapping[str, Any]) -> Wanted:
    """Which enterprises are looked for."""
    words = str(parameters.get("q", "")).replace("\0", "").strip()[:60]
    district, kind = str(parameters.get("district", "")), str(parameters.get("qualification", ""))
    return Wanted(
        words,
        district if district in vocab.labels("district") else "",
        kind if kind in vocab.labels("qualification") else "",
    )


def year_of(parameters: Mapping[str, Any], today: date) -> int:
    """The year of the statistics; this year for anything odd."""
    text = str(parameters.get("year", ""))
    return int(text) if _is_number(text) and FIRST_YEAR <= int(text) <= today.year else today.year

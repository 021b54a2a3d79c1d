"""走访统计 figures: visits, enterprises and problems by unit, district or month, as far as the reader may see."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kechuang.core.vocab import queries as vocab
from kechuang.services.visits import access
from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.queries import ENDS
from kechuang.services.visits.units import Unit, unit_of

GROUPS = ("unit", "district", "month")


@dataclass
class Line:
    """一行: ``key`` is how an address names the group."""

    key: str
    label: str
    visits: int = 0
    parties: set[int] = field(default_factory=set)
    problems: int = 0
    open: int = 0
    late: int = 0
    confirmed: int = 0

    @property
    def firms(self) -> int:
        """How many enterprises were visited."""
        return len(self.parties)


def _group(visit: Visit, group: str) -> tuple[str, str]:
    if group == "unit":
        unit: Unit = unit_of(visit)
        return unit.key, unit.label
    if group == "district":
        code = visit.case.district
        return code, vocab.label("district", code) if code else "—"
    month = f"{visit.visited_on:%Y-%m}"
    return month, month


def figures(user: Any, group: str, year: int, today: date) -> list[Line]:
    """The lines of a year; a visit made by several units counts for the one that led it."""
    rows = access.see_visit.filter(user, Visit.objects.filter(visited_on__year=year))
    lines: dict[str, Line] = {}
    groups: dict[int, str] = {}
    for visit in rows.select_related("unit", "case").order_by("-visited_on"):
        key, label = _group(visit, group)
        line = lines.setdefault(key, Line(key, label))
        groups[visit.pk] = key
        line.visits += 1
        line.parties.add(visit.party_id)
    found = Problem.objects.filter(visit__in=rows).values_list("visit_id", "case__state", "case__due_on")
    for number, state, due in found:
        line = lines[groups[number]]
        line.problems += 1
        line.open += state not in ENDS
        line.late += due is not None and due < today
        line.confirmed += state == "confirmed"
    ordered = sorted(lines.values(), key=lambda line: line.key, reverse=group == "month")
    return ordered if group == "month" else sorted(ordered, key=lambda line: -line.visits)

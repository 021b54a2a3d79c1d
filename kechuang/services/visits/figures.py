"""走访统计 figures: visits, enterprises and problems by unit, district or month, as far as the reader may see."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.services.visits import access
from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.queries import ENDS
from kechuang.services.visits.units import Unit

GROUPS = ("unit", "district", "month")
# The columns of a visit that tell the groups apart.
COLUMNS = {"unit": ("unit", "office"), "district": ("case__district",), "month": ("month",)}


@dataclass
class Line:
    """一行: ``key`` is how an address names the group."""

    key: str
    label: str
    visits: int = 0
    firms: int = 0
    problems: int = 0
    open: int = 0
    late: int = 0
    confirmed: int = 0


def figures(user: Any, group: str, year: int, today: date) -> list[Line]:
    """The lines of a year; a visit made by several units counts for the one that led it."""
    rows = access.see_visit.filter(user, Visit.objects.filter(visited_on__year=year)).order_by()
    columns = COLUMNS[group]
    made = rows.annotate(month=TruncMonth("visited_on")).values_list(*columns)
    made = made.annotate(visits=Count("pk"), firms=Count("party", distinct=True))
    counted = {row[: len(columns)]: row[len(columns) :] for row in made}
    raised = _problems(rows, group, today)
    labels = _labels(group, list(counted))
    lines = [Line(*labels[key], *counts, *raised.get(key, ())) for key, counts in counted.items()]
    if group == "month":
        return sorted(lines, key=lambda line: line.key, reverse=True)
    return sorted(lines, key=lambda line: (-line.visits, line.key))


def _problems(rows: Any, group: str, today: date) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The problems raised in these visits: all, open, late, confirmed by the enterprise."""
    columns = ["month" if name == "month" else f"visit__{name}" for name in COLUMNS[group]]
    found = Problem.objects.filter(visit__in=rows).order_by().annotate(month=TruncMonth("visit__visited_on"))
    counted = found.values_list(*columns).annotate(
        n=Count("pk"),
        open=Count("pk", filter=~Q(case__state__in=ENDS)),
        late=Count("pk", filter=Q(case__due_on__lt=today)),
        confirmed=Count("pk", filter=Q(case__state="confirmed")),
    )
    return {row[: len(columns)]: row[len(columns) :] for row in counted}


def _labels(group: str, keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[str, str]]:
    """How an address names each group, and what it is called."""
    if group == "unit":
        parties = Party.objects.in_bulk({number for number, _office in keys if number})
        units = {key: Unit(parties.get(key[0]), key[1]) for key in keys}
        return {key: (unit.key, unit.label) for key, unit in units.items()}
    if group == "district":
        return {key: (key[0], vocab.label("district", key[0]) if key[0] else "—") for key in keys}
    return {key: (f"{key[0]:%Y-%m}", f"{key[0]:%Y-%m}") for key in keys}

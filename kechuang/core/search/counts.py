"""筛选计数 counts: how many things each value of each facet would leave, as shops show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from kechuang.core.search.cached import cached
from kechuang.core.search.candidates import filter_text

_COUNTS = "SELECT f, count(*) FROM search_entry AS e, unnest(tsvector_to_array(e.facets)) AS f {where} GROUP BY f"
_IN_SCOPE = """e.id IN (SELECT entry_id FROM search_keyword WHERE terms @@ %s::tsquery
UNION ALL SELECT unnest(%s::bigint[]))"""
_NAMED = "e.id = ANY(%s::bigint[])"


@dataclass(frozen=True)
class Scope:
    """范围: what a text query found: a tsquery for its keyword hits (may be empty; no filters), and other entries."""

    terms: str
    entries: list[int]


@dataclass(frozen=True)
class Counted:
    """计数: how many things in all, and by facet and value."""

    total: int
    values: dict[str, dict[str, int]]


Groups = Mapping[str, Sequence[str]]


def facet_counts(groups: Groups, scope_of: Callable[[Groups], Scope | None]) -> Counted:
    """Counts under filters; those of a filtered facet ignore its own filter. ``scope_of`` None means everything."""
    values = dict(_counted(groups, scope_of(groups)))
    total = sum(values.get("kind", {}).values())  # every entry has exactly one kind
    for name, chosen in groups.items():
        if chosen:
            others = {n: v for n, v in groups.items() if n != name}
            values[name] = _counted(others, scope_of(others)).get(name, {})
    return Counted(total, values)


def _counted(groups: Groups, scope: Scope | None) -> dict[str, dict[str, int]]:
    if scope is not None:
        return _count(groups, scope)
    return cached(f"counts/{filter_text(groups)}", lambda: _count(groups, None))


def _count(groups: Groups, scope: Scope | None) -> dict[str, dict[str, int]]:
    conditions: list[str] = []
    parameters: list[str | list[int]] = []
    if filters := filter_text(groups):
        conditions.append("e.facets @@ %s::tsquery")
        parameters.append(filters)
    if scope is not None and scope.terms:
        conditions.append(_IN_SCOPE)
        parameters += [f"({scope.terms}) & {filters}" if filters else scope.terms, scope.entries]
    elif scope is not None:
        conditions.append(_NAMED)
        parameters.append(scope.entries)
    where = "WHERE " + " AND ".join(conditions) if conditions else ""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(where=where), parameters)
        for facet, count in cursor.fetchall():
            name, _, value = facet.partition(":")
            found.setdefault(name, {})[value] = count
    return found

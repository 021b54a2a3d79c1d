"""事实表 frame: the facts of all organisations on a date as one table, in one SQL statement.

The one definition of how every fact follows from the file: ``queries.facts_of`` reads a single row of it. Money is in
fen as whole numbers; what is missing or disputed is null.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify

from kechuang.core.dossier.facts import asked_codes, last_full_year
from kechuang.core.dossier.models import (
    MONEY,
    PROFILE,
    YEARLY,
    Award,
    IntegrityEntry,
    Profile,
    Qualification,
    ResearchOrg,
    Right,
    Standard,
    YearFigures,
)
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab

PARTY = "party"
YEARS = 3
MANY = 3000  # so many organisations are read faster with all the others
TYPES: dict[str, Any] = {
    "int": pl.Int64,
    "money": pl.Int64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "term": pl.String,
    "ratio": pl.Float64,
}
# Lists that say nothing while they are empty and not declared complete, by the alias of their subquery.
LISTS = {"r": "rights", "q": "qualifications", "a": "awards", "o": "research", "s": "standards"}
# Facts that follow from a list: alias of its subquery, column of it, and what an entry-less but complete list means.
DERIVED: dict[str, tuple[str, str]] = {
    "ip_class1": ("r", "0"),
    "ip_class2": ("r", "0"),
    "ip_class2_unused": ("r", "0"),
    "ip_own_class1": ("r", "0"),
    "ip_own": ("r", "false"),
    "ip_high_value": ("r", "0"),
    "core_ip_owned": ("r", "false"),
    "hnte_valid": ("q", "false"),
    "sme_valid": ("q", "false"),
    "national_award": ("a", "false"),
    "award_3y": ("a", "false"),
    "provincial_rd_org": ("o", "false"),
    "rd_org": ("o", "false"),
    "standard_setting": ("s", "false"),
    "standard_lead": ("s", "false"),
}
_STANDING = (
    "status = 'granted' AND NOT disputed AND claimed AND coalesce(granted_on, %(on)s) <= %(on)s"
    " AND coalesce(expires_on, %(on)s) >= %(on)s"
)
_COUNTS = f"{_STANDING} AND main_product"
_GROUPED: dict[str, tuple[Any, dict[str, str]]] = {
    "r": (
        Right,
        {
            "ip_class1": f"count(*) FILTER (WHERE {_COUNTS} AND kind = ANY(%(class1)s))",
            "ip_class2": f"count(*) FILTER (WHERE {_COUNTS} AND kind = ANY(%(class2)s))",
            "ip_class2_unused": f"count(*) FILTER (WHERE {_COUNTS} AND kind = ANY(%(class2)s)"
            " AND coalesce(hnte_used_on > %(on)s, true))",
            "ip_own_class1": f"count(*) FILTER (WHERE {_COUNTS} AND kind = ANY(%(class1)s) AND obtained = 'own')",
            "ip_own": f"bool_or({_STANDING} AND obtained = 'own')",
            "ip_high_value": f"count(*) FILTER (WHERE {_COUNTS} AND kind = ANY(%(class1)s) AND high_value)",
            "core_ip_owned": f"bool_or({_STANDING} AND core AND obtained = ANY(%(owned)s))",
        },
    ),
    "q": (
        Qualification,
        {
            f"{kind}_valid": f"bool_or(kind = '{kind}' AND valid_from <= %(on)s AND coalesce(valid_to > %(on)s, true)"
            " AND coalesce(revoked_on > %(on)s, true))"
            for kind in ("hnte", "sme")
        },
    ),
    "a": (
        Award,
        {
            "national_award": "bool_or(level = 'national' AND rank <= 3 AND awarded_on BETWEEN %(five)s AND %(on)s)",
            "award_3y": "bool_or(level IN ('national', 'province') AND awarded_on BETWEEN %(three)s AND %(on)s)",
        },
    ),
    "o": (
        ResearchOrg,
        {
            "rd_org": "bool_or(since <= %(on)s AND coalesce(until > %(on)s, true))",
            "provincial_rd_org": "bool_or(since <= %(on)s AND coalesce(until > %(on)s, true)"
            " AND level IN ('national', 'province'))",
        },
    ),
    "s": (
        Standard,
        {
            "standard_setting": "bool_or(level IN ('national', 'industry') AND published_on <= %(on)s)",
            "standard_lead": "bool_or(role = 'lead' AND level IN ('international', 'national', 'industry')"
            " AND published_on BETWEEN %(five)s AND %(on)s)",
        },
    ),
}


def _table(model: Any) -> str:
    return f'"{model._meta.db_table}"'


def _yearly() -> dict[str, str]:
    found = {}
    for name, (fact, ago) in asked_codes().items():
        if fact.code in YEARLY:
            column = f"y{ago}.{fact.code}"
            found[name] = f"({column} * 100)::bigint" if fact.code in MONEY else column
    return found


def _columns() -> dict[str, str]:
    """The SQL of every fact by its name."""
    found = {"kind": "p.kind", "district": "nullif(p.district, '')"}
    found |= {name: f"pr.{name}" for name in PROFILE} | _yearly()
    for name, (alias, none) in DERIVED.items():
        there = f"{alias}.party_id IS NOT NULL OR pr.kept ? '{LISTS[alias]}'"
        found[name] = f"CASE WHEN {there} THEN coalesce({alias}.{name}, {none}) END"
    misconduct = "serious AND appeal <> 'upheld' AND found_on BETWEEN %(year_before)s AND %(on)s AND party_id = p.id"
    found["no_misconduct"] = f"NOT EXISTS (SELECT FROM {_table(IntegrityEntry)} WHERE {misconduct})"
    spent = "(rd_sme > 0 OR rd_hnte > 0) AND year < %(last)s AND party_id = p.id"
    earlier = f"EXISTS (SELECT FROM {_table(YearFigures)} WHERE {spent})"
    found["rd_before"] = f"CASE WHEN {earlier} THEN true ELSE pr.rd_before END"
    return {name: found[name] for name in asked_codes()}


def _query(shown: Iterable[str]) -> str:
    joins = [f"LEFT JOIN {_table(Profile)} pr ON pr.party_id = p.id"]
    for ago in range(YEARS):
        joins.append(
            f"LEFT JOIN {_table(YearFigures)} y{ago} ON y{ago}.party_id = p.id AND y{ago}.year = %(last)s - {ago}"
        )
    for alias, (model, columns) in _GROUPED.items():
        inner = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        wanted = "WHERE %(all)s OR party_id = ANY(%(parties)s::bigint[]) GROUP BY party_id"
        grouped = f"SELECT party_id, {inner} FROM {_table(model)} {wanted}"  # noqa: S608
        joins.append(f"LEFT JOIN ({grouped}) {alias} ON {alias}.party_id = p.id")
    who = "p.kind <> 'person' AND (%(all)s OR p.id = ANY(%(parties)s::bigint[]))"
    source = f"{_table(Party)} p {' '.join(joins)}"
    return f"SELECT p.id AS {PARTY}, {', '.join(shown)} FROM {source} WHERE {who} ORDER BY p.id"  # noqa: S608


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def _parameters(on: date, parties: Collection[int] | None) -> dict[str, Any]:
    kinds = vocab.terms("ip_kind")
    return {
        "on": on,
        "last": last_full_year(on),
        "three": _years_before(on, 3),
        "five": _years_before(on, 5),
        "year_before": date(on.year - 1, 1, 1),
        "class1": [t.code for t in kinds if t.extra.get("sme_class") == "Ⅰ"],
        "class2": [t.code for t in kinds if t.extra.get("sme_class") == "Ⅱ"],
        "owned": [t.code for t in vocab.terms("ip_obtained") if t.extra.get("owned")],
        "all": parties is None,
        "parties": [] if parties is None else list(parties),
    }


def facts_frame(on: date, *, parties: Collection[int] | None = None) -> pl.DataFrame:
    """One row for each organisation (or each of ``parties``), one column for each fact that a rule may ask for.

    ``party`` is its number; yearly facts also stand as ``…_y1`` and ``…_y2``. Money is Int64 in fen.
    """
    schema = {name: TYPES[fact.type] for name, (fact, _ago) in asked_codes().items()}
    read = {name: pl.Int8 if kind == pl.Boolean else kind for name, kind in schema.items()}
    shown = [
        f"({sql})::int AS {name}" if schema[name] == pl.Boolean else f"{sql} AS {name}"
        for name, sql in _columns().items()
    ]
    frame = _read(shown, on, parties, read)
    return frame.with_columns(pl.col(name).cast(pl.Boolean) for name, kind in schema.items() if kind == pl.Boolean)


def known_frame(on: date, names: Collection[str], *, parties: Collection[int] | None = None) -> pl.DataFrame:
    """How many of these facts are known of each organisation, without reading them, and when it was founded.

    ``known`` counts those that belong to no year, ``known_0`` those of the last full year, ``known_1`` the year before.
    """
    columns, counted = _columns(), {"known": list[str](), **{f"known_{ago}": list[str]() for ago in range(YEARS)}}
    for name in names:
        fact, ago = asked_codes()[name]
        counted[f"known_{ago}" if fact.years else "known"].append(columns[name])
    shown = [f"num_nonnulls({', '.join(sqls)}) AS {name}" if sqls else f"0 AS {name}" for name, sqls in counted.items()]
    schema = {"founded_on": pl.Date, **dict.fromkeys(counted, pl.Int64)}
    return _read(["pr.founded_on", *shown], on, parties, schema)


def _read(shown: Iterable[str], on: date, parties: Collection[int] | None, schema: Mapping[str, Any]) -> pl.DataFrame:
    named = parties if parties is not None and len(parties) <= MANY else None
    query, parameters = _query(shown), _parameters(on, named)
    target = BytesIO()
    with connection.cursor() as cursor:
        # Bound here: the cursor that Django uses for debugging takes no parameters.
        statement = mogrify(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", parameters, connection)
        with cursor.copy(statement) as copy:
            for data in copy:
                target.write(data)
    target.seek(0)
    frame = pl.read_csv(target, schema={PARTY: pl.Int64, **schema})
    if parties is None or named is not None:
        return frame
    return frame.filter(pl.col(PARTY).is_in(pl.Series(list(parties), dtype=pl.Int64).implode()))

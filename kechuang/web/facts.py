"""要素 facts: a listing's content in words, for pages that know nothing of its kind, and side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import DateField, Field
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import PROTECTED, Listing
from kechuang.core.market.queries import content
from kechuang.kit import language
from kechuang.kit.fields import CodeField, CodesField, Column, RowsField, YuanField
from kechuang.kit.text import clip

# The publisher's own number says nothing to others; title and text stand elsewhere on a page; the rest is not for all.
_HIDDEN = ("code", "title", "text", *PROTECTED)


@dataclass(frozen=True)
class Fact:
    """要素: one field of a listing; ``lines`` is empty where nothing was given."""

    name: str
    label: str
    lines: list[str]


@dataclass(frozen=True)
class Row:
    """比较行: one field of several listings."""

    label: str
    cells: list[list[str]]
    differs: bool


def shown(field: Field, value: Any) -> list[str]:
    """A value of a listing's content as lines of text."""
    if value in (None, "", []):
        return []
    if isinstance(field, RowsField):
        return [" · ".join(_cells(field.columns, row)) for row in value]
    if isinstance(field, CodeField | CodesField):
        labels = dict(field.source())
        return [_coded(str(v), labels) for v in (value if isinstance(value, list) else [value])]
    if isinstance(field, YuanField):
        return [language.amount(Decimal(str(value)))]
    if isinstance(field, DateField):
        day = parse_date(str(value))
        return [date_format(day, "Y-m-d") if day else str(value)]
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _coded(code: str, labels: dict[str, str]) -> str:
    """The label of a code; of a level, with its number."""
    label = labels.get(code, code)
    return f"{code} · {label}" if code.isdigit() and label != code else label


def _cells(columns: Sequence[Column], row: dict[str, Any], *, named: bool = False) -> list[str]:
    """The filled cells of one row of a small table, units with their numbers; ``named`` says what each cell is."""
    found: list[str] = []
    for column in columns:
        value = str(row.get(column.name, "") or "")
        if value and column.name == "unit" and found:
            found[-1] += f" {value}"
        elif value:
            shown_value = dict(column.choices()).get(value, value) if column.choices else value
            found.append(f"{_(column.label)} {shown_value}" if named and column.name != "value" else shown_value)
    return found


def facts(listing: Listing) -> list[Fact]:
    """The filled fields of a listing, in the order of its form."""
    values = content(listing)
    found = []
    for name, field in listing_kind(listing.service).form.base_fields.items():
        lines = [] if name in _HIDDEN else shown(field, values.get(name))
        if lines:
            found.append(Fact(name, str(field.label), lines))
    return found


def compared(listings: Sequence[Any]) -> list[Row]:
    """Listings of one kind side by side; small tables line up by the name of their rows."""
    contents = [content(listing) for listing in listings]
    rows = [_row(_("发布单位"), [[listing.party.name] for listing in listings])]
    rows.append(_row(_("详细描述"), [[clip(c["text"], 160)] for c in contents]))
    for name, field in listing_kind(listings[0].service).form.base_fields.items():
        if name in _HIDDEN:
            continue
        values = [c.get(name) for c in contents]
        if isinstance(field, RowsField) and field.columns[0].name == "name":
            rows += _named_rows(field, values)
        else:
            rows.append(_row(str(field.label), [shown(field, v) for v in values]))
    return [row for row in rows if any(row.cells)]


def _row(label: str, cells: list[list[str]]) -> Row:
    return Row(label, cells, differs=any(c != cells[0] for c in cells))


def _named_rows(field: RowsField, values: list[Any]) -> list[Row]:
    """One row of the comparison for each name that occurs, such as an indicator."""
    names = dict.fromkeys(str(r.get("name", "")) for v in values for r in v or ())
    rest = field.columns[1:]
    return [
        _row(
            _("{label}：{value}").format(label=field.label, value=name),
            [[" · ".join(_cells(rest, r, named=True)) for r in v or () if r.get("name") == name] for v in values],
        )
        for name in names
    ]

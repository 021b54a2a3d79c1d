"""文字对照 wording: contents and their differences in words: labels of fields, codes as labels, rows as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext

from kechuang.core.market.kinds import listing_kind
from kechuang.kit import diff, language
from kechuang.kit.fields import Choices, CodeField, CodesField, RowsField, YuanField


@dataclass(frozen=True)
class Table:
    """明细: the rows of a small table, with codes as labels."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """一项内容: a field in words; one of ``pieces`` (text, whether it changed) and ``table`` is empty."""

    pieces: tuple[diff.Piece, ...] = ()
    table: Table | None = None

    def __bool__(self) -> bool:
        return bool(self.pieces or self.table)


@dataclass(frozen=True)
class Line:
    """一栏: a field of a content, with its label."""

    name: str
    label: str
    value: Shown


@dataclass(frozen=True)
class Change:
    """一处差异: a field whose value differs between two contents, both in words."""

    name: str
    label: str
    before: Shown
    after: Shown


def lines(service: str, content: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    """A content in the sections of its form; fields without a value are left out."""
    form = listing_kind(service).form()
    found = []
    for heading, bound in form.sections():
        rows = [Line(b.name, str(b.label), shown(b.field, content.get(b.name))) for b in bound]
        if rows := [row for row in rows if row.value]:
            found.append((str(heading), rows))
    return found


def changes(service: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents, in the order of the form; blanks of any sort are the same."""
    return list(_changes(service, before, after))


def _changes(service: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, field in listing_kind(service).form().fields.items():
        old, new = before.get(name), after.get(name)
        left, right = shown(field, old), shown(field, new)
        if left == right:
            continue
        if left.pieces and right.pieces:
            one, two = diff.compare(_text(left), _text(right))
            left, right = Shown(tuple(one)), Shown(tuple(two))
        yield Change(name, str(field.label), left, right)


def _text(value: Shown) -> str:
    return "".join(text for text, _ in value.pieces)


def shown(field: forms.Field, value: Any) -> Shown:
    """A value of a form field in words; typed values that the form would refuse are shown as they are."""
    if value in (None, "", [], ()):
        return Shown()
    if isinstance(field, RowsField):
        return _table(field, value)
    text = _words(field, value)
    return Shown(((text, False),)) if text else Shown()


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, YuanField):
        return _money(value)
    if isinstance(field, CodeField):
        return _label(field.source, value)
    if isinstance(field, CodesField):
        return gettext("、").join(_labels(field.source, value))
    if isinstance(value, list | tuple):
        return gettext("、").join(str(v) for v in value)
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _labels(choices: Choices, value: Any) -> list[str]:
    """The labels of several codes in the order of the list, whatever order they were given in."""
    codes = [str(v) for v in (value if isinstance(value, list | tuple) else [value])]
    known = dict(choices())
    return [label for code, label in known.items() if code in codes] + [c for c in codes if c not in known]


def _label(choices: Choices, code: Any) -> str:
    return dict(choices()).get(str(code), str(code))


def _money(value: Any) -> str:
    try:
        return language.amount(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _table(field: RowsField, value: Any) -> Shown:
    if not isinstance(value, list | tuple):
        return Shown(((str(value), False),))
    rows = tuple(tuple(_cell(c.choices, row.get(c.name, "")) for c in field.columns) for row in value)
    rows = tuple(row for row in rows if any(row))
    return Shown(table=Table(tuple(gettext(c.label) for c in field.columns), rows)) if rows else Shown()


def _cell(choices: Choices | None, value: Any) -> str:
    return _label(choices, value) if choices and value else str(value or "")

"""清单表 sheets: the lists of the pages as Excel files, each declared once: its columns, its rows, what may be changed.

A sheet is declared with ``register_sheet`` beside its page (a row of the service list does so in its ``sheet.py``). It
is at ``/sheets/<code>.xlsx``, takes the filters of its page's address, and holds what the user may see there. A part
with a ``Change`` can be edited and imported again at ``/sheets/<code>/import/``; every change goes through the action
of the page.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_noop

from kechuang.kit.refusal import NotAllowed

Key = tuple[str, ...]
NEVER, BLANK, UNKNOWN = "never", "blank", "unknown"  # which rows add a record: none, without key, with a new key


@dataclass(frozen=True)
class Ask:
    """导出请求: who asks for a sheet, with which filters, when."""

    user: Any
    parameters: QueryDict
    now: datetime

    @property
    def today(self) -> date:
        """The day in the city's time zone."""
        return timezone.localdate(self.now)


@dataclass(frozen=True)
class Column:
    """列: its heading and what the guide says about it.

    A column with a ``name`` is read by an import: as the field of that name in the form of the change, or as part of
    the ``key`` by which a row is recognised. All others are only there to be looked at.
    """

    label: str
    meaning: str = ""
    width: int = 18
    name: str = ""
    key: bool = False


VERSION = Column(
    gettext_noop("版本"), gettext_noop("导出时的版本，请勿改动；凭它发现别人在此期间的修改。"), 12, "version"
)


@dataclass(frozen=True)
class Given:
    """所填: what a row says about a record, None where it adds one.

    ``data`` is cleaned by the form, ``before`` what the record says now, ``changed`` where the two differ.
    """

    ask: Ask
    record: Any
    key: Key
    data: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


Act = Callable[[datetime], object]


def _never(_given: Given) -> bool:
    return False


def _everybody(_ask: Ask) -> None:
    return None


@dataclass(frozen=True)
class Change:
    """改动: what an import does with the rows of a part.

    ``find`` gives the records of many keys at once, as far as the user may see them; ``content`` what a record says in
    the fields of ``form``; ``version`` a text that differs whenever somebody has changed the record. ``plan`` gives
    the action, to be called when the import runs, or raises a Refusal with fields; ``done`` whether what the row says
    has already happened, so that the same file twice changes nothing.
    """

    form: type[forms.Form]
    find: Callable[[Ask, Collection[Key]], Mapping[Key, Any]]
    content: Callable[[Any], Mapping[str, Any]]
    version: Callable[[Any], str]
    plan: Callable[[Given], Act]
    done: Callable[[Given], bool] = _never
    adds: str = NEVER
    require: Callable[[Ask], None] = _everybody
    title: Callable[[Any], str] = str
    link: Callable[[Any], str] = lambda _record: ""

    def stamp(self, record: Any) -> str:
        """What stands in the column 版本."""
        return hashlib.sha256(self.version(record).encode()).hexdigest()[:10]

    def blanks(self) -> list[None]:
        """The cells of the columns that are empty until somebody fills them in: what is to be done."""
        return [None] * len(self.form.base_fields)


@dataclass(frozen=True)
class Part:
    """分表: one sheet of the file. ``rows`` gives values in the order of the columns, as far as the user may see."""

    label: str
    columns: Sequence[Column]
    rows: Callable[[Ask], Iterable[Sequence[Any]]]
    change: Change | None = None


@dataclass(frozen=True)
class Sheet:
    """清单表: a list that can be taken along as a file; ``require`` raises NotAllowed for those who lack the list.

    ``about`` is what its guide says besides; a sheet that cannot be imported says why. ``filters`` says in words which
    filters of its own the address has.
    """

    code: str
    label: str
    parts: tuple[Part, ...]
    require: Callable[[Ask], None] = _everybody
    about: str = ""
    filters: Callable[[Ask], Sequence[str]] | None = None


_sheets: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> Sheet:
    """Let a list be exported, and imported where it has a change."""
    _sheets[sheet.code] = sheet
    return sheet


def sheets() -> list[Sheet]:
    """All sheets, by code."""
    return [_sheets[code] for code in sorted(_sheets)]


def sheet_of(code: str) -> Sheet | None:
    """The sheet with this code."""
    return _sheets.get(code)


def is_allowed(sheet: Sheet, ask: Ask) -> bool:
    """Whether the user has the list."""
    try:
        sheet.require(ask)
    except NotAllowed:
        return False
    return True


def changeable(sheet: Sheet, ask: Ask) -> list[Part]:
    """The parts that the user may change."""
    found = []
    for part in sheet.parts:
        try:
            if part.change:
                part.change.require(ask)
                found.append(part)
        except NotAllowed:
            continue
    return found


def day(moment: datetime | None) -> date | None:
    """The day of a moment in the city's time zone, for columns of dates."""
    return timezone.localtime(moment).date() if moment else None

"""清单表 sheets: lists of the pages as Excel files, each declared once: its columns, its rows, who has it.

A sheet is declared with ``register_sheet`` beside its page (a row of the service list does so in a module that its
``views.py`` imports). It is at ``/sheets/<code>.xlsx``, takes the filters of its page's address, and holds what the
user may see there. Values never become formulas.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.catalogue.models import all_services
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab import queries as vocab
from kechuang.kit.workbooks import Head, Table, book

GUIDE_NAME = gettext_noop("说明")
# Filters of addresses that the guide puts in words.
_FILTERS = {
    "service": gettext_noop("事项"),
    "state": gettext_noop("状态"),
    "district": gettext_noop("区市"),
    "industry": gettext_noop("产业"),
    "gap": gettext_noop("空缺"),
    "mine": gettext_noop("只看我的"),
    "overdue": gettext_noop("只看逾期"),
    "unread": gettext_noop("只看未读"),
    "retired": gettext_noop("已停用"),
}


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
    """列: its heading and what the guide says about it."""

    label: str
    meaning: str = ""
    width: int = 18


@dataclass(frozen=True)
class Part:
    """分表: one sheet of the file. ``rows`` gives values in the order of the columns, as far as the user may see."""

    label: str
    columns: Sequence[Column]
    rows: Callable[[Ask], Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class Sheet:
    """清单表: a list that can be taken along as a file; ``require`` raises NotAllowed for those who lack the list."""

    code: str
    label: str
    parts: tuple[Part, ...]
    require: Callable[[Ask], None] = lambda _ask: None


_sheets: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> Sheet:
    """Let a list be exported."""
    _sheets[sheet.code] = sheet
    return sheet


def sheets() -> list[Sheet]:
    """All sheets, by code."""
    return [_sheets[code] for code in sorted(_sheets)]


def sheet_of(code: str) -> Sheet | None:
    """The sheet with this code."""
    return _sheets.get(code)


def sheet_file(sheet: Sheet, ask: Ask) -> bytes:
    """The file: the rows under the filters, and a sheet that says what they are, for whom, when."""
    sheet.require(ask)
    tables, cut = [], False
    for part in sheet.parts:
        rows = [[_cell(value) for value in row] for row in islice(part.rows(ask), MOST_EXPORTED + 1)]
        cut = cut or len(rows) > MOST_EXPORTED
        heads = [Head(_(c.label), _(c.meaning) if c.meaning else "", width=c.width) for c in part.columns]
        tables.append(Table(_(part.label), heads, rows[:MOST_EXPORTED]))
    return book(tables, guide=list(_guide(sheet, ask, cut=cut)), guide_name=_(GUIDE_NAME))


def _cell(value: Any) -> Any:
    """A value as the workbook takes it: moments in the city's time, shares as exact numbers, lists in words."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float):
        return Decimal(str(round(value, 6)))
    if isinstance(value, list | tuple):
        return _("；").join(map(str, value))
    return value if value is None or isinstance(value, date | int | Decimal) else str(value)


def _guide(sheet: Sheet, ask: Ask, *, cut: bool) -> Iterator[str]:
    yield _(sheet.label)
    at = timezone.localtime(ask.now).strftime("%Y-%m-%d %H:%M")
    yield _("导出人：{name}　导出时间：{at}").format(name=ask.user, at=at)
    chosen = [_filter(name, value) for name, value in ask.parameters.items() if name in _FILTERS and value]
    yield _("筛选：{filters}").format(filters=_("；").join(chosen) or _("无"))
    yield _("只含导出人在页面上能看到的内容，用于查看和统计；在这里改动不影响系统。")
    if cut:
        yield _("行数超过 {most}，只导出了前 {most} 行。请缩小筛选范围后分次导出。").format(most=MOST_EXPORTED)


def _filter(name: str, value: Any) -> str:
    """A filter in words; what is chosen by a tick needs no value."""
    known = {
        "service": lambda: {s.code: s.title for s in all_services()},
        "state": lambda: {n: _(s.label) for row in all_services() for n, s in row.workflow.states.items()},
        "district": lambda: vocab.labels("district"),
        "industry": lambda: vocab.labels("industry"),
        "gap": lambda: {role: str(label) for role, label in Seat.Role.choices},
    }
    heading, text = _(_FILTERS[name]), str(value)[:80]
    return f"{heading}={known[name]().get(text, text)}" if name in known else heading


def day(moment: datetime | None) -> date | None:
    """The day of a moment in the city's time zone, for columns of dates."""
    return timezone.localtime(moment).date() if moment else None

"""表格生成 workbooks: rows into an Excel file that people can fill in, into CSV and into JSON Lines.

No value ever becomes a formula: texts are written as texts, and those that look like formulas are marked as quoted, so
that they stay texts when somebody edits the cell.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kechuang.kit.tables import GUIDE

LONGEST_CELL = 32_767  # characters; Excel's own limit
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LISTED_ROWS = 5_001  # rows below the header that offer a drop-down list
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")  # Excel allows none of them in the name of a sheet
_HEAD = {"bold": True, "bg_color": "#EEF4FA", "border": 1, "border_color": "#C5D2E0", "text_wrap": True}


@dataclass(frozen=True)
class Head:
    """列: a column of a sheet and what the guide says about it.

    ``choices`` are the words of a code list; with ``several`` of them allowed the list only helps. A ``fixed`` column
    is there to be looked at and stands in grey; ``use`` says in a word what to do with a column.
    """

    label: str
    meaning: str = ""
    example: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    several: bool = False
    width: int = 18
    fixed: bool = False
    use: str = ""


@dataclass(frozen=True)
class Table:
    """表: one sheet of a workbook: its name, its columns, its rows."""

    name: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Any]] = ()


def workbook(
    *,
    sheet: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[Any]] = (),
    guide: Sequence[str] = (),
) -> bytes:
    """An .xlsx with one sheet of rows, a sheet that explains the columns, and hidden code lists."""
    return book([Table(sheet, heads, rows)], guide=guide)


def book(tables: Sequence[Table], *, guide: Sequence[str] = (), guide_name: str = GUIDE) -> bytes:
    """An .xlsx with a sheet for each table, one that explains their columns, and hidden code lists."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as made:
        formats = _formats(made)
        sheets = [made.add_worksheet(_NOT_IN_NAMES.sub(" ", table.name).strip("'")[:31]) for table in tables]
        for sheet, table in zip(sheets, tables, strict=True):
            _fill(sheet, table, formats)
        if guide:
            heads = [(_named(table, tables, head), head) for table in tables for head in table.heads]
            _guide(made.add_worksheet(guide_name), heads, guide, formats)
        _lists(made, sheets, tables)
    return target.getvalue()


def _named(table: Table, tables: Sequence[Table], head: Head) -> str:
    return head.label if len(tables) == 1 else f"{table.name} · {head.label}"


def _formats(made: Any) -> dict[str, Any]:
    return {
        "head": made.add_format({**_HEAD, "valign": "vcenter"}),
        "required": made.add_format({**_HEAD, "valign": "vcenter", "font_color": "#0B5CAD"}),
        "fixed": made.add_format({**_HEAD, "valign": "vcenter", "font_color": "#626A73", "bg_color": "#EDEEF0"}),
        "text": made.add_format({"text_wrap": True, "valign": "top"}),
        "quoted": made.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "date": made.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "moment": made.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
        "number": made.add_format({"num_format": "0.######", "valign": "top"}),
    }


def _fill(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    _header(sheet, table.heads, formats)
    last = 0
    for last, row in enumerate(table.rows, 1):
        for column, value in enumerate(row):
            _write(sheet, last, column, value, formats)
    if last:
        sheet.autofilter(0, 0, last, len(table.heads) - 1)


def _header(sheet: Any, heads: Sequence[Head], formats: dict[str, Any]) -> None:
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, head.width)
        sheet.write_string(0, column, head.label, formats[_style(head)])


def _style(head: Head) -> str:
    return "required" if head.required else "fixed" if head.fixed else "head"


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value in (None, ""):
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["moment" if isinstance(value, datetime) else "date"])
    elif _is_number(value):
        sheet.write_number(row, column, value, formats["number"])
    else:
        text = str(value)[:LONGEST_CELL]
        sheet.write_string(row, column, text, formats["quoted" if text.startswith(FORMULA_STARTS) else "text"])


def _is_number(value: Any) -> bool:
    """Whether Excel keeps all digits of it: it holds fifteen."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and -(10**15) < value < 10**15


def _guide(sheet: Any, heads: Sequence[tuple[str, Head]], lines: Sequence[str], formats: dict[str, Any]) -> None:
    for column, width in enumerate((22, 8, 44, 60, 44)):
        sheet.set_column(column, column, width)
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line)
    top = len(lines) + 1
    for column, label in enumerate((_("列"), _("填写"), _("含义"), _("可填的值"), _("示例"))):
        sheet.write_string(top, column, label, formats["head"])
    for number, (label, head) in enumerate(heads, top + 1):
        allowed = _("；").join(head.choices)
        if head.choices:
            allowed = (_("可填多个，用“；”分开：") if head.several else _("选一个：")) + allowed
        cells = (label, head.use or (_("必填") if head.required else ""), head.meaning, allowed, head.example)
        for column, value in enumerate(cells):
            _write(sheet, number, column, value, formats)
    sheet.freeze_panes(top + 1, 1)


def _lists(made: Any, sheets: Sequence[Any], tables: Sequence[Table]) -> None:
    """Drop-down lists for columns with choices, out of a hidden sheet (Excel allows 255 characters inline)."""
    columns = [
        (sheet, column, head)
        for sheet, table in zip(sheets, tables, strict=True)
        for column, head in enumerate(table.heads)
        if head.choices
    ]
    if not columns:
        return
    name = _("代码表")
    codes = made.add_worksheet(name)
    codes.hide()
    for place, (sheet, column, head) in enumerate(columns):
        codes.write_column(0, place, head.choices)
        cells = xlsxwriter.utility.xl_range_abs(0, place, len(head.choices) - 1, place)
        rule = {
            "validate": "list",
            "source": f"='{name}'!{cells}",
            "error_title": _("不在列表中"),
            "error_message": _("“%(label)s”请从列表中选择。") % {"label": head.label[:60]},
            "show_error": not head.several,
        }
        sheet.data_validation(1, column, LISTED_ROWS, column, rule)


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Comma-separated text in UTF-8 with its mark; what a spreadsheet would take for a formula gets an apostrophe."""
    target = io.StringIO(newline="")
    written = csv.writer(target)
    written.writerow(heads)
    for row in rows:
        texts = ["" if value is None else str(value) for value in row]
        defused = ("'" + t if t.startswith(FORMULA_STARTS) else t for t in texts)
        written.writerow(defused)
    return target.getvalue().encode("utf-8-sig")


def json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    """One JSON object a line, UTF-8."""
    return b"".join(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n" for row in rows)

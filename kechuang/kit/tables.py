"""表格读取 tables: rows out of Excel, JSON Lines and CSV files, with every refusal in words that name the place.

Nothing here knows what the columns mean. Formulas are never computed: a cell gives the value that was stored with it.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kechuang.kit.xlsx_guard import OLE, ZIP, Limits, check, letter, refuse

GUIDE = "填写说明"  # a sheet that explains, and is not read
LONGEST_LINE = 2_000_000  # characters of a JSON line
_UNSOUND = re.compile("[\0\ud800-\udfff]")  # what PostgreSQL does not hold
DEEPEST = 8  # objects and lists within each other
Wanted = Callable[[str, Sequence[str]], bool]  # by name and heads


@dataclass(frozen=True)
class Row:
    """一行: its number in the file (Excel row or line) and its values by head, those without a value left out."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """表: heads in their order and rows. ``kind`` is xlsx, csv or jsonl; only sheets have cells such as C7."""

    kind: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]

    def cell(self, head: str, number: int) -> str:
        """Where a value stands: ``C7``, or the line for JSON."""
        return cell(self.kind, self.heads, head, number)


def cell(kind: str, heads: tuple[str, ...] | list[str], head: str, number: int) -> str:
    """Where a value stands in a file of this kind: ``C7``; ``第 7 行`` for JSON and for a column that is not there."""
    return (
        f"{letter(list(heads).index(head))}{number}"
        if kind != "jsonl" and head in heads
        else _("第 %(number)s 行") % {"number": number}
    )


def read(name: str, data: bytes, limits: Limits | None = None) -> Table:
    """The rows of a file; what it is follows from its bytes. Raises Refusal, with ``fields={"file": …}``."""
    limits = limits or Limits()
    _refuse_size(data, limits)
    table = _first_sheet(data, limits) if data.startswith((OLE, ZIP)) else _of_text(name, data, limits)
    if not table.rows:
        refuse(_("只有表头，没有数据行。请从第 2 行起填写。"))
    return table


def read_all(name: str, data: bytes, wanted: Wanted, limits: Limits | None = None) -> dict[str, Table]:
    """The visible sheets of a workbook that are wanted, by name; of a text file its one table under ``""``.

    What is wanted is asked with the name and the first filled line; other sheets may hold anything.
    """
    limits = limits or Limits()
    _refuse_size(data, limits)
    if not data.startswith((OLE, ZIP)):
        table = _of_text(name, data, limits)
        return {"": table} if wanted("", table.heads) else {}
    found = {}
    for sheet, grid in _sheets(data, limits):
        first = next((line for row in grid if any(line := [text_of(v).strip() for v in row])), [])
        if wanted(sheet, first):
            found[sheet] = _grid("xlsx", grid, limits)
    return found


def _refuse_size(data: bytes, limits: Limits) -> None:
    if not data.strip(b"\0 \t\r\n"):
        refuse(_("文件是空的，请重新选择。"))
    if len(data) > limits.size:
        refuse(_("文件超过 %(size)s MB，请分成几个文件上传。") % {"size": limits.size // 1024 // 1024})


def _of_text(name: str, data: bytes, limits: Limits) -> Table:
    text = decode(data)
    return _json_lines(text, limits) if text.lstrip().startswith(("{", "[")) else _csv(name, text, limits)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 (with its mark) or GB18030."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return refuse(_("认不出文件的文字编码。请另存为 UTF-8（或 GB18030）编码的文本，或改用 .xlsx。"))


# --- Excel


def _sheets(data: bytes, limits: Limits) -> Iterator[tuple[str, list[list[Any]]]]:
    """The visible worksheets with their cells."""
    check(data, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet:
                    yield sheet.name, book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        refuse(_("文件已损坏，无法读出表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))


def _first_sheet(data: bytes, limits: Limits) -> Table:
    for name, grid in _sheets(data, limits):
        if name != GUIDE:
            return _grid("xlsx", grid, limits)
    return refuse(
        _("工作簿里没有可读的工作表（“%(guide)s”和隐藏的工作表不读）。请把数据放在第一张工作表。") % {"guide": GUIDE}
    )


def text_of(value: Any) -> str:
    """A cell as a person sees it: 6 for 6.0, dates as 2027-06-30, 是 and 否."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(value, ".0f")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else ""


def _grid(kind: str, grid: list[list[Any]], limits: Limits) -> Table:
    """Rows out of a rectangle whose first filled line is the header."""
    lines = [(number, [text_of(v) for v in line]) for number, line in enumerate(grid, 1)]
    filled = [(number, line) for number, line in lines if any(v.strip() for v in line)]
    if not filled:
        refuse(_("表格是空的，请重新选择，或下载模板填写。"))
    at, first = filled[0]
    heads = _heads([h.strip() for h in first], at)
    if len(filled) - 1 > limits.rows:
        refuse(
            _("共 %(count)s 行数据，超过 %(rows)s 行的上限。请分成几个文件。")
            % {"count": len(filled) - 1, "rows": limits.rows}
        )
    rows = []
    for number, line in filled[1:]:
        outside = next((i for i, v in enumerate(line) if v.strip() and (i >= len(heads) or not heads[i])), None)
        if outside is not None:
            refuse(
                _("%(cell)s 有内容，但这一列没有表头。请在第 %(at)s 行补上列名，或删去这一列。")
                % {"cell": f"{letter(outside)}{number}", "at": at}
            )
        rows.append(Row(number, _sound({h: v for h, v in zip(heads, line, strict=False) if h}, number)))
    return Table(kind, tuple(heads), tuple(rows))


def _heads(heads: list[str], at: int) -> list[str]:
    while heads and not heads[-1]:
        heads.pop()
    for head in heads:
        if head and heads.count(head) > 1:
            places = _("、").join(f"{letter(i)}{at}" for i, h in enumerate(heads) if h == head)
            refuse(
                _("表头“%(head)s”出现了 %(times)s 次（%(places)s）。请只保留一列。")
                % {"head": head[:30], "times": heads.count(head), "places": places}
            )
    return heads


def _sound(values: dict[str, Any], number: int) -> dict[str, Any]:
    """The same values; refused when PostgreSQL could not hold them."""
    for head, value in values.items():
        for part in _texts(value):
            if _UNSOUND.search(part):
                refuse(
                    _("第 %(number)s 行“%(head)s”含有不可见的控制字符、残缺的文字或过深的嵌套，请改正后重新上传。")
                    % {"number": number, "head": head[:30]}
                )
    return values


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        yield "\0"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value:
            yield from _texts(one, depth + 1)
        if isinstance(value, dict):
            yield from _texts(list(value.values()), depth)


# --- CSV and JSON Lines


def _csv(name: str, text: str, limits: Limits) -> Table:
    if not name.lower().endswith((".csv", ".tsv", ".txt")):
        refuse(_("认不出这个文件。可以上传 .xlsx、.jsonl（每行一个 JSON 对象）和 .csv。"))
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(limits.size)
    try:
        grid: list[list[Any]] = []
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            grid.append(line)
            if len(grid) > limits.rows * 2 or len(line) > limits.columns:
                refuse(
                    _("第 %(number)s 行超过上限（%(rows)s 行、%(columns)s 列）。请分成几个文件。")
                    % {"number": len(grid), "rows": limits.rows, "columns": limits.columns}
                )
    except csv.Error as error:
        refuse(
            _("第 %(number)s 行不是正确的 CSV（%(error)s）。请检查引号是否成对，或改用 .xlsx。")
            % {"number": len(grid) + 1, "error": error}
        )
    return _grid("csv", grid, limits)


def _json_lines(text: str, limits: Limits) -> Table:
    heads: dict[str, None] = {}
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        values = _object(line, number)
        heads |= dict.fromkeys(values)
        rows.append(Row(number, _sound(values, number)))
        if len(rows) > limits.rows:
            refuse(_("超过 %(rows)s 行的上限。请分成几个文件。") % {"rows": limits.rows})
        if len(heads) > limits.columns:
            refuse(
                _("到第 %(number)s 行已有 %(count)s 个不同的键，超过 %(columns)s 个的上限。请检查键名。")
                % {"number": number, "count": len(heads), "columns": limits.columns}
            )
    return Table("jsonl", tuple(heads), tuple(rows))


def _object(line: str, number: int) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        refuse(
            _("第 %(number)s 行超过 %(most)s 万字，请拆分或删减。") % {"number": number, "most": LONGEST_LINE // 10_000}
        )
    try:
        value = json.loads(line, parse_constant=_no_number, object_pairs_hook=_unique)
    except _TwiceError as error:
        refuse(
            _("第 %(number)s 行的键“%(key)s”出现了两次，请只保留一个。") % {"number": number, "key": str(error)[:30]}
        )
    except RecursionError:
        refuse(_("第 %(number)s 行嵌套过深，请检查格式。") % {"number": number})
    except json.JSONDecodeError as error:
        refuse(
            _(
                "第 %(number)s 行第 %(place)s 个字符处不是正确的 JSON。"
                '每行应是一个完整的对象，例如 {"title": "…", "text": "…"}。'
            )
            % {"number": number, "place": error.colno}
        )
    except ValueError:
        refuse(_("第 %(number)s 行有无法表示的数字，请检查。") % {"number": number})
    if not isinstance(value, dict):
        refuse(_("第 %(number)s 行不是 JSON 对象。每行应是一个完整的对象，以 { 开头、以 } 结尾。") % {"number": number})
    return value


class _TwiceError(ValueError):
    """The same key twice in one object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)

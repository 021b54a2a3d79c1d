"""清单表文件 sheet files: a list as an Excel file with its guide, and the rows of an import that failed, to mend."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from kechuang.core.cases.import_files import LINES, MOST_EXPORTED
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import all_services
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField, CodesField
from kechuang.kit.workbooks import Head, Table, book, json_lines
from kechuang.web.sheets import UNKNOWN, Ask, Column, Part, Sheet

GUIDE_NAME = gettext_noop("说明")
ERROR = gettext_noop("错误原因")
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


def sheet_file(sheet: Sheet, ask: Ask) -> bytes:
    """The file: the rows under the filters, and a sheet that says what they are, for whom, when."""
    sheet.require(ask)
    tables, cut = [], False
    for part in sheet.parts:
        rows = [[_cell(value) for value in row] for row in islice(part.rows(ask), MOST_EXPORTED + 1)]
        cut = cut or len(rows) > MOST_EXPORTED
        tables.append(Table(_(part.label), heads_of(part), rows[:MOST_EXPORTED]))
    return book(tables, guide=list(_guide(sheet, ask, cut=cut)), guide_name=_(GUIDE_NAME))


def heads_of(part: Part) -> list[Head]:
    """The columns as the workbook takes them; in a part that can be changed the others stand in grey."""
    fields = part.change.form().fields if part.change else {}
    return [_head(part, column, fields.get(column.name)) for column in part.columns]


def _head(part: Part, column: Column, field: forms.Field | None) -> Head:
    choices: Sequence[str] = ()
    if isinstance(field, CodeField | CodesField):
        choices = [label for _code, label in getattr(field, "offered", field.source)()]
    can_fill = field is not None and not (column.key and part.change and part.change.adds != UNKNOWN)
    use = _("只看") if part.change and not can_fill else _("可填") if can_fill else ""
    return Head(
        _(column.label),
        _(column.meaning) if column.meaning else "",
        width=column.width,
        choices=tuple(choices) if can_fill else (),
        several=isinstance(field, CodesField),
        fixed=part.change is not None and not can_fill,
        use=_("编号") if column.key else use,
    )


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
    known = [_filter(name, value, ask) for name, value in ask.parameters.items() if name in _FILTERS and value]
    chosen = sheet.filters(ask) if sheet.filters is not None else known
    yield _("筛选：{filters}").format(filters=_("；").join(chosen) or _("无"))
    changed = [_(part.label) for part in sheet.parts if part.change]
    if changed:
        yield _("“{parts}”可以改好后再导入：表头为蓝底的列可填，灰底的列只看、不会写入。没有改动的行不受影响。").format(
            parts="”“".join(changed)
        )
        yield _("导入时先逐行预览，确认之后才写入，与在页面上逐条办理的权限和检查相同。")
    else:
        yield _("只含导出人在页面上能看到的内容，用于查看和统计；在这里改动不影响系统。")
    if sheet.about:
        yield _(sheet.about)
    if cut:
        yield _("行数超过 {most}，只导出了前 {most} 行。请缩小筛选范围后分次导出。").format(most=MOST_EXPORTED)


def _filter(name: str, value: Any, ask: Ask) -> str:
    """A filter in words; what is chosen by a tick needs no value. A state is called as the chosen service calls it."""
    one = ask.parameters.get("service")
    rows = [row for row in all_services() if row.code == one] or all_services()
    known = {
        "service": lambda: {s.code: s.title for s in all_services()},
        "state": lambda: {n: _(s.label) for row in rows for n, s in row.workflow.states.items()},
        "district": lambda: vocab.labels("district"),
        "industry": lambda: vocab.labels("industry"),
        "gap": lambda: {role: str(label) for role, label in Seat.Role.choices},
    }
    heading, text = _(_FILTERS[name]), str(value)[:80]
    return f"{heading}={known[name]().get(text, text)}" if name in known else heading


def failed_file(sheet: Sheet, batch: Import, rows: Iterable[ImportRow], kind: str) -> bytes:
    """The rows as the file gave them, with a column that says what is wrong, to mend and upload again."""
    with override(batch.language):
        if kind == LINES:
            return json_lines({**_shown(batch, row), _(ERROR): _reasons(row)} for row in rows)
        found = list(rows)
        tables = []
        for number, part in enumerate(sheet.parts):
            mine = [row for row in found if row.part == number]
            if mine and part.change:
                known = {column.name: head for column, head in zip(part.columns, heads_of(part), strict=True)}
                names = [name for name in batch.columns[str(number)] if name]
                cells = [[*(row.raw.get(name) for name in names), _reasons(row)] for row in mine]
                heads = [*(known[name] for name in names), Head(_(ERROR), width=60)]
                tables.append(Table(_(part.label), heads, cells))
        return book(tables, guide=[_(sheet.label)], guide_name=_(GUIDE_NAME))


def _shown(batch: Import, row: ImportRow) -> dict[str, Any]:
    """The values by the heads of the file."""
    number = str(row.part)
    pairs = zip(batch.heads[number], batch.columns[number], strict=True)
    return {head: row.raw[name] for head, name in pairs if name in row.raw}


def _reasons(row: ImportRow) -> str:
    return "；".join(f"{e['cell']}“{e['label']}”：{e['reason']}" for e in row.errors)

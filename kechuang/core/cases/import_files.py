"""导入导出文件 files: the template to fill in, listings as a file, failed rows to mend. All can be imported again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import override

from kechuang.core.cases.import_columns import EXTRA, OWNER, RECORD, Column, as_cell, columns_of
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import get
from kechuang.core.market import queries
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import PROTECTED, Listing
from kechuang.kit.fields import CodeField, CodesField, RowsField, TagsField, YuanField
from kechuang.kit.workbooks import LONGEST_CELL, Head, json_lines, workbook

MOST_EXPORTED = 5_000
EXCEL, LINES = "xlsx", "jsonl"
MEDIA = {
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    LINES: "application/x-ndjson; charset=utf-8",
}
WATERMARK = "本文件含受保护的内容，仅供查看人评估合作，不得外传。查看人："
_WIDE = ("text", "summary", "tried", "requires", *PROTECTED)
_TOO_LONG = "（有内容超过 Excel 单元格的长度，已截断；请改用 JSON Lines 文件。）"
_ON_TOP = (
    "从第 2 行起每行填一条；蓝色表头的列必填。表头的名称不要改，不用的列可以删去，次序可以调整。",
    "来源编号是本单位自己的编号：再次导入时凭它找到原记录并更新；留空则总是新增。",
    "金额以元为单位。一格里填几条的，每条一行（Alt+Enter），各列之间用竖线“|”分开。",
    "更新时，文件里没有的列保持原样；有列而单元格为空，表示清空这一项。",
)


def template(service: str, kind: str) -> bytes:
    """An empty file to fill in: Excel with explanations and lists, or one example as JSON Lines."""
    with override("zh-hans"):
        columns = columns_of(service)
        if kind == LINES:
            return json_lines([example(service)])
        heads = [_head(service, c) for c in columns]
        return workbook(sheet=get(service).name, heads=heads, guide=_ON_TOP)


def example(service: str) -> dict[str, Any]:
    """A complete record as JSON Lines take it, made of the form's own examples; it passes the form."""
    form = listing_kind(service).form(_examples(service))
    form.is_valid()
    return {name: queries.plain(value) for name, value in form.cleaned_data.items()}


def _examples(service: str) -> dict[str, str]:
    given: Mapping[str, str] = listing_kind(service).form.EXAMPLES
    return {c.name: given.get(c.name) or _first(c.field) for c in columns_of(service)}


def _first(field: forms.Field) -> str:
    if isinstance(field, CodeField | CodesField):
        return next((label for _, label in field.source()), "")
    return ""


def _head(service: str, column: Column) -> Head:
    field = column.field
    return Head(
        label=column.head,
        meaning=_form_of(field) + str(field.help_text),
        example=_examples(service)[column.name],
        required=field.required,
        choices=tuple(label for _, label in field.source()) if isinstance(field, CodeField | CodesField) else (),
        several=isinstance(field, CodesField),
        width=50 if column.name in _WIDE else 30 if isinstance(field, RowsField) or column.name == "title" else 16,
    )


def _form_of(field: forms.Field) -> str:
    """What a cell of this field looks like, in words, where its help does not say."""
    if isinstance(field, RowsField):
        lists = [f"{c.label}可填：{'；'.join(label for _, label in c.choices())}。" for c in field.columns if c.choices]
        return f"每条一行，各列依次为 {'|'.join(c.label for c in field.columns)}。" + "".join(lists)
    if isinstance(field, YuanField):
        return "以元为单位的数字。"
    if isinstance(field, forms.DateField):
        return "日期，如 2027-06-30。"
    if isinstance(field, TagsField):
        return "" if field.help_text else f"几个词用顿号分开，最多 {field.most} 个。"
    longest = getattr(field, "max_length", None)
    return f"最多 {longest} 个字。" if longest and not field.help_text else ""


@dataclass(frozen=True)
class Row:
    """导出行: a listing with what the reader may see of its content; ``mark`` names her where some is protected."""

    listing: Listing
    content: dict[str, Any]
    mark: str = ""


def export(service: str, rows: Sequence[Row], kind: str) -> bytes:
    """Listings as a file with the columns of the import, and whose they are. The caller has asked the access rules.

    A protected column is there only where a row has it; such rows carry the reader's name, which an import ignores.
    """
    with override("zh-hans"):
        marked = any(row.mark for row in rows)
        if kind == LINES:
            return json_lines(row.content | _record(row, marked=marked) for row in rows)
        given = {name for row in rows for name in row.content}
        columns = [c for c in columns_of(service) if c.name not in PROTECTED or c.name in given]
        extra = [RECORD, OWNER, "publisher", "status", *(["reader"] if marked else [])]
        heads = [_head(service, c) for c in columns] + [Head(EXTRA[name], width=22) for name in extra]
        cells = (
            [as_cell(c.field, row.content.get(c.name)) for c in columns]
            + [str(v) for v in _record(row, marked=marked).values()]
            for row in rows
        )
        guide = [f"{WATERMARK}{next(row.mark for row in rows if row.mark)}", *_ON_TOP] if marked else _ON_TOP
        return workbook(sheet=get(service).name, heads=heads, rows=cells, guide=guide)


def _record(row: Row, *, marked: bool) -> dict[str, str]:
    listing = row.listing
    found = {
        RECORD: str(listing.pk),
        OWNER: listing.party.uscc or "",
        "publisher": listing.party.name,
        "status": str(listing.get_status_display()),
    }
    return found | ({"reader": row.mark} if marked else {})


def failed(batch: Import, rows: Iterable[ImportRow], kind: str) -> bytes:
    """The rows as the file gave them, with a column that says what is wrong, to mend and upload again."""
    with override("zh-hans"):
        if kind == LINES:
            return json_lines({**row.raw, "error": _reasons(row)} for row in rows)
        known = {c.name: c for c in columns_of(batch.service)}
        names = [n for n in batch.columns if n]
        heads = [_head(batch.service, known[n]) if n in known else Head(EXTRA[n], width=22) for n in names]
        heads.append(Head(EXTRA["error"], width=60))
        cells = (_cells(row, names, known) for row in rows)
        return workbook(sheet=get(batch.service).name, heads=heads, rows=cells, guide=_ON_TOP)


def _cells(row: ImportRow, names: Sequence[str], known: Mapping[str, Column]) -> list[Any]:
    cells = [_given(known[n].field if n in known else None, row.raw.get(n)) for n in names]
    long = any(isinstance(c, str) and len(c) > LONGEST_CELL for c in cells)
    return [*cells, _reasons(row) + (_TOO_LONG if long else "")]


def _given(field: forms.Field | None, value: Any) -> Any:
    """A value as it was given: a text stays as it is, a list of JSON becomes what a cell can say."""
    if not isinstance(value, list | dict):
        return value if isinstance(value, int | None) and not isinstance(value, bool) else str(value)
    plain = isinstance(value, list) and not any(isinstance(v, list) for v in value)
    rows = isinstance(field, RowsField)
    if field is not None and plain and all(isinstance(v, dict) == rows for v in value):
        return as_cell(field, value)
    return json.dumps(value, ensure_ascii=False)


def _reasons(row: ImportRow) -> str:
    return "；".join(f"{e['cell']}“{e['label']}”：{e['reason']}" for e in row.errors)

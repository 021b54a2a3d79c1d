"""导入列 columns: which columns a file of listings has, how a cell becomes a value of the form, and the way back.

The columns of Excel are the labels of the form, those of JSON Lines the names of its fields. Both directions hold: what
is exported can be imported again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import override

from kechuang.core.market.kinds import listing_kind
from kechuang.kit.fields import CodeField, CodesField, RowsField, TagsField, YuanField, split
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import Table, text_of
from kechuang.kit.text import clip, fold, noop, sentences

RECORD, OWNER = "record", "owner"
# Columns beside those of the form: the first two are read, the others are there for people.
EXTRA = {
    RECORD: noop("系统编号"),
    OWNER: noop("统一社会信用代码"),
    "publisher": "发布单位",
    "status": "状态",
    "reader": "查看人",
    "error": "错误原因",
}
# A plain list of documents, such as libraries keep: the number is the code, the category is not kept.
CORPUS = {"id": "code", "title": "title", "text": "text", "keywords": "keywords", "category": ""}
MOST_KEYWORDS, LONGEST_KEYWORD, LONGEST_LEAD = 10, 40, 60
_DATE = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_UNIT = re.compile(r"\((?:元|yuan)\)$")


@dataclass(frozen=True)
class Column:
    """列: one field of a form, with the head that it has in Excel."""

    name: str
    label: str
    head: str
    field: forms.Field


def columns_of(service: str) -> list[Column]:
    """The columns of a kind, in the order of its form."""
    with override("zh-hans"):
        form = listing_kind(service).form()
        fields = [bound for _, group in form.sections() for bound in group]
        return [Column(b.name, str(b.label), _head(str(b.label), b.field), b.field) for b in fields]


def _head(label: str, field: forms.Field) -> str:
    return f"{label}（元）" if isinstance(field, YuanField) else label


def _key(head: str) -> str:
    return _UNIT.sub("", "".join(fold(head).replace("*", "").split()))


def recognise(service: str, table: Table, given: Sequence[str] = ()) -> list[str]:
    """The names of a file's columns, empty for those that are not read.

    Raises Refusal for columns that nobody knows, that mean the same, or that are missing though every record needs
    them; ``given`` are fields that the page gives for all rows.
    """
    columns = columns_of(service)
    if table.kind == "jsonl" and "id" in table.heads and set(table.heads) <= set(CORPUS):
        names = [CORPUS[head] for head in table.heads]
    else:
        names = _names(table, columns)
    _refuse_missing(names, columns, given)
    return names


def _names(table: Table, columns: Sequence[Column]) -> list[str]:
    known = {_key(label): name for name, label in EXTRA.items()} | {name: name for name in EXTRA}
    known |= {key: c.name for c in columns for key in (_key(c.label), c.name)}
    unknown = [h for h in table.heads if h and _key(h) not in known]
    if len(unknown) == len([h for h in table.heads if h]):
        _refuse(
            (
                _("没有认出任何一列。每行的键应为：%(heads)s……请下载模板对照。")
                if table.kind == "jsonl"
                else _("没有认出任何一列。第一行应是表头，应为：%(heads)s……请下载模板对照。")
            )
            % {"heads": _("、").join(_shown(table, c) for c in columns[:6])}
        )
    if unknown:
        named = _("；").join(_nearest(h, table, columns) for h in unknown[:8])
        _refuse(_("有不认识的列：%(columns)s。请改名或删去。") % {"columns": named})
    names = [known[_key(h)] if h else "" for h in table.heads]
    for name in names:
        if name and names.count(name) > 1:
            twice = _("、").join(f"“{h}”" for h, n in zip(table.heads, names, strict=True) if n == name)
            _refuse(_("%(twice)s是同一列，请只保留一个。") % {"twice": twice})
    return [name if name not in EXTRA or name in (RECORD, OWNER) else "" for name in names]


def _nearest(head: str, table: Table, columns: Sequence[Column]) -> str:
    words = [_shown(table, c) for c in columns]
    near = get_close_matches(head, words, n=1, cutoff=0.4)
    return f"“{head[:30]}”" + (_("（是不是“%(near)s”？）") % {"near": near[0]} if near else "")


def _shown(table: Table, column: Column) -> str:
    return column.name if table.kind == "jsonl" else column.head


def _named(column: Column) -> str:
    """A column by its head in files; for readers of another language with what it means and its key in JSON."""
    meaning = str(column.field.label)
    return f"“{column.label}”" + (f" ({meaning}, {column.name})" if meaning != column.label else "")


def _refuse_missing(names: Sequence[str], columns: Sequence[Column], given: Sequence[str]) -> None:
    if RECORD in names or ("code" in names and not {c.name for c in columns if c.field.required} & set(names)):
        return  # changes of records that are there
    missing = [c for c in columns if c.field.required and c.name not in {*names, *given}]
    if missing:
        words = _("、").join(_named(c) for c in missing)
        more = _("（或在上传页选择默认产业）") if any(c.name == "industry" for c in missing) else ""
        _refuse(_("缺少必填的列：%(words)s%(more)s。请下载模板对照后补上。") % {"words": words, "more": more})


def _refuse(message: str) -> None:
    raise Refusal(message, fields={"file": message})


# --- from a file to the form


def values(raw: Mapping[str, Any], columns: Mapping[str, Column]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form takes of a row, and by column what cannot be taken."""
    data: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in raw.items():
        if name not in columns:
            continue
        try:
            data[name] = _value(columns[name].field, value)
        except ValueError as error:
            wrong[name] = str(error)
    return data, wrong


def _value(field: forms.Field, value: Any) -> Any:
    if isinstance(value, list):
        return _list(field, value)
    if isinstance(value, dict):
        raise ValueError(_("这里应是文本或数字，不是 JSON 对象。"))  # noqa: TRY004 - a wrong value of a file
    if isinstance(field, forms.DateField) and isinstance(value, str) and (found := _DATE.fullmatch(value.strip())):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if isinstance(field, TagsField) and isinstance(value, str) and "\n" in value:
        return [line for line in value.splitlines() if line.strip()]
    return value if isinstance(value, str | None) else text_of(value)


def _list(field: forms.Field, value: list[Any]) -> list[Any]:
    if isinstance(field, RowsField):
        parts = [v for row in value for v in (row.values() if isinstance(row, dict) else [[]])]
    elif isinstance(field, TagsField | CodesField):
        parts = value
    else:
        raise ValueError(_("这里应是文本或数字，不是列表。"))  # noqa: TRY004 - a wrong value of a file
    if any(isinstance(p, list | dict) for p in parts):
        raise ValueError(_("列表里的内容格式不对，请参照模板。"))
    return value


def mended(data: dict[str, Any], shortest: int) -> tuple[dict[str, Any], list[str]]:
    """补齐题录: a list of documents often lacks titles and has more keywords than a listing; and what was done."""
    notes = []
    title, text = str(data.get("title") or "").strip(), str(data.get("text") or "")
    if len(title) < shortest and (lead := clip(next(iter(sentences(text)), ""), LONGEST_LEAD)):
        data = data | {"title": f"{title}：{lead}" if title else lead}
        notes.append(_("名称取自正文第一句。"))
    words = split(data.get("keywords"))
    kept = [w for w in words if len(w) <= LONGEST_KEYWORD][:MOST_KEYWORDS]
    if kept != words:
        data = data | {"keywords": kept}
        notes.append(
            _("关键词保留前 %(count)s 个，略去：%(dropped)s。")
            % {"count": len(kept), "dropped": _("、").join(w for w in words if w not in kept)}
        )
    return data, notes


# --- from a listing to a file


def as_cell(field: forms.Field, value: Any) -> Any:
    """A value of a content as one cell, such that reading it gives the value again."""
    if value in (None, "", [], {}):
        return None
    if isinstance(field, RowsField):
        return value if isinstance(value, str) else field.as_cell(value)
    if isinstance(field, CodeField):
        return dict(field.source()).get(str(value), value)
    if isinstance(value, list):
        return _joined(field, value)
    if isinstance(field, YuanField | forms.IntegerField):
        return _number(value)
    if isinstance(field, forms.DateField):
        return _day(value)
    return value


def _joined(field: forms.Field, value: list[Any]) -> str:
    if isinstance(field, CodesField):
        labels = dict(field.source())
        return "；".join(labels.get(str(v), str(v)) for v in value)
    words = [str(v) for v in value]
    # A word with a separator in it is only safe on a line of its own.
    return "、".join(words) if all(split(w) == [w] for w in words) else "\n".join([*words, ""])


def _number(value: Any) -> Any:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    return number if number.is_finite() else value


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return value

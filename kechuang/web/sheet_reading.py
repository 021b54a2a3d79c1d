"""清单读取 sheet reading: which worksheet of a file is which part of a list, and which column is which."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from kechuang.core.cases.import_targets import Reading
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import Table, read_all
from kechuang.kit.text import fold
from kechuang.kit.xlsx_guard import Limits
from kechuang.web.sheet_files import ERROR
from kechuang.web.sheets import Part, Sheet

LANGUAGES = ("zh-hans", "en")


def read_parts(sheet: Sheet, name: str, data: bytes, limits: Limits) -> list[Reading]:
    """The parts of a file that can be changed, in the order of the sheet.

    A worksheet is known by its name or, when somebody has renamed it, by its columns; others are not read. Raises
    Refusal with ``fields={"file": …}``.
    """
    found: dict[int, Reading] = {}
    tables = read_all(name, data, lambda title, heads: _part_of(sheet, title, heads) is not None, limits)
    for title, table in tables.items():
        number = _part_of(sheet, title, table.heads)
        if number is not None and number not in found and table.rows:
            found[number] = Reading(number, table, _names(sheet.parts[number], table))
    if not found:
        labels = "”“".join(_(part.label) for part in sheet.parts if part.change)
        _refuse(
            _("没有找到可以导入的内容。请导出“%(sheet)s”，在表“%(parts)s”里改好，保留表头后再上传。")
            % {"sheet": _(sheet.label), "parts": labels}
        )
    rows = sum(len(reading.table.rows) for reading in found.values())
    if rows > limits.rows:
        _refuse(_("共 %(n)s 行数据，超过 %(most)s 行的上限。请分成几个文件。") % {"n": rows, "most": limits.rows})
    return [found[number] for number in sorted(found)]


def _part_of(sheet: Sheet, title: str, first: Sequence[str]) -> int | None:
    """The part that a worksheet is: by its name, otherwise by having all columns that a row is known by."""
    changeable = [(number, part) for number, part in enumerate(sheet.parts) if part.change]
    heads = {_key(head) for head in first}
    for number, part in changeable:
        if title and title in {label[:31] for label in _said(part.label)}:
            return number
    for number, part in changeable:
        keys = [c for c in part.columns if c.key]
        if all(heads & {_key(label) for label in _said(column.label)} for column in keys):
            return number
    return None


def _said(words: str) -> Iterator[str]:
    """Words of a declaration in every language."""
    for language in LANGUAGES:
        with override(language):
            yield _(words)


def _key(head: str) -> str:
    return "".join(fold(head).split())


def _names(part: Part, table: Table) -> list[str]:
    """The names of the columns, empty for those that are only there to be looked at."""
    known = {_key(label): column for column in part.columns for label in _said(column.label)}
    strange = [h for h in table.heads if h and _key(h) not in known and _key(h) not in {_key(w) for w in _said(ERROR)}]
    if strange:
        _refuse(
            _("“%(part)s”有不认识的列：%(columns)s。请改回导出时的名称，或删去。")
            % {"part": _(part.label), "columns": "、".join(f"“{h[:30]}”" for h in strange[:8])}
        )
    names = [known[_key(h)].name if _key(h) in known else "" for h in table.heads]
    missing = [c for c in part.columns if c.key and c.name not in names]
    if missing:
        _refuse(
            _("“%(part)s”缺少用来认出记录的列：%(columns)s。请从导出的文件改起。")
            % {"part": _(part.label), "columns": "、".join(f"“{_(c.label)}”" for c in missing)}
        )
    return names


def _refuse(message: str) -> None:
    raise Refusal(message, fields={"file": message})

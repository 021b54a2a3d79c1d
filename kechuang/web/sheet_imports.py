"""清单导入 sheet imports: reading a list back: which row is about which record, what differs, and what would be done.

The import itself is that of ``core.cases``: the same upload, preview, confirmation, run and failed rows as for
listings. Every change goes through the action of the page, so that rules, refusals and events are the same.
"""

import logging
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from kechuang.core.cases.import_columns import as_cell
from kechuang.core.cases.import_targets import FAULT, Judged, Reading, register_target
from kechuang.core.cases.models import Import, ImportRow
from kechuang.kit.fields import CodeField, CodesField
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.tables import cell, text_of
from kechuang.kit.text import clip
from kechuang.kit.xlsx_guard import Limits
from kechuang.web.sheet_files import failed_file
from kechuang.web.sheet_reading import read_parts
from kechuang.web.sheets import BLANK, UNKNOWN, Act, Ask, Change, Given, Key, Sheet, changeable, sheets

LANGUAGES = ("zh-hans", "en")
LONGEST_SHOWN = 120
Outcome = ImportRow.Outcome
log = logging.getLogger(__name__)


@dataclass
class JudgedRow(Judged):
    """判定: what a row would do; ``act`` does it."""

    act: Act | None = None


@dataclass(frozen=True)
class SheetTarget:
    """导入对象: a sheet of which a part can be changed."""

    sheet: Sheet

    @property
    def label(self) -> str:
        """What the list is called."""
        return _(self.sheet.label)

    def require(self, user: Any, now: datetime) -> None:
        """Raise NotAllowed for those who lack the list or may change no part of it."""
        ask = Ask(user, QueryDict(), now)
        self.sheet.require(ask)
        if not changeable(self.sheet, ask):
            raise NotAllowed(_("您可以查看和导出“{name}”，但不能批量修改。").format(name=_(self.sheet.label)))

    def read(self, name: str, data: bytes, limits: Limits) -> list[Reading]:
        """The parts of a file."""
        return read_parts(self.sheet, name, data, limits)

    def key(self, part: int, raw: Mapping[str, Any]) -> Hashable | None:
        """What a row is about; None for one that adds something."""
        names = [c.name for c in self.sheet.parts[part].columns if c.key]
        key = tuple(_text(raw.get(name)).casefold() for name in names)
        return (part, *key) if any(key) else None

    def judging(self, batch: Import, now: datetime) -> "SheetJudge":
        """Who judges the rows of this import."""
        return SheetJudge(self.sheet, batch, now)

    def failed(self, batch: Import, rows: Iterable[ImportRow], kind: str) -> bytes:
        """These rows as a file, with what is wrong."""
        return failed_file(self.sheet, batch, rows, kind)


def register_targets() -> None:
    """Let files be about every sheet that has a change; called when all sheets are declared."""
    for sheet in sheets():
        if any(part.change for part in sheet.parts):
            register_target(sheet.code, SheetTarget(sheet))


class SheetJudge:
    """判定人: judges and writes rows of a sheet, in the language of its file."""

    def __init__(self, sheet: Sheet, batch: Import, now: datetime) -> None:
        self.sheet, self.batch = sheet, batch
        self.ask = Ask(batch.created_by, QueryDict(), now)
        self._words: dict[tuple[int, str, str], Any] = {}

    def existing(self, rows: Iterable[ImportRow]) -> dict[tuple[int, Key], Any]:
        """The records of these rows, by part and key, in one look-up for each part."""
        keys: dict[int, set[Key]] = {}
        with override(self.batch.language):
            for row in rows:
                keys.setdefault(row.part, set()).add(self._key(row, {}))
        found: dict[tuple[int, Key], Any] = {}
        for number, wanted in keys.items():
            change = self._change(number)
            known = change.find(self.ask, [key for key in wanted if any(key)])
            found |= {(number, key): record for key, record in known.items()}
        return found

    def judge(self, row: ImportRow, existing: Mapping[tuple[int, Key], Any]) -> JudgedRow:
        """What the row would do."""
        judged = JudgedRow()
        try:
            with override(self.batch.language):
                self._judge(judged, row, existing)
        except Refusal as refusal:
            judged.errors |= refusal.fields or {"__all__": refusal.message}
        except (ValueError, TypeError, KeyError, AttributeError):
            log.exception("import row %s", row.pk)
            judged.errors["__all__"] = _(FAULT)
        if judged.errors:
            judged.outcome, judged.changes = Outcome.ERROR, []
        return judged

    def describe(self, errors: Mapping[str, str], row: ImportRow) -> list[dict[str, str]]:
        """The errors with their cells, in the order of the file's columns."""
        number = str(row.part)
        heads, columns = self.batch.heads[number], self.batch.columns[number]
        place = {name: at for at, name in enumerate(columns) if name}
        part = self.sheet.parts[row.part]
        before = f"{part.label}!" if len(self.batch.heads) > 1 else ""
        labels = {c.name: _(c.label) for c in part.columns if c.name}
        return [
            {
                "column": name,
                "label": labels.get(name, ""),
                "cell": before
                + cell(self.batch.format, heads, heads[place[name]] if name in place else "", row.number),
                "reason": reason,
            }
            for name, reason in sorted(errors.items(), key=lambda error: place.get(error[0], len(place)))
        ]

    def write(self, row: ImportRow, judged: JudgedRow, now: datetime) -> None:
        """Do what was judged."""
        if judged.act is not None:
            judged.act(now)

    # --- which record

    def _change(self, number: int) -> Change:
        change = self.sheet.parts[number].change
        assert change is not None, "only parts with a change are read"
        return change

    def _key(self, row: ImportRow, errors: dict[str, str]) -> Key:
        """The key of a row, its codes told by their words; what cannot be told goes to ``errors``."""
        part, fields = self.sheet.parts[row.part], self._change(row.part).form.base_fields
        names = [c.name for c in part.columns if c.key]
        return tuple(self._key_text(row, name, fields.get(name), errors) for name in names)

    def _key_text(self, row: ImportRow, name: str, field: forms.Field | None, errors: dict[str, str]) -> str:
        text = _text(row.raw.get(name))
        if isinstance(field, CodeField):
            text = str(self._told(row.part, name, field, text))
            if text and text not in dict(field.source()):
                errors[name] = _("“%(text)s”不在可选范围内，请从列表中选择。") % {"text": text[:30]}
        return text.lower() if isinstance(field, forms.EmailField) else text

    def _told(self, part: int, name: str, field: forms.Field, value: Any) -> Any:
        """What a cell means to the field: codes for words in either language, else the value itself."""
        if not isinstance(field, CodeField | CodesField) or not value:
            return value
        known = (part, name, str(value))
        if known not in self._words:
            self._words[known] = _meant(field, value)
        return self._words[known]

    # --- what it says

    def _judge(self, judged: JudgedRow, row: ImportRow, existing: Mapping[tuple[int, Key], Any]) -> None:
        change = self._change(row.part)
        change.require(self.ask)
        key = self._key(row, judged.errors)
        record = existing.get((row.part, key)) if any(key) else None
        judged.code = " · ".join(part for part in key if part)
        if record is not None:
            judged.title, judged.link = change.title(record), change.link(record)
        if row.double:
            judged.errors["__all__"] = _("与第 %(n)s 行是同一条记录，请只保留一行。") % {"n": row.double}
        if judged.errors:
            return
        if record is None:
            self._require_new(change, row, key)
        given, judged.errors = self._given(change, row, record, key)
        judged.title = judged.title or _first_text(given.data)
        if not judged.errors:
            self._decide(judged, change, given, row)

    def _require_new(self, change: Change, row: ImportRow, key: Key) -> None:
        """Raise Refusal where a row without a record adds none."""
        name = next(c.name for c in self.sheet.parts[row.part].columns if c.key)
        if change.adds == UNKNOWN or (change.adds == BLANK and not any(key)):
            return
        words = (
            _("没有填编号，也不能在这里新增。")
            if not any(key)
            else _("没有这条记录，或者您看不到它。请重新导出后再改。")
        )
        raise Refusal(words, fields={name: words})

    def _given(self, change: Change, row: ImportRow, record: Any, key: Key) -> tuple[Given, dict[str, str]]:
        """What the row says, by the form; columns that the file lacks keep what is there."""
        before = dict(change.content(record)) if record is not None else {}
        fields = change.form.base_fields
        read = {n: row.raw.get(n) for n in self.batch.columns[str(row.part)] if n in fields}
        differ = [n for n, value in read.items() if record is None or not _same(fields[n], before.get(n), value)]
        if record is not None and not differ:
            return Given(self.ask, record, key, before, before), {}
        told = {n: self._told(row.part, n, fields[n], _text(read[n])) for n in differ}
        form = change.form(before | told)
        form.is_valid()
        errors = {n: " ".join(str(e) for e in reasons) for n, reasons in form.errors.items()}
        clean = dict(form.cleaned_data)
        old = _cleaned(change, before) if before else {}
        changed = {n for n in differ if record is None or (clean.get(n) or None) != (old.get(n) or None)}
        return Given(self.ask, record, key, clean, old, frozenset(changed)), errors

    def _decide(self, judged: JudgedRow, change: Change, given: Given, row: ImportRow) -> None:
        """Nothing changes, or it has been done, or somebody else was first, or this is what would be done."""
        if given.record is not None and not given.changed:
            judged.outcome = Outcome.UNCHANGED
            return
        seen = _text(row.raw.get("version"))
        late = seen != "" and (given.record is None or seen != change.stamp(given.record))
        if (late or given.record is None) and change.done(given):
            judged.outcome = Outcome.UNCHANGED
            judged.notes.append(_("已经办理过，不再重复。"))
            return
        if late:
            words = _("导出以后这条记录已被改动或删去，没有覆盖。请重新导出，核对后再改。")
            raise Refusal(words, fields={"version": words})
        judged.act = change.plan(given)
        judged.outcome = Outcome.CREATE if given.record is None else Outcome.UPDATE
        judged.changes = self._changes(given, row)

    def _changes(self, given: Given, row: ImportRow) -> list[list[str]]:
        if given.record is None:
            return []
        change, fields = self._change(row.part), self._change(row.part).form.base_fields
        content = change.content(given.record)
        labels = {c.name: _(c.label) for c in self.sheet.parts[row.part].columns if c.name in given.changed}
        return [
            [label, _words(fields[name], content.get(name)), clip(_text(row.raw.get(name)), LONGEST_SHOWN)]
            for name, label in labels.items()
        ]


def _cleaned(change: Change, data: Mapping[str, Any]) -> dict[str, Any]:
    form = change.form(data)
    form.is_valid()
    return dict(form.cleaned_data)


def _meant(field: CodeField | CodesField, value: Any) -> Any:
    for language in LANGUAGES:
        with override(language):
            try:
                return field.clean(value)
            except forms.ValidationError:
                continue
    return value


def _same(field: forms.Field, before: Any, value: Any) -> bool:
    """Whether a cell says what the export had in it."""
    return _text(value) == _text(text_of(_number(as_cell(field, before))))


def _number(value: Any) -> Any:
    return value if isinstance(value, str) or value is None or hasattr(value, "isoformat") else str(value)


def _words(field: forms.Field, value: Any) -> str:
    return clip(text_of(_number(as_cell(field, value))), LONGEST_SHOWN)


def _text(value: Any) -> str:
    """A cell as text, without the differences that files make."""
    if isinstance(value, list):
        return "；".join(map(_text, value))
    text = value if isinstance(value, str) else text_of(value) if value is not None else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip()


def _first_text(data: Mapping[str, Any]) -> str:
    return next((value for value in data.values() if isinstance(value, str) and len(value) > 3), "")

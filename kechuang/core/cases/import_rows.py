"""导入判定 judgement: what one row of a file would do: create, update, nothing, or why it cannot. Writes nothing."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.import_columns import EXTRA, OWNER, RECORD, columns_of, mended, values
from kechuang.core.cases.import_targets import FAULT, Judged
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.cases.publication import questions
from kechuang.core.cases.publishing import latest
from kechuang.core.cases.queries import publication_case, state_of
from kechuang.core.catalogue.models import get
from kechuang.core.market import queries
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import PROTECTED, Listing, Status
from kechuang.core.market.wording import Shown, shown
from kechuang.core.parties.models import Party
from kechuang.kit.identifiers import WrongFormat, clean_uscc
from kechuang.kit.tables import cell
from kechuang.kit.text import clip

log = logging.getLogger(__name__)
LONGEST_SHOWN, LONGEST_GIVEN = 120, 20
Outcome = ImportRow.Outcome
Existing = Mapping[tuple[int, str], Any]


@dataclass
class JudgedListing(Judged):
    """判定: what a row would do with a listing; ``content`` is cleaned by the form."""

    party: Party | None = None
    listing: Any = None
    data: dict[str, Any] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)


class Judge:
    """判定人: knows the file's columns and the rules of the kind, for one slice of rows."""

    def __init__(self, batch: Import, *, now: datetime) -> None:
        self.batch, self.now = batch, now
        self.kind = listing_kind(batch.service)
        self.columns = {c.name: c for c in columns_of(batch.service)}
        self.labels = {name: str(c.field.label) for name, c in self.columns.items()}
        self.labels |= {OWNER: _(EXTRA[OWNER]), RECORD: _(EXTRA[RECORD])}
        self.heads = dict(zip(batch.columns, batch.heads, strict=True))
        self._parties: dict[str, Party | None] = {}

    def judge(self, row: ImportRow, existing: Existing) -> JudgedListing:
        """What the row would do. ``existing`` holds records by (party, code) and by (0, number).

        A row that nobody has thought of is an error of its own and does not stop the others.
        """
        try:
            found = self._judge(row, existing)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.exception("import row %s", row.pk)
            return JudgedListing(errors={"__all__": _(FAULT)})
        found.code = str(found.data.get("code") or "").strip()
        found.title = " ".join(str(found.data.get("title") or "").split())
        found.number = found.listing.pk if found.listing else None
        return found

    def _judge(self, row: ImportRow, existing: Existing) -> JudgedListing:
        data, errors = values(row.raw, self.columns)
        found = JudgedListing(errors=errors, data=data)
        found.party = self._party(row.raw.get(OWNER), found.errors)
        if row.double:
            found.errors["code"] = _("与第 %(double)s 行是同一条记录（来源编号或系统编号相同），请只保留一行。") % {
                "double": row.double
            }
        if found.party:
            found.listing = self._listing(row.raw, found, existing)
        self._fill(found)
        if not found.errors:
            self._compare(found)
        if not found.errors:
            self._ask(found)
        if found.errors:
            found.outcome = Outcome.ERROR
        return found

    def existing(self, rows: Iterable[ImportRow]) -> dict[tuple[int, str], Any]:
        """The records that these rows may be about, in one query."""
        raws = [row.raw for row in rows]
        parties = {party.pk for raw in raws if (party := self._party(raw.get(OWNER), {}))}
        numbers = [int(n) for raw in raws if (n := _text(raw.get(RECORD))).isdecimal() and len(n) < 18]
        codes = {code for raw in raws if (code := _text(raw.get("code")))}
        base = queries.listings(self.batch.service).filter(party__in=parties)
        found: dict[tuple[int, str], Any] = {(r.party_id, r.code): r for r in base.filter(code__in=codes)}
        return found | {(0, str(r.pk)): r for r in base.filter(pk__in=numbers)}

    def describe(self, errors: Mapping[str, str], row: ImportRow) -> list[dict[str, str]]:
        """The errors with their cells, in the order of the file's columns."""
        place = {name: at for at, name in enumerate(self.heads)}
        return [
            {
                "column": name,
                "label": self.labels.get(name) or _("整行"),
                "cell": cell(self.batch.format, self.batch.heads, self.heads.get(name, ""), row.number),
                "reason": reason,
            }
            for name, reason in sorted(errors.items(), key=lambda error: place.get(error[0], len(place)))
        ]

    # --- who and which

    def _party(self, given: Any, errors: dict[str, str]) -> Party | None:
        """Whose record it is: of the party chosen on the page, or for officers of the one that the row names."""
        code, own = _text(given), self.batch.party
        if not code:
            if own is None:
                errors[OWNER] = _("请填写发布单位的统一社会信用代码，或在上传页选择单位。")
            return own
        try:
            code, _checked = clean_uscc(code)
        except WrongFormat as error:
            errors[OWNER] = str(error)
            return None
        if own is not None and own.uscc == code:
            return own
        if not self.batch.register:
            errors[OWNER] = _("这条记录属于其他单位，只能导入本单位的记录。")
            return None
        if code not in self._parties:
            self._parties[code] = Party.objects.filter(uscc=code).first()
        if self._parties[code] is None:
            errors[OWNER] = _("系统中没有这个单位，请先登记单位。")
        return self._parties[code]

    def _listing(self, raw: Mapping[str, Any], found: JudgedListing, existing: Existing) -> Any:
        number, code = _text(raw.get(RECORD)), _text(raw.get("code"))
        party = found.party.pk if found.party else 0
        if not number:
            return existing.get((party, code)) if code else None
        listing = existing.get((0, number))
        if listing is None or listing.party_id != party:
            found.errors[RECORD] = _("本单位没有这个系统编号的记录。新增的行请把系统编号留空。")
            return None
        other = existing.get((party, code))
        if other is not None and other.pk != listing.pk:
            found.errors["code"] = _("本单位的另一条记录已用这个来源编号。")
        return listing

    # --- what it would say

    def _fill(self, found: JudgedListing) -> None:
        """Put the row through the form of its kind; columns that the file lacks keep what is there."""
        data = found.data
        if self.batch.mend:
            shortest = getattr(self.columns["title"].field, "min_length", None) or 1
            data, found.notes = mended(data, shortest)
        if self.batch.industry and not data.get("industry") and "industry" in self.columns:
            data = data | {"industry": [self.batch.industry]}
        if found.listing is not None:
            data = latest(found.listing) | data
        form = self.kind.form(data)
        found.data = data
        found.content = dict(form.cleaned_data) if form.is_valid() else {}
        for name, reasons in form.errors.items():
            words = " ".join(str(r) for r in reasons)
            found.errors.setdefault(name, words + self._given(name, data, words))

    def _given(self, name: str, data: Mapping[str, Any], words: str) -> str:
        """What was wrong, where the reason does not name it."""
        if name in self.columns and name not in data:
            return _("（文件里没有这一列）")
        value = clip(_text(data.get(name)), LONGEST_GIVEN)
        return _("（填写的是“%(value)s”）") % {"value": value} if value and value not in words else ""

    def _compare(self, found: JudgedListing) -> None:
        if found.listing is None:
            found.outcome = Outcome.CREATE
            if not found.content.get("code"):
                found.notes.append(_("没有来源编号，再次导入同一文件会重复新增。"))
            return
        before = latest(found.listing)
        after = {name: queries.plain(value) for name, value in found.content.items()}
        differ = [name for name in after if _even(before.get(name)) != _even(after[name])]
        found.outcome = Outcome.UPDATE if differ else Outcome.UNCHANGED
        found.changes = [self._change(name, before.get(name), after[name]) for name in differ]
        if differ and (reason := self._why_not(found.listing)):
            found.errors["code" if "code" in self.heads else RECORD] = reason

    def _change(self, name: str, before: Any, after: Any) -> list[str]:
        if name in PROTECTED:  # told by length: the preview is kept longer than the right to read it
            return [
                self.labels[name],
                *(_("（%(count)s 字）") % {"count": len(str(value or ""))} for value in (before, after)),
            ]
        with_field = self.columns[name].field
        return [self.labels[name], _words(shown(with_field, before)), _words(shown(with_field, after))]

    def _why_not(self, listing: Listing) -> str:
        """Why a record that is there cannot be changed now; empty where it can."""
        case = publication_case(listing)
        state = {"state": _(state_of(case).label) if case else listing.get_status_display()}
        if self.batch.register:
            open_here = listing.status == Status.PUBLIC and (case is None or case.state == "published")
            if open_here and listing.pending is None:
                return ""
            return _("记录已存在，当前状态为“%(state)s”或有未审核的修改，应由单位自行办理。") % state
        editable = case is None or get(case.service).workflow.handing_in(case.state) is not None
        return "" if editable else _("记录已存在，当前状态为“%(state)s”，现在不能修改。") % state

    def _ask(self, found: JudgedListing) -> None:
        """Questions of the diagnosis: those that block are errors when the rows are to be handed in."""
        if found.outcome == Outcome.UNCHANGED:
            return
        for question in questions(self.batch.service, found.content, self.now):
            if question.blocking and self.batch.submit:
                found.errors.setdefault(question.field, question.text)
            elif question.blocking:
                found.notes.append(_("提交审核前需要回答：%(text)s") % {"text": question.text})


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _even(value: Any) -> Any:
    """A value without the differences that files make: line ends, and the kinds of nothing."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    return None if value in ([], {}) else value


def _words(value: Shown) -> str:
    if value.table is not None:
        return clip(_("；").join(" ".join(part for part in row if part) for row in value.table.rows), LONGEST_SHOWN)
    return clip("".join(text for text, _ in value.pieces), LONGEST_SHOWN)

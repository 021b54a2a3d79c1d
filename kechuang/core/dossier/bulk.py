"""批量导入写入 bulk: upload, check, confirm and enter a yearly file for thousands of organisations.

Checking and entering are done in slices in the background; a slice is written and marked as entered in one
transaction, so that a killed worker goes on where it stopped. The same file again changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier import access
from kechuang.core.dossier.bulk_columns import CODE, NAME, YEAR, BadCellError, Column, columns, kept, taken, value
from kechuang.core.dossier.facts import facts
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.models import PROFILE, YEARLY, FigureFile, FigureLine, ProfileReport, YearReport
from kechuang.core.dossier.models.figures import FIRST_YEAR
from kechuang.core.dossier.plausible import doubts
from kechuang.core.dossier.reporting import Given, put
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.bulk import insert
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.tables import Row, Table, read
from kechuang.kit.text import fold

SLICE = 1000
State, Outcome = FigureFile.State, FigureLine.Outcome


@transaction.atomic
def upload(*, name: str, data: bytes, source: str, by: Any, now: datetime) -> FigureFile:
    """Take a file in; it is checked in the background. Officers enter what other sources than the enterprise say."""
    require_officer(by)
    if source == "enterprise" or source not in vocab.labels("dossier_source"):
        words = _("请选择数据来源。企业自己的填报由企业在一企一档里填写。")
        raise Refusal(words, fields={"source": words})
    digest = hashlib.sha256(data).hexdigest()
    found = FigureFile.objects.create(name=name[:200], digest=digest, data=data, source=source, by=by, uploaded_at=now)
    record(found, "upload", by=by, now=now, after={"name": found.name, "digest": digest, "source": source})
    return found


def check(*, file: FigureFile, now: datetime) -> FigureFile:
    """Read and judge every row; nothing is written to any organisation's file."""
    if file.state != State.UPLOADED:
        return file
    try:
        table = read(file.name, bytes(file.data or b""))
        known, strange = _heads(table)
    except Refusal as refusal:
        file.state, file.problem, file.data = State.REFUSED, refusal.message[:500], None
        file.save(update_fields=["state", "problem", "data"])
        return file
    with transaction.atomic():
        file.lines.all().delete()
        seen: set[tuple[str, str]] = set()
        for start in range(0, len(table.rows), SLICE):
            rows = table.rows[start : start + SLICE]
            insert(list(_judged(file, rows, known, seen, now)))
        file.state, file.rows, file.strange, file.data = State.CHECKED, len(table.rows), strange, None
        file.save(update_fields=["state", "rows", "strange", "data"])
    return file


def _heads(table: Table) -> tuple[list[Column], list[str]]:
    if CODE not in table.heads:
        raise Refusal(_("缺少“%(head)s”列。请下载模板，按模板的表头填写。") % {"head": CODE})
    known, strange = columns(table.heads)
    if not known:
        raise Refusal(_("没有认识的数据列。请下载模板，按模板的表头填写。"))
    if YEAR not in table.heads and any(c.yearly and not c.year for c in known):
        raise Refusal(_("缺少“年度”列；或者把年度写在表头里，例如“销售收入 2025”。"))
    return known, strange


def _judged(
    file: FigureFile, rows: Sequence[Row], known: Sequence[Column], seen: set[tuple[str, str]], now: datetime
) -> Iterator[FigureLine]:
    lines = [_read(file, row, known, now) for row in rows]
    parties = {str(p.uscc): p for p in Party.objects.filter(uscc__in=[line.code for line in lines])}
    allowed = access.check_file.filter(file.by, Party.objects.filter(pk__in=[p.pk for p in parties.values()]))
    mine = set(allowed.values_list("pk", flat=True))
    there = _stated(lines, parties)
    for row, line in zip(rows, lines, strict=True):
        _whose(line, row, parties.get(line.code), mine)
        key = (line.code, ",".join(sorted(line.values)))
        if key in seen:
            line.errors.append([CODE, _("同一单位、同一年度在文件里出现了两次")])
        seen.add(key)
        if line.party is not None and not line.errors:
            _compare(line, file.source, there.get(line.party.pk, {}))
        changed = Outcome.CHANGE if line.changes else Outcome.SAME
        line.outcome = Outcome.ERROR if line.errors else changed
        yield line


def _read(file: FigureFile, row: Row, known: Sequence[Column], now: datetime) -> FigureLine:
    code = fold(str(row.values.get(CODE, ""))).replace(" ", "").upper()[:40]
    line = FigureLine(file=file, number=row.number, code=code, values={}, errors=[], doubts=[], changes=[])
    year = _year(line, row, known, now)
    for column in known:
        try:
            given = value(column.fact, row.values.get(column.head, ""))
        except BadCellError as wrong:
            line.errors.append([column.head, str(wrong)])
            continue
        if given is not None:  # an empty cell says nothing
            when = str((column.year or year) if column.yearly else 0)
            line.values.setdefault(when, {})[column.fact.code] = kept(given)
    for when, values in line.values.items():
        if when != "0":
            plain = {name: taken(name, held) for name, held in values.items()}
            line.doubts += [[facts()[name].label, words] for name, words in doubts(plain).items()]
    return line


def _year(line: FigureLine, row: Row, known: Sequence[Column], now: datetime) -> int:
    typed = str(row.values.get(YEAR, "")).strip().removesuffix("年")
    if not typed and not any(c.yearly and not c.year for c in known):
        return 0
    if typed.isascii() and typed.isdigit() and FIRST_YEAR <= int(typed) <= now.year:
        return int(typed)
    line.errors.append([YEAR, _("“%(text)s”不是今年或以前的年度") % {"text": typed[:30]}])
    return 0


def _whose(line: FigureLine, row: Row, party: Party | None, mine: set[int]) -> None:
    if party is None:
        line.errors.append([CODE, _("没有登记过这个单位；请核对代码，或请单位先登记")])
        return
    line.party = party
    if party.pk not in mine:
        line.errors.append([CODE, _("不在您的辖区，不能写入")])
    name = str(row.values.get(NAME, "")).strip()
    if name and name != party.name:
        line.doubts.append([NAME, _("登记的名称是“%(name)s”") % {"name": party.name}])


def _stated(lines: Sequence[FigureLine], parties: Mapping[str, Party]) -> dict[int, dict[tuple[str, str], Any]]:
    """What the sources have stated so far, by party: ``{(source, year): report}``."""
    numbers = [p.pk for p in parties.values()]
    years = {int(year) for line in lines for year in line.values if year != "0"}
    found: dict[int, dict[tuple[str, str], Any]] = defaultdict(dict)
    for report in YearReport.objects.filter(party__in=numbers, year__in=years):
        found[report.party_id][report.source, str(report.year)] = report
    if any("0" in line.values for line in lines):
        for profile in ProfileReport.objects.filter(party__in=numbers):
            found[profile.party_id][profile.source, "0"] = profile
    return found


def _compare(line: FigureLine, source: str, there: Mapping[tuple[str, str], Any]) -> None:
    for year, values in line.values.items():
        own = there.get((source, year))
        others = [report for (other, when), report in there.items() if when == year and other != source]
        for name, held in values.items():
            said = text(taken(name, held))
            before = getattr(own, name) if own is not None else None
            if before is not None and text(before) == said:
                continue
            line.changes.append([int(year), name, None if before is None else text(before), said])
            told = [getattr(report, name) for report in others]
            line.disputes += any(one is not None and text(one) != said for one in told)


@transaction.atomic
def confirm(*, file: FigureFile, by: Any, now: datetime) -> FigureFile:
    """Let the checked rows be entered; a second click changes nothing."""
    found = FigureFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    _require_own(found, by)
    if found.state != State.CHECKED:
        return found
    found.state, found.confirmed_at = State.RUNNING, now
    found.save(update_fields=["state", "confirmed_at"])
    record(found, "confirm", by=by, now=now, after={"rows": found.rows, "source": found.source})
    return found


@transaction.atomic
def cancel(*, file: FigureFile, by: Any, now: datetime) -> FigureFile:
    """Stop: what has been entered stays, the rest is not."""
    found = FigureFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    _require_own(found, by)
    if found.state in (State.UPLOADED, State.CHECKED, State.RUNNING):
        found.state, found.finished_at, found.data = State.CANCELLED, now, None
        found.save(update_fields=["state", "finished_at", "data"])
        record(found, "cancel", by=by, now=now)
    return found


def _require_own(file: FigureFile, by: Any) -> None:
    if file.by_id != by.pk:
        raise NotAllowed(_("这个文件由上传的人确认。"))


def enter_slice(*, file: FigureFile, now: datetime) -> bool:
    """Enter the next slice of rows; False when nothing is left."""
    with transaction.atomic():
        found = FigureFile.objects.select_for_update(of=("self",)).select_related("by").get(pk=file.pk)
        if found.state != State.RUNNING:
            return False
        lines = list(found.lines.filter(outcome=Outcome.CHANGE, done=False)[:SLICE])
        if lines:
            given = [g for line in lines for g in _given(line, found.source)]
            outcome = put(given, by=found.by, now=now)
            found.changed += outcome.count
            found.opened += len(outcome.opened)
            FigureLine.objects.filter(pk__in=[line.pk for line in lines]).update(done=True)
        else:
            found.state, found.finished_at = State.DONE, now
            after = {"changed": found.changed, "opened": found.opened}
            record(found, "finish", by=found.by, now=now, after=after)
        found.save(update_fields=["changed", "opened", "state", "finished_at"])
        return bool(lines)


def _given(line: FigureLine, source: str) -> Iterator[Given]:
    for year, values in line.values.items():
        known = YEARLY if year != "0" else PROFILE
        plain = {name: taken(name, held) for name, held in values.items() if name in known}
        yield Given(line.party_id or 0, int(year), source, plain)


def work(file: FigureFile, now: datetime) -> FigureFile:
    """Do all that the file waits for: check it, or enter it to the end."""
    check(file=file, now=now)
    while enter_slice(file=file, now=now):
        pass
    return FigureFile.objects.get(pk=file.pk)

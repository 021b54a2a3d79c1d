"""导入执行 work: check the rows of an import and enter them one by one, in the background.

Both go in slices, so that other background work gets its turn. A row is written and marked as entered in one
transaction of its own, so that a killed worker loses nothing and enters nothing twice.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from kechuang.core.cases import publishing
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.import_rows import FAULT, Judge, Judged
from kechuang.core.cases.imports import INSERT, count, end, told
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import get
from kechuang.core.market import actions as market
from kechuang.core.market import queries
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.search.actions import put_many
from kechuang.kit.refusal import Refusal

CHECK_SLICE, RUN_SLICE = 500, 200
State, Outcome = Import.State, ImportRow.Outcome
ENTERED = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)
log = logging.getLogger(__name__)


def work(batch: Import, *, now: datetime) -> bool:
    """Do the next slice of whatever the import waits for; False when nothing is left to do."""
    _index(batch, now)
    if batch.state == State.READ:
        return _check_slice(batch, now) or _checked(batch, now)
    if batch.state == State.RUNNING:
        return _run_slice(batch, now) or _finished(batch, now)
    return False


# --- the check


def _check_slice(batch: Import, now: datetime) -> bool:
    with transaction.atomic():
        waiting = batch.rows.select_for_update(skip_locked=True).filter(outcome=Outcome.WAITING)
        rows = list(waiting[:CHECK_SLICE])
        judge = Judge(batch, now=now)
        existing = judge.existing(rows)
        for row in rows:
            _note(row, judge, judge.judge(row, existing))
        fields = ["outcome", "code", "title", "errors", "notes", "changes", "listing"]
        ImportRow.objects.bulk_update(rows, fields, batch_size=INSERT)
    return bool(rows)


def _note(row: ImportRow, judge: Judge, judged: Judged) -> None:
    row.outcome = judged.outcome
    row.code = str(judged.data.get("code") or "").strip()[:60]
    row.title = " ".join(str(judged.data.get("title") or "").split())[:120]
    row.errors = judge.describe(judged, row.number)
    row.notes, row.changes = judged.notes, judged.changes
    row.listing = judged.listing.pk if judged.listing else None


def _checked(batch: Import, now: datetime) -> bool:
    with transaction.atomic():
        batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.state == State.READ and not batch.rows.filter(outcome=Outcome.WAITING).exists():
            count(batch)
            batch.state, batch.checked_at = State.CHECKED, now
            batch.save()
    return False


# --- the run


def _run_slice(batch: Import, now: datetime) -> bool:
    rows = batch.rows.filter(entered_at=None, outcome__in=ENTERED).values_list("pk", flat=True)[:RUN_SLICE]
    judge = Judge(batch, now=now)
    # A row that another worker holds is left to it; where only such rows are left there is nothing to do here.
    with _unhurried_commits():
        entered = sum(_enter_row(pk, judge, now) for pk in list(rows))
        _index(batch, now)
    return entered > 0


def _goes_on(batch: Import) -> bool:
    running = Import.objects.filter(pk=batch.pk, state=State.RUNNING).exists()
    return running and batch.rows.filter(entered_at=None, outcome__in=ENTERED).exists()


@contextmanager
def _unhurried_commits() -> Iterator[None]:
    """Commits that do not wait for the disk: a crash of the database loses whole rows, which are then entered again.

    The commit that ends the import waits, and with it everything before it is safe.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET synchronous_commit")


def _index(batch: Import, now: datetime) -> None:
    """Put what has been published by this import into the search index: many at once is what makes it quick."""
    with transaction.atomic():
        rows = list(batch.rows.select_for_update(skip_locked=True).filter(unindexed=True)[: 5 * RUN_SLICE])
        if rows:
            found = queries.listings(batch.service).filter(pk__in=[r.listing for r in rows], status=Status.PUBLIC)
            # Embedding takes both cores for minutes: it begins when the last row is in.
            put_many([queries.search_doc(listing) for listing in found], now=now, embed_later=not _goes_on(batch))
            batch.rows.filter(pk__in=[r.pk for r in rows]).update(unindexed=False)


def _enter_row(pk: int, judge: Judge, now: datetime) -> bool:
    """Enter one row in its own transaction; False when it is taken, done, or the import was stopped."""
    try:
        with transaction.atomic():
            rows = ImportRow.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.filter(pk=pk, entered_at=None, batch__state=State.RUNNING).first()
            if row is None:
                return False
            judged = judge.judge(row, judge.existing([row]))
            if judged.outcome != Outcome.ERROR:
                row.unindexed = judge.batch.register and judged.outcome == Outcome.CREATE
                judged.listing = _write(judge.batch, row, judged, now)
            _note(row, judge, judged)
            row.entered_at = None if row.outcome == Outcome.ERROR else now
            row.save()
    except Refusal as refusal:
        _refused(pk, judge, refusal.fields or {"__all__": refusal.message})
    except (OperationalError, InterfaceError):
        raise  # the database is away: the row is tried again
    except (DatabaseError, ValueError, TypeError, KeyError, AttributeError):
        log.exception("import row %s", pk)
        _refused(pk, judge, {"__all__": FAULT})
    return True


def _refused(pk: int, judge: Judge, errors: dict[str, str]) -> None:
    row = ImportRow.objects.get(pk=pk)
    row.outcome, row.errors = Outcome.ERROR, judge.describe(Judged(errors=errors), row.number)
    row.save(update_fields=["outcome", "errors"])


def _write(batch: Import, row: ImportRow, judged: Judged, now: datetime) -> Any:
    if judged.outcome == Outcome.UNCHANGED:
        return judged.listing
    return _take_over(batch, row, judged, now) if batch.register else _save(batch, row, judged, now)


def _save(batch: Import, row: ImportRow, judged: Judged, now: datetime) -> Any:
    """As a person would by the form: a draft of the party, handed in where that was asked for."""
    saved = publishing.send_form(
        service=batch.service,
        content=judged.content,
        by=batch.created_by,
        now=now,
        party=judged.party,
        listing=judged.listing,
        key=None if judged.listing else _form_key(row),
    )
    step = get(batch.service).workflow.handing_in(saved.case.state) if batch.submit else None
    if step:
        advance(case=saved.case, step=step.name, by=batch.created_by, now=now)
    return saved.listing


def _form_key(row: ImportRow) -> str:
    return f"import:{row.pk}"


def _take_over(batch: Import, row: ImportRow, judged: Judged, now: datetime) -> Any:
    """A register that was kept elsewhere: in force at once, on the responsibility of the officer."""
    by, content, note = batch.created_by, judged.content, f"接收登记簿“{batch.name}”第 {row.number} 行"
    if judged.listing is not None:
        return market.save_listing(
            listing=judged.listing, content=content, version=None, by=by, now=now, note=note, taken_over=True
        )
    party: Any = judged.party
    listing = market.create_listing(
        service=batch.service,
        party=party,
        content=content,
        by=by,
        now=now,
        form_key=_form_key(row),
        taken_over=True,
    )
    open_case(
        service=batch.service,
        applicant=party,
        by=by,
        now=now,
        offer=listing if isinstance(listing, Offer) else None,
        need=listing if isinstance(listing, Need) else None,
        district=listing.district or party.district,
        state="published",
        note=note,
    )
    return market.publish(listing=listing, by=by, now=now, index=False)


def _finished(batch: Import, now: datetime) -> bool:
    with transaction.atomic():
        batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        left = batch.rows.filter(entered_at=None, outcome__in=ENTERED)
        if batch.state == State.RUNNING and not left.exists():
            end(batch, State.DONE, by=batch.created_by, now=now)
            told(
                batch, f"“{batch.name}”导入完成：新增 {batch.created}，更新 {batch.updated}，有错 {batch.errors}。", now
            )
    return False

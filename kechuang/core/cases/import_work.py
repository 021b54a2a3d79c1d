"""导入执行 work: check the rows of an import and enter them one by one, in the background.

Both go in slices, so that other background work gets its turn. A row is written and marked as entered in one
transaction of its own, so that a killed worker loses nothing and enters nothing twice.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from kechuang.core.cases.import_entry import judging
from kechuang.core.cases.import_targets import FAULT, Judged, Judging
from kechuang.core.cases.imports import count, end, told
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.market import queries
from kechuang.core.market.models import Status
from kechuang.core.search.actions import put_many
from kechuang.kit.refusal import Refusal

CHECK_SLICE, RUN_SLICE = 500, 200
# What a check notes of a row, by the types of the columns.
NOTED = {
    "outcome": "text",
    "code": "text",
    "title": "text",
    "link": "text",
    "errors": "jsonb",
    "notes": "jsonb",
    "changes": "jsonb",
    "listing": "bigint",
}
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
        judge = judging(batch, now)
        existing = judge.existing(rows)
        for row in rows:
            _note(row, judge, judge.judge(row, existing))
        _keep(rows)
    return bool(rows)


def _keep(rows: list[ImportRow]) -> None:
    """Save what was noted, in one statement: a CASE for each of 500 rows and 8 columns takes seconds."""
    noted = [{name: getattr(row, name) for name in ("id", *NOTED)} for row in rows]
    columns = ", ".join(f"{name} = noted.{name}" for name in NOTED)
    types = ", ".join(f"{name} {kind}" for name, kind in NOTED.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_importrow AS kept SET {columns} "  # noqa: S608 - names of columns
            f"FROM jsonb_to_recordset(%s) AS noted (id bigint, {types}) WHERE kept.id = noted.id",
            [json.dumps(noted, cls=DjangoJSONEncoder)],
        )


def _note(row: ImportRow, judge: Judging, judged: Judged) -> None:
    row.outcome, row.code, row.title, row.link = judged.outcome, judged.code[:60], judged.title[:120], judged.link[:200]
    row.errors = judge.describe(judged.errors, row)
    row.notes, row.changes, row.listing = judged.notes, judged.changes, judged.number


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
    judge = judging(batch, now)
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


def _enter_row(pk: int, judge: Judging, now: datetime) -> bool:
    """Enter one row in its own transaction; False when it is taken, done, or the import was stopped."""
    try:
        with transaction.atomic():
            rows = ImportRow.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.filter(pk=pk, entered_at=None, batch__state=State.RUNNING).first()
            if row is None:
                return False
            judged = judge.judge(row, judge.existing([row]))
            if judged.outcome != Outcome.ERROR:
                judged.number = judge.write(row, judged, now)
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


def _refused(pk: int, judge: Judging, errors: dict[str, str]) -> None:
    row = ImportRow.objects.get(pk=pk)
    row.outcome, row.errors = Outcome.ERROR, judge.describe(errors, row)
    row.save(update_fields=["outcome", "errors"])


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

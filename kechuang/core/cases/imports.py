"""批量导入写入 imports: read a file, confirm or cancel what its check has shown."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.audit.actions import record
from kechuang.core.cases import access
from kechuang.core.cases.import_columns import OWNER, RECORD, recognise
from kechuang.core.cases.import_queries import outcomes
from kechuang.core.cases.import_targets import Reading, target_of
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.documents.actions import clean_name
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.tables import Table, read
from kechuang.kit.xlsx_guard import Limits

INSERT = 500
GO_ON = "kechuang.core.cases.tasks.go_on"
State, Outcome = Import.State, ImportRow.Outcome


@transaction.atomic
def start_import(
    *,
    service: str,
    name: str,
    data: bytes,
    party: Party | None,
    by: Any,
    now: datetime,
    register: bool = False,
    submit: bool = False,
    industry: str = "",
    mend: bool = False,
) -> Import:
    """Read a file and keep its rows for the check; nothing is entered.

    ``register``: a city officer takes over a register; without ``party`` each row names its own. Raises Refusal for a
    file that cannot be read or whose columns are wrong, NotAllowed for the wrong role.
    """
    access.require_import(by, service, party, register=register)
    table = read(name, data, Limits(size=settings.IMPORT_MAX_BYTES))
    columns = recognise(service, table, given=[n for n, v in (("industry", industry), ("title", mend)) if v])
    batch = Import.objects.create(
        service=service,
        party=party,
        created_by=by,
        columns=columns,
        register=register,
        submit=submit and not register,
        industry=industry,
        mend=mend,
        created_at=now,
        format=table.kind,
        heads=list(table.heads),
        total=len(table.rows),
        **_facts(name, data),
    )
    ImportRow.objects.bulk_create(_rows(batch, table), batch_size=INSERT)
    return _kept(batch, by, now)


@transaction.atomic
def start_sheet_import(*, sheet: str, name: str, data: bytes, language: str, by: Any, now: datetime) -> Import:
    """Read a file of a list of the pages and keep its rows for the check; nothing is changed.

    ``language`` is that of the words in the file. Raises Refusal for a file that cannot be read or whose columns are
    wrong, NotAllowed for those who cannot change the list.
    """
    target = target_of(sheet)
    target.require(by, now)
    parts = target.read(name, data, Limits(size=settings.IMPORT_MAX_BYTES))
    batch = Import.objects.create(
        sheet=sheet,
        language=language,
        created_by=by,
        created_at=now,
        columns={str(p.part): list(p.columns) for p in parts},
        heads={str(p.part): list(p.table.heads) for p in parts},
        format=parts[0].table.kind,
        total=sum(len(p.table.rows) for p in parts),
        **_facts(name, data),
    )
    for part in parts:
        ImportRow.objects.bulk_create(_sheet_rows(batch, part), batch_size=INSERT)
    return _kept(batch, by, now)


def _sheet_rows(batch: Import, part: Reading) -> Iterable[ImportRow]:
    target = target_of(batch.sheet)
    names = dict(zip(part.table.heads, part.columns, strict=True))
    seen: dict[Any, int] = {}
    for row in part.table.rows:
        raw = {names[head]: value for head, value in row.values.items() if names[head]}
        key = target.key(part.part, raw)
        double = seen.get(key) if key is not None else None
        seen.setdefault(key, row.number)
        yield ImportRow(batch=batch, part=part.part, number=row.number, raw=raw, double=double)


def _kept(batch: Import, by: Any, now: datetime) -> Import:
    """Have the rows of a new import checked."""
    transaction.on_commit(lambda: later(batch.pk))
    record(batch, "upload", by=by, now=now, after={"name": batch.name, "sha256": batch.sha256, "rows": batch.total})
    return batch


def _facts(name: str, data: bytes) -> dict[str, Any]:
    """What the file itself says."""
    return {
        "name": clean_name(name) or "导入文件",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _rows(batch: Import, table: Table) -> Iterable[ImportRow]:
    names = dict(zip(table.heads, batch.columns, strict=True))
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        raw = {names[head]: value for head, value in row.values.items() if names[head]}
        number, code = str(raw.get(RECORD, "")).strip(), str(raw.get("code", "")).strip()
        keys = [("", number)] if number else []
        keys += [(str(raw.get(OWNER, "")).strip(), code)] if code else []
        double = next((seen[key] for key in keys if key in seen), None)
        seen |= {key: row.number for key in keys if key not in seen}
        yield ImportRow(batch=batch, number=row.number, raw=raw, double=double)


@transaction.atomic
def confirm(*, batch: Import, by: Any, now: datetime) -> Import:
    """Start entering what was checked; asked twice it runs once."""
    batch = _own(batch, by)
    if batch.state in (State.RUNNING, State.DONE):
        return batch
    if batch.state != State.CHECKED:
        raise Stale(_("这次导入%(state)s，不能开始。请重新上传文件。") % {"state": batch.get_state_display()})
    if not batch.created + batch.updated:
        raise Refusal(_("没有可以导入的行：都有错，或者没有变化。请改正后重新上传。"))
    if batch.sheet:
        target_of(batch.sheet).require(by, now)
    else:
        access.require_import(by, batch.service, batch.party, register=batch.register)
    batch.state, batch.started_at = State.RUNNING, now
    batch.save(update_fields=["state", "started_at"])
    transaction.on_commit(lambda: later(batch.pk))
    record(batch, "confirm", by=by, now=now, after={"create": batch.created, "update": batch.updated})
    return batch


@transaction.atomic
def cancel(*, batch: Import, by: Any, now: datetime) -> Import:
    """Stop an import; what has been entered stays. Asked twice it changes nothing."""
    batch = _own(batch, by)
    if batch.state == State.CANCELLED:
        return batch
    if batch.is_over:
        raise Stale(_("这次导入%(state)s，不能再取消。") % {"state": batch.get_state_display()})
    return end(batch, State.CANCELLED, by=by, now=now)


def _own(batch: Import, by: Any) -> Import:
    batch = Import.objects.select_for_update(of=("self",)).select_related("party").get(pk=batch.pk)
    if not access.view_import.check(by, batch):
        raise NotAllowed(_("只有上传的人可以确认或取消这次导入。"))
    return batch


def end(batch: Import, state: str, *, by: Any, now: datetime, note: str = "") -> Import:
    """Close an import that the caller has locked."""
    if batch.started_at:
        count(batch)
    batch.state, batch.finished_at, batch.note = state, now, note[:300]
    batch.save()
    done = batch.rows.exclude(entered_at=None).count()
    record(batch, state, by=by, now=now, after={"entered": done, "errors": batch.errors}, note=batch.note)
    return batch


@transaction.atomic
def fail(*, batch: Import, note: str, now: datetime) -> None:
    """Give an import up after a fault of the system; what has been entered stays."""
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.is_over:
        end(batch, State.FAILED, by=None, now=now, note=note)
        told(batch, f"“{batch.name}”的导入中断了。已导入的行有效，其余的可以重新上传。", now)


def count(batch: Import) -> None:
    """Set the counts from the rows; the caller saves."""
    found = outcomes(batch)
    batch.created, batch.updated = found[Outcome.CREATE], found[Outcome.UPDATE]
    batch.unchanged, batch.errors = found[Outcome.UNCHANGED], found[Outcome.ERROR]


def told(batch: Import, text: str, now: datetime) -> None:
    """Tell the person who uploaded the file."""
    tell(user=batch.created_by, text=text, url=f"/imports/{batch.pk}/", key=f"import:{batch.pk}:{batch.state}", now=now)


def later(pk: int) -> None:
    """Have the background task go on with an import, in the language of who asks; asked twice it goes on once."""
    try:
        app.configure_task(GO_ON, queueing_lock=f"import:{pk}").defer(pk=pk, language=get_language())
    except AlreadyEnqueued:
        return

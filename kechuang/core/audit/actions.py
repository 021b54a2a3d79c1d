"""留痕写入: append an event to the chain."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from kechuang.core.audit.models import Event

GENESIS = "0" * 64
# One lock for the whole chain: two writers must not both follow the same event.
_CHAIN_LOCK = 0x6B65_6375


def fingerprint(event: Event) -> str:
    """The SHA-256 of an event and of the event before it."""
    fields = [
        event.previous,
        event.at.astimezone().timestamp(),
        event.by_id,
        event.by_name,
        event.verb,
        event.subject,
        event.subject_id,
        event.before,
        event.after,
        event.note,
    ]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def record(
    subject: models.Model,
    verb: str,
    *,
    by: Any,
    now: datetime,
    before: Any = None,
    after: Any = None,
    note: str = "",
) -> Event:
    """Append an event about ``subject``; ``by`` is a user or None for the clock. Part of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = Event.objects.order_by("-id").values_list("hash", flat=True).first()
    known = by is not None and by.is_authenticated
    event = Event(
        at=now,
        by_id=by.pk if known else None,
        by_name=str(by) if known else "",
        verb=verb,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        before=_plain(before),
        after=_plain(after),
        note=note,
        previous=last or GENESIS,
    )
    event.hash = fingerprint(event)
    event.save(force_insert=True)
    return event


def _plain(value: Any) -> Any:
    """The value as it will come back from the database, so that its fingerprint can be checked."""
    return None if value is None else json.loads(json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True))

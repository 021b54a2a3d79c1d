"""主管部门作为主体 bureaus: the department in whose name something is held that no organisation has asked for."""

from datetime import datetime

from django.db import connection, transaction

from kechuang.core.audit.actions import record
from kechuang.core.parties.models import Party
from kechuang.core.vocab.queries import main_label
from kechuang.core.vocab.region import region

KIND = "government"
_BUREAU_LOCK = 0x6275_7265  # two visitors at once must not found two bureaus


@transaction.atomic
def bureau(*, district: str, now: datetime) -> Party:
    """The department of a district, else that of the city; one is entered by its name in the region where none is."""
    found = _known(district) or _known("")
    if found is not None:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BUREAU_LOCK])
    found = _known("")
    if found is not None:
        return found
    code = region()["authorities"]["lead"]
    made = Party.objects.create(
        kind=KIND, name=main_label("authority", code), district="", created_at=now, verified_at=now
    )
    record(made, "register", by=None, now=now, after={"authority": code})
    return made


def _known(district: str) -> Party | None:
    rows = Party.objects.filter(kind=KIND, district=district, verified_at__isnull=False)
    return rows.order_by("pk").first()

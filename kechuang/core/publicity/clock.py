"""公示时钟 clock: notices that have run to their end. Twice changes nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.publicity import queries
from kechuang.core.publicity.access import NOTICE
from kechuang.core.publicity.models import PublicNotice


def end_notices(*, now: datetime) -> int:
    """End the notices whose last day is over and that no objection stops; each in a transaction of its own."""
    return sum(_end(notice, now) for notice in list(queries.ended(timezone.localdate(now))))


@transaction.atomic
def _end(notice: PublicNotice, now: datetime) -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=notice.case_id)
    today = timezone.localdate(now)
    rows = PublicNotice.objects.filter(pk=notice.pk, until__lt=today)  # it may have been stopped and resumed meanwhile
    if case.state != NOTICE or not rows.update(over_on=today):
        return False
    advance(case=case, step="notice_over", by=None, now=now)
    return True

"""资格认定时钟 clock: returns what was not corrected in time, with the reason. Twice changes nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.services.recognition import queries
from kechuang.services.recognition.models import Application


def tick(*, now: datetime) -> int:
    """Each case in a transaction of its own."""
    return sum(_back(row, now) for row in list(queries.supplements_over(timezone.localdate(now))))


@transaction.atomic
def _back(row: Application, now: datetime) -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=row.case_id)
    if case.state != "supplement" or case.due_on is None or case.due_on >= timezone.localdate(now):
        return False
    words = f"{case.due_on} 前没有补正，已退回。申报期内补齐后可以重新提交，视同第一次申报。需要补正：{row.supplement}"
    advance(case=case, step="late", by=None, now=now, note=words)
    return True

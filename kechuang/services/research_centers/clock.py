"""云上研发中心时钟 clock: asks once a year for the confirmation of the last year. Running it twice changes nothing."""

from datetime import datetime

from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.dossier.facts import last_full_year
from kechuang.services.research_centers import queries


def tick(*, now: datetime) -> int:
    """Returns how many centres were asked."""
    today = timezone.localdate(now)
    due = list(queries.to_confirm(today))
    for center in due:
        note = f"请核对 {last_full_year(today)} 年的研发活动记录并确认。"
        advance(case=center.case, step="year_due", by=None, now=now, note=note)
    return len(due)

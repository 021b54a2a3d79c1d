"""结对时钟 clock: reports that fall due and periods that end. Running it twice changes nothing."""

from datetime import datetime

from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.services.pairings import queries


def tick(*, now: datetime) -> tuple[int, int]:
    """Returns how many reports were asked for and how many periods ended."""
    today = timezone.localtime(now).date()
    over = list(queries.periods_over(today))
    for pairing in over:
        note = f"结对期至 {pairing.ends_on}。"
        advance(case=pairing.case, step="period_over", by=None, now=now, note=note)
    due = list(queries.reports_due(today))
    for pairing in due:
        note = f"报告日期 {pairing.next_report_on}。"
        advance(case=pairing.case, step="report_due", by=None, now=now, note=note)
    return len(due), len(over)

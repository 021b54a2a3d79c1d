"""匹配任务: keep the stored matches fresh."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.matching.actions import refresh_stale


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="matching.refresh", lock="matching.refresh", pass_context=False)
def refresh(timestamp: int) -> None:
    """Refresh what changed on either side."""
    refresh_stale(now=timezone.now())  # noqa: TID251 - a task reads the clock

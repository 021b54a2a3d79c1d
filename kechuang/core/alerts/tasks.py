"""订阅任务: every five minutes, whatever is due."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.alerts.runs import find_strong, run_due, tell_strong


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="alerts.run", lock="alerts.run", pass_context=False)
def run(timestamp: int) -> None:
    """Saved searches whose turn it is; strong new matches."""
    now = timezone.now()  # noqa: TID251 - a task reads the clock
    run_due(now=now)
    find_strong(now=now)
    tell_strong(now=now)

"""走访任务: reminders of planned visits, proposals of joint ones. Run daily."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.visits.clock import tick


@app.periodic(cron="35 1 * * *")
@app.task(queueing_lock="visits.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Remind of visits, propose to go together."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

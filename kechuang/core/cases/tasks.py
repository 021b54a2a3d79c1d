"""办件任务: what the clock does to publications every day."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.cases.clock import tick


@app.periodic(cron="5 1 * * *")
@app.task(queueing_lock="cases.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Remind of listings that are about to expire; take expired ones off the market."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

"""联盟任务: activities that have ended. Run every hour."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.alliances.clock import tick


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="alliances.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """Ask the organisers of activities that have ended what came of them."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

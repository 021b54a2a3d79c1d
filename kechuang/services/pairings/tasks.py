"""结对任务: reports that fall due, periods that end. Run daily."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.pairings.clock import tick


@app.periodic(cron="15 1 * * *")
@app.task(queueing_lock="pairings.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Ask for reports that fall due; end periods that are over."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

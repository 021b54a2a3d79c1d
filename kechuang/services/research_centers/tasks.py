"""云上研发中心任务: the yearly confirmation falls due. Run daily."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.research_centers.clock import tick


@app.periodic(cron="25 1 * * *")
@app.task(queueing_lock="research_centers.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Ask for the confirmation of the last year."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

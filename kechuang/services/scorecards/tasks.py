"""国企创新评价任务: the clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.scorecards.clock import tick


@app.periodic(cron="35 6 * * *")
@app.task(queueing_lock="scorecards.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Remind, and close what nobody confirmed."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

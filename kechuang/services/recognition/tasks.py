"""资格认定任务: the clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.recognition.clock import tick


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="recognition.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """Return what was not corrected in time."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

"""梯度任务: reminders of certificates that end and of windows. Run daily."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.ladder.reminders import remind


@app.periodic(cron="20 1 * * *")
@app.task(queueing_lock="ladder.remind", pass_context=False)
def daily(timestamp: int) -> None:
    """Tell what is due on this day; after a kill it goes on where it stopped."""
    remind(now=timezone.now())  # noqa: TID251 - a task reads the clock

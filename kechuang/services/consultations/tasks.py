"""征求意见任务: reminders and ends of periods. Run every hour."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.consultations.clock import tick


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="consultations.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """Remind those invited; end the periods that are over."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

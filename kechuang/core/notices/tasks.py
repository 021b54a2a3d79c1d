"""通知任务: empty the outbox every minute; gather the daily digest."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.notices.actions import deliver_due
from kechuang.core.notices.digest import gather


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notices.deliver", pass_context=False)
def deliver(timestamp: int) -> None:
    """Send what waits in the outbox."""
    deliver_due(now=timezone.now(), site_url=settings.SITE_URL)  # noqa: TID251 - a task reads the clock


@app.periodic(cron="1 * * * *")
@app.task(queueing_lock="notices.digest", pass_context=False)
def digest(timestamp: int) -> None:
    """Gather the daily digest: at eight on working days, or as soon after as a worker is there."""
    gather(now=timezone.now())  # noqa: TID251 - a task reads the clock

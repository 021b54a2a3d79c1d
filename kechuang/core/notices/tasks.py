"""通知任务: empty the outbox every minute."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.notices.actions import deliver_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notices.deliver", pass_context=False)
def deliver(timestamp: int) -> None:
    """Send what waits in the outbox."""
    deliver_due(now=timezone.now(), site_url=settings.SITE_URL)  # noqa: TID251 - a task reads the clock

"""公示任务: the clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.publicity.clock import end_notices


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="publicity.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """End public notices that have run to their end."""
    end_notices(now=timezone.now())  # noqa: TID251 - a task reads the clock

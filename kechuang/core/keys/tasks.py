"""密钥任务: answers to repeated calls are forgotten after a day."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.core.keys.actions import forget_replies


@app.periodic(cron="40 2 * * *")
@app.task(queueing_lock="keys.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Delete what is older than a day."""
    forget_replies(now=timezone.now())  # noqa: TID251 - a task reads the clock

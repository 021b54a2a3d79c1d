"""白名单任务: the clock, and notices of a large version."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.credit import runs
from kechuang.services.credit.clock import tick

ATTEMPTS = 5


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="credit.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """Take out who is blocked; remind before the end."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.task(retry=ATTEMPTS)
def announce_list(pk: int) -> None:
    """Tell every firm whose group has changed."""
    runs.announce(pk, now=timezone.now())  # noqa: TID251 - a task reads the clock

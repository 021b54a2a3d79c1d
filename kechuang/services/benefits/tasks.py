"""兑付任务: the clock, large runs, large files of the bank."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.benefits import paying, runs
from kechuang.services.benefits.clock import tick

ATTEMPTS = 5


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="benefits.tick", pass_context=False)
def hourly(timestamp: int) -> None:
    """Let offers lapse, follow the payment orders."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.task(retry=ATTEMPTS)
def open_run(pk: int) -> None:
    """Ask every firm of a confirmed run."""
    runs.open_all(pk, now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.task(retry=ATTEMPTS)
def book_file(pk: int) -> None:
    """Book a large file of the bank."""
    paying.book(pk, now=timezone.now())  # noqa: TID251 - a task reads the clock

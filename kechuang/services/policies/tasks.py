"""政策任务: the clock of approvals."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.policies import approval


@app.periodic(cron="50 * * * *")
@app.task(queueing_lock="policies.approvals", pass_context=False)
def approvals(timestamp: int) -> None:
    """Versions that wait for approval find somebody who is there, who is reminded in time."""
    approval.tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

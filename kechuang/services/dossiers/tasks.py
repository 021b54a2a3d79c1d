"""档案任务: cases of disputes that imports or other rows have opened. Run every ten minutes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.dossiers.clock import tick


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="dossiers.tick", pass_context=False)
def often(timestamp: int) -> None:
    """Open a case for every organisation whose sources disagree; end those that are settled."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock

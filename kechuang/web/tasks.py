"""后台任务 tasks: background jobs that a killed worker left behind are given to another."""

import contextlib
import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

SILENT_SECONDS = 60  # without a heartbeat, after which a worker counts as dead
log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="web.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Put jobs of workers without heartbeat back into the queue; every task of ours can be run again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        log.warning("job %s of %s was left behind", job.id, job.task_name)
        with contextlib.suppress(ConnectorException):  # it has ended after all
            try:
                await manager.retry_job(job)
            except ConnectorException:  # the same work is already waiting again
                await manager.finish_job(job, status=Status.FAILED, delete_job=False)

"""办件任务: what the clock does every day; imports in the background."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kechuang.core.cases import imports
from kechuang.core.cases.clock import tick
from kechuang.core.cases.handover import sweep
from kechuang.core.cases.import_queries import unfinished
from kechuang.core.cases.import_work import work
from kechuang.core.cases.ladder import climb
from kechuang.core.cases.models import Import
from kechuang.core.cases.satisfaction import ask_ended

ATTEMPTS = 5


@app.periodic(cron="5 1 * * *")
@app.task(queueing_lock="cases.tick", pass_context=False)
def daily(timestamp: int) -> None:
    """Remind of listings that are about to expire; take expired ones off the market."""
    tick(now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.periodic(cron="35 0 * * *")
@app.task(queueing_lock="cases.sweep", pass_context=False)
def assign_anew(timestamp: int) -> None:
    """Waits of those who are away, are back, or may no longer act, go to the right person."""
    sweep(now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.periodic(cron="35 * * * *")
@app.task(queueing_lock="cases.hourly", pass_context=False)
def hourly(timestamp: int) -> None:
    """Take untouched cases up the ladder, tell of broken promises, ask about what has ended; each once."""
    now = timezone.now()  # noqa: TID251 - a task reads the clock
    climb(now=now)
    ask_ended(now=now)


@app.task(retry=ATTEMPTS, pass_context=True)
def go_on(context: JobContext, pk: int, language: str | None = None) -> None:
    """Do the next slice of an import and come back for more; after several faults give it up.

    What is found wrong is written in the language of the person who uploaded the file: nobody else reads it.
    """
    batch = Import.objects.select_related("party", "created_by").get(pk=pk)
    now = timezone.now()  # noqa: TID251 - a task reads the clock
    with override(language or settings.LANGUAGE_CODE):
        try:
            more = work(batch, now=now)
        except Exception as error:
            if context.job and context.job.attempts >= ATTEMPTS:
                imports.fail(batch=batch, note=f"系统错误：{type(error).__name__}", now=now)
            raise
        if more:
            imports.later(pk)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.imports", pass_context=False)
def resume_imports(timestamp: int) -> None:
    """Go on with imports that a crash has left without a task."""
    live = ProcrastinateJob.objects.filter(task_name=imports.GO_ON, status__in=("todo", "doing"))
    cared_for = set(live.values_list("queueing_lock", flat=True))
    for pk in unfinished().values_list("pk", flat=True):
        if f"import:{pk}" not in cared_for:
            imports.later(pk)

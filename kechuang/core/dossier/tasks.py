"""档案任务: files of yearly figures are checked and entered in the background."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.dossier import bulk
from kechuang.core.dossier.models import FigureFile


@app.task(retry=5, pass_context=False)
def go_on(pk: int) -> None:
    """Check or enter a file to the end. After a kill it is started again and goes on where it stopped."""
    found = FigureFile.objects.filter(pk=pk).first()
    if found is not None:
        bulk.work(found, timezone.now())  # noqa: TID251 - a task reads the clock


def later(pk: int) -> None:
    """Let the background go on with a file."""
    try:
        with transaction.atomic():
            go_on.configure(queueing_lock=f"dossier.file:{pk}").defer(pk=pk)
    except AlreadyEnqueued:
        return

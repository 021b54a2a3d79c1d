"""导入查询: a person's imports, how far one has come, its rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.cases import access
from kechuang.core.cases.models import Import, ImportRow

FILTERS = tuple(o for o in ImportRow.Outcome if o)


@dataclass(frozen=True)
class Progress:
    """进度: rows handled in the present phase, of how many."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """The share in whole percent."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def left(self) -> int:
        """Rows that have not been handled."""
        return self.total - self.done


def imports_of(user: Any) -> QuerySet[Import]:
    """The user's own imports, newest first."""
    return access.view_import.filter(user, Import.objects.select_related("party", "created_by"))


def outcomes(batch: Import) -> dict[str, int]:
    """How many rows there are of each outcome."""
    counted = dict(batch.rows.order_by().values_list("outcome").annotate(n=Count("pk")))
    return {str(o): counted.get(o, 0) for o in ImportRow.Outcome}


def progress(batch: Import) -> Progress:
    """How far the check or the run has come."""
    if batch.state == Import.State.READ:
        return Progress(batch.rows.exclude(outcome=ImportRow.Outcome.WAITING).count(), batch.total)
    entered = batch.rows.exclude(entered_at=None).count()
    wrong = batch.rows.filter(outcome=ImportRow.Outcome.ERROR).count()
    return Progress(entered + wrong, batch.total)


def rows_of(batch: Import, outcome: str = "") -> QuerySet[ImportRow]:
    """The rows that have been checked, in the order of the file, all or of one outcome."""
    rows = batch.rows.exclude(outcome=ImportRow.Outcome.WAITING)
    return rows.filter(outcome=outcome) if outcome in FILTERS else rows


def unfinished() -> QuerySet[Import]:
    """Imports with something left for the background task."""
    rows = ImportRow.objects.filter(unindexed=True).values("batch")
    return Import.objects.filter(Q(state__in=[Import.State.READ, Import.State.RUNNING]) | Q(pk__in=rows))


def same_file(batch: Import) -> Import | None:
    """An earlier import of the same user with the same content, if there is one that entered anything."""
    about = {"service": batch.service, "sheet": batch.sheet}
    earlier = Import.objects.filter(created_by=batch.created_by_id, sha256=batch.sha256, **about)
    return earlier.filter(pk__lt=batch.pk, state=Import.State.DONE).order_by("-pk").first()

"""留痕查询: the history of a record, and the check of the chain."""

from django.db.models import Model, QuerySet

from kechuang.core.audit.models import Event


def history(subject: Model) -> QuerySet[Event]:
    """All events about one record, oldest first."""
    return Event.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk)

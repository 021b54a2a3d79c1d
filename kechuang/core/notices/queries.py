"""通知查询."""

from typing import Any

from django.db.models import QuerySet

from kechuang.core.notices.models import Notice


def notices_of(user: Any) -> QuerySet[Notice]:
    """What the user was told, newest first."""
    return Notice.objects.filter(user=user) if user.is_authenticated else Notice.objects.none()


def unread(user: Any) -> int:
    """How many notices the user has not read."""
    return notices_of(user).filter(read_at=None).count()

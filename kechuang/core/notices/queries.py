"""通知查询."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from kechuang.core.notices.models import Delivery, Notice, Preference


def notices_of(user: Any) -> QuerySet[Notice]:
    """What the user was told, newest first."""
    return Notice.objects.filter(user=user) if user.is_authenticated else Notice.objects.none()


def unread(user: Any) -> int:
    """How many notices the user has not read."""
    return notices_of(user).filter(read_at=None).count()


def wants_digest(user: Any) -> bool:
    """Whether the user chose to get everything in one mail a day."""
    return Preference.objects.filter(user=user, daily=True).exists()


def language_of(user: Any) -> str:
    """The language that the person chose for the interface."""
    chosen = Preference.objects.filter(user=user).values_list("language", flat=True).first()
    return chosen or str(settings.LANGUAGE_CODE)


def told(keys: Collection[str]) -> set[tuple[int, str]]:
    """Who was told which of these things already: pairs of the user's number and the key."""
    return set(Notice.objects.filter(key__in=keys).values_list("user_id", "key"))


def undigested(until: datetime) -> QuerySet[Notice]:
    """What the next digests must say: daily notices up to then, and those whose own mail could not be delivered.

    What a person has read on the site meanwhile needs no mail.
    """
    failed = Delivery.objects.filter(channel=Delivery.Channel.EMAIL, state=Delivery.State.FAILED, digest=None)
    rows = Notice.objects.filter(Q(daily=True) | Q(pk__in=failed.values("notice_id")))
    return rows.filter(at__lte=until, read_at=None, digest=None, user__is_active=True).exclude(user__email="")

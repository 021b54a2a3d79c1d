"""密钥查询."""

from typing import Any

from django.db.models import QuerySet

from kechuang.core.keys import access
from kechuang.core.keys.models import ApiKey


def keys_of(user: Any) -> QuerySet[ApiKey]:
    """The user's keys, those in force first."""
    rows = access.own_key.filter(user, ApiKey.objects.select_related("party"))
    return rows.order_by("-revoked_at", "-created_at", "-id")

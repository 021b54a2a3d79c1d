"""浏览 attention: how often listings were looked at, by day; counted for their owners and the officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from kechuang.core.market.models import DayViews, Need, Offer

RECENT_DAYS = 30


@dataclass(frozen=True)
class Views:
    """浏览次数: of the last 30 days (today included), and of all time."""

    recent: int = 0
    total: int = 0


def views_of(model: type[Offer] | type[Need], numbers: Sequence[int], today: date) -> dict[int, Views]:
    """The views of several offers or needs; those that nobody has looked at are left out."""
    column = "need" if model is Need else "offer"
    rows = DayViews.objects.filter(**{f"{column}__in": numbers}).order_by().values_list(column)
    since = today - timedelta(days=RECENT_DAYS - 1)
    sums = rows.annotate(recent=Sum("number", filter=Q(day__gte=since), default=0), total=Sum("number", default=0))
    return {pk: Views(recent, total) for pk, recent, total in sums}

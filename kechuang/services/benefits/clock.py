"""兑付时钟 clock: offers that nobody confirmed, orders that moved on. Twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.services.benefits import queries
from kechuang.services.benefits.models import Benefit

# What becomes of a case when its order has moved: the order's state, and the case's states in which it matters.
_FOLLOWS = {
    "paid": ("pay", ("paying",)),
    "returned": ("bank_returned", ("paying", "paid")),
    "cancelled": ("order_ended", ("paying",)),
}


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    lapsed: int
    settled: int


def tick(*, now: datetime) -> Ticked:
    """Each case in a transaction of its own."""
    today = timezone.localdate(now)
    lapsed = sum(_move(row, "lapse", ("offered",), now) for row in list(queries.offers_over(today)))
    return Ticked(lapsed, sum(follow(row, now=now) for row in list(queries.unsettled())))


def follow(benefit: Benefit, *, now: datetime) -> bool:
    """Move the case on as far as its order has come."""
    order = queries.order_of(benefit)
    if order is None or order.state not in _FOLLOWS:
        return False
    step, states = _FOLLOWS[order.state]
    words = f"{order} {order.paid_on or ''}{order.ended_for}".strip()
    return _move(benefit, step, states, now, words)


@transaction.atomic
def _move(benefit: Benefit, step: str, states: tuple[str, ...], now: datetime, note: str = "") -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=benefit.case_id)
    if case.state not in states:
        return False
    advance(case=case, step=step, by=None, now=now, note=note)
    return True

"""兑付时钟 clock: offers and corrections whose time is over, orders that moved on. Twice changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance, people_of
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.text import noop
from kechuang.services.benefits import queries
from kechuang.services.benefits.models import Benefit

# What becomes of a case when its order has moved: the order's state, and the case's states in which it matters.
_FOLLOWS = {
    "paid": ("pay", ("paying",)),
    "returned": ("bank_returned", ("paying", "paid")),
    "cancelled": ("order_ended", ("paying",)),
}
REMIND_DAYS = 2  # working days before the time of the firm is over; our own choice
HEADING = noop("政策兑现")
# What waits for the firm: the step that the clock takes when the time is over, its reason, and what the firm is told.
_ENDS = {
    "offered": ("lapse", "", "逾期未确认视为放弃"),
    "supplement": ("late", "late", "逾期未补正将不予兑付"),
}


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    lapsed: int
    settled: int
    late: int = 0
    reminded: int = 0


def tick(*, now: datetime) -> Ticked:
    """Each case in a transaction of its own."""
    today = timezone.localdate(now)
    ended = {state: sum(_expire(row, state, now) for row in list(queries.over(state, today))) for state in _ENDS}
    soon = calendar().after(today, REMIND_DAYS)
    reminded = sum(_remind(row.case, today, now) for row in list(queries.due(tuple(_ENDS), soon)))
    settled = sum(follow(row, now=now) for row in list(queries.unsettled()))
    return Ticked(ended["offered"], settled, ended["supplement"], reminded)


def _expire(benefit: Benefit, state: str, now: datetime) -> bool:
    step, reason, _words = _ENDS[state]
    return _move(benefit, step, (state,), now, f"期限 {benefit.case.due_on}" if reason else "", reason)


def _remind(case: Case, today: date, now: datetime) -> bool:
    if case.due_on is None or case.due_on < today:
        return False
    words = f"“{case.title}”请于 {case.due_on} 前办理，{_ENDS[case.state][2]}。"
    key, url = f"benefit:{case.pk}:{case.state}:{case.due_on}", f"/cases/{case.pk}/"
    told = [tell(user=u, text=words, url=url, key=key, now=now, digest=True, heading=HEADING) for u in people_of(case)]
    return any(notice is not None for notice in told)


def follow(benefit: Benefit, *, now: datetime) -> bool:
    """Move the case on as far as its order has come."""
    order = queries.order_of(benefit)
    if order is None or order.state not in _FOLLOWS:
        return False
    step, states = _FOLLOWS[order.state]
    words = f"支付令 {order}，{order.paid_on} 付出" if order.state == "paid" else f"支付令 {order}：{order.ended_for}"
    return _move(benefit, step, states, now, words)


@transaction.atomic
def _move(
    benefit: Benefit, step: str, states: tuple[str, ...], now: datetime, note: str = "", reason: str = ""
) -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=benefit.case_id)
    if case.state not in states:
        return False
    advance(case=case, step=step, by=None, now=now, note=note, reason=reason)
    return True

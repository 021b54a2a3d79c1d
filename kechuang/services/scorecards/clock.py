"""评价时钟 clock: reminders before the deadline, and after it the file as it is. Twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance, people_of
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.services.scorecards import queries
from kechuang.services.scorecards.models import Card


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    reminded: int
    overdue: int


def tick(*, now: datetime) -> Ticked:
    """Each card in a transaction of its own."""
    today = timezone.localdate(now)
    reminded = overdue = 0
    for card in list(queries.unconfirmed()):
        if card.case.due_on is not None and card.case.due_on < today:
            overdue += _close(card.case_id, now)
        elif (mark := queries.to_remind(card, today)) is not None:
            reminded += _remind(card, mark, now)
    return Ticked(reminded, overdue)


@transaction.atomic
def _close(pk: int, now: datetime) -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
    if case.state not in queries.WAITING:
        return False
    advance(case=case, step="overdue", by=None, now=now)
    return True


def _remind(card: Card, mark: int, now: datetime) -> bool:
    case = card.case
    text = f"{card.round.year} 年国企创新评价的数据请在 {case.due_on} 前确认；逾期按企业档案现有数据计算。"
    key = f"scorecard:{case.pk}:{case.state}:{mark}"
    told = [tell(user=user, text=text, url=f"/cases/{case.pk}/", key=key, now=now) for user in people_of(case)]
    return any(one is not None for one in told)

"""白名单时钟 clock: who is blocked leaves at once; officers are told before a version ends. Twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.core.parties.queries import officers
from kechuang.services.credit import queries, runs

REMIND_DAYS = 14


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    left: int
    reminded: int


def tick(*, now: datetime) -> Ticked:
    """Entries that a decision ends; versions that end soon."""
    today = timezone.localdate(now)
    found = queries.current(today)
    if found is None:
        return Ticked(0, 0)
    left, reminded = runs.leave_blocked(found, now=now), 0
    if found.valid_until - timedelta(days=REMIND_DAYS) <= today:
        text = f"科技信贷白名单第 {found.number} 版 {found.valid_until} 起失效，请运行并审定新的一版。"
        for user in User.objects.filter(pk__in=officers("").filter(district="").values("user")):
            told = tell(user=user, text=text, url="/credit/lists/", key=f"credit:{found.pk}:ends", now=now, digest=True)
            reminded += told is not None
    return Ticked(left, reminded)

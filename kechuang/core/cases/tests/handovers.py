"""交接的场面 builders: drafts and submitted cases of one person, a hand-over, a team."""

from typing import Any

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import Moves, hand_over
from kechuang.core.cases.models import Case
from kechuang.core.notices.models import Notice
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import User
from kechuang.core.taskforces.actions import create_team, seat
from kechuang.core.taskforces.models import TaskForce
from tests.city import NOW, City, listing

TODAY = NOW.date()


one = pytest.mark.django_db


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("text", flat=True))


def drafts(city: City, n: int) -> list[Case]:
    return [listing(city, "needs", title=f"第 {i} 项等待处理的需求")[1] for i in range(n)]


def submitted(city: City, n: int) -> list[Case]:
    return [advance(case=case, step="submit", by=city.engineer, now=NOW) for case in drafts(city, n)]


def give(giver: User, receiver: User, by: User | None = None, **more: Any) -> Moves:
    return hand_over(
        **{"giver": giver, "receiver": receiver, "cases": None, "note": "调岗", "by": by or giver, "now": NOW} | more
    )


def team_of(city: City, *brokers: User) -> TaskForce:
    team = create_team(
        code="t", name="示例服务专班", section="", industry=[], districts=[], platform=None, by=city.officer, now=NOW
    )
    for broker in brokers:
        appoint(user=broker, role="broker", by=None, now=NOW)
        seat(task_force=team, user=broker, role="broker", by=city.officer, now=NOW)
    return team

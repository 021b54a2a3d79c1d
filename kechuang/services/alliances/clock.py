"""联盟时钟 clock: activities that have ended wait for their outcome. Running it twice changes nothing."""

from datetime import datetime

from kechuang.core.cases.actions import advance
from kechuang.services.alliances import queries


def tick(*, now: datetime) -> int:
    """Returns how many activities have ended since the last run."""
    ended = list(queries.over(now))
    for activity in ended:
        advance(case=activity.case, step="over", by=None, now=now)
    return len(ended)

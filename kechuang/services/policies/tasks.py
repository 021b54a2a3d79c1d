"""政策任务: the clock of approvals, news for subscribers, the addresses of the sources."""

import urllib.error
import urllib.request

from django.utils import timezone
from procrastinate.contrib.django import app

from kechuang.services.policies import approval, caring, news


@app.periodic(cron="50 * * * *")
@app.task(queueing_lock="policies.approvals", pass_context=False)
def approvals(timestamp: int) -> None:
    """Versions that wait for approval find somebody who is there, who is reminded in time."""
    approval.tick(now=timezone.now())  # noqa: TID251 - a task reads the clock


@app.periodic(cron="30 7 * * *")
@app.task(queueing_lock="policies.news", pass_context=False)
def daily_news(timestamp: int) -> None:
    """Tell subscribers what is new."""
    news.tell_news(now=timezone.now())  # noqa: TID251 - a task reads the clock


def opened(url: str) -> int | None:
    """The status with which an address answers; None where it cannot be reached, which may be our own net."""
    if not url.startswith(("https://", "http://")):
        return None
    asked = urllib.request.Request(url, headers={"User-Agent": "Kechuang link check"})  # noqa: S310 - scheme checked
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except (OSError, ValueError):
        return None


@app.periodic(cron="15 3 * * *")
@app.task(queueing_lock="policies.links", pass_context=False)
def nightly_links(timestamp: int) -> None:
    """Open the addresses of the sources."""
    caring.check_links(fetch=opened, now=timezone.now())  # noqa: TID251 - a task reads the clock

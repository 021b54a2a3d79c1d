"""经纪人工作台 workbench: one's cases by clock, the pairs that wait for a verdict, one's own load."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils import timezone

from kechuang.core.cases import caseload
from kechuang.core.market.models import Need
from kechuang.core.matching import judging
from kechuang.web.browse import Page

PAGE = 20
SCOPES = {"mine": caseload.mine, "team": caseload.of_teams}
NEXT_NEEDS = 5


@dataclass(frozen=True)
class Workbench:
    """工作台页: the list that is open with its page, the counts of both, what to judge, one's own figures."""

    scope: str
    sort: str
    counts: dict[str, int]
    rows: list[caseload.Followed]
    page: Page
    load: list[caseload.Load]
    most: int
    waiting: int
    needs: list[Need]
    week: judging.Tally
    today: judging.Tally


def workbench(user: Any, parameters: QueryDict, now: datetime, today: date) -> Workbench:
    """The page of a broker or officer; unknown lists and orders in the address are ignored."""
    scope = parameters.get("scope", "")
    scope = scope if scope in SCOPES else "mine"
    sort = parameters.get("sort", "")
    sort = sort if sort in caseload.SORTS else "due"
    pages = Paginator(SCOPES[scope](user).order_by(*caseload.SORTS[sort]), PAGE)
    here = pages.get_page(parameters.get("page", "1"))
    load = caseload.load(user)
    return Workbench(
        scope=scope,
        sort=sort,
        counts={name: rows(user).count() for name, rows in SCOPES.items()},
        rows=caseload.followed(list(here), today),
        page=Page(here.number, pages.num_pages),
        load=load,
        most=max((row.count for row in load), default=0),
        waiting=judging.open_count(user),
        needs=_next_needs(user, now),
        week=judging.tally(user, _midnight(now) - timedelta(days=today.weekday())),
        today=judging.tally(user, _midnight(now)),
    )


def _next_needs(user: Any, now: datetime) -> list[Need]:
    """The needs whose pairs come next, for a look at all their candidates side by side."""
    numbers = list(dict.fromkeys(need for need, _ in judging.queue(user, now, limit=NEXT_NEEDS * judging.PER_NEED)))
    found = Need.objects.select_related("party").in_bulk(numbers)
    return [found[n] for n in numbers[:NEXT_NEEDS]]


def today_so_far(user: Any, now: datetime) -> int:
    """How many verdicts the user has given today."""
    return judging.tally(user, _midnight(now)).total


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)

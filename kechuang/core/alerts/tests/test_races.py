"""同时: a button pressed twice, two workers at once, a deletion while a mail is being made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kechuang.core.alerts import actions
from kechuang.core.alerts.models import Pair, SavedSearch, Told
from kechuang.core.alerts.runs import find_strong, run_due, tell_strong
from kechuang.core.matching.models import Match
from kechuang.core.notices.models import Notice
from tests.city import NOW, City, published

pytestmark = pytest.mark.django_db(transaction=True)
SOON = NOW + timedelta(minutes=20)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    def closed(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [f.result() for f in [pool.submit(closed, call) for call in calls]]


def save(city: City) -> tuple[SavedSearch, bool]:
    return actions.save_search(
        text="", kinds=["achievements"], facets={}, name="新成果", by=city.engineer, now=NOW, frequency="at_once"
    )


def test_a_button_pressed_twice_saves_one_search(live_city: City) -> None:
    found = at_once(*[lambda: save(live_city)] * 4)
    assert len({search.pk for search, _ in found}) == 1
    assert sorted(new for _, new in found) == [False, False, False, True]


def test_two_workers_tell_once(live_city: City) -> None:
    save(live_city)
    offer, _ = published(live_city, "achievements")
    need, _ = published(live_city, "needs")
    assert sum(at_once(*[lambda: run_due(now=SOON)] * 3)) == 1
    Match.objects.create(need=need, offer=offer, score=90, reasons=[], engine="test", at=NOW)
    at_once(*[lambda: find_strong(now=SOON)] * 3)
    at_once(*[lambda: tell_strong(now=SOON)] * 3)
    assert (Pair.objects.count(), Told.objects.count()) == (1, 3)
    keys = [n.key.partition(":")[0] for n in Notice.objects.filter(user=live_city.engineer)]
    assert sorted(k for k in keys if k in ("search", "match")) == ["match", "search"]


def test_who_deletes_a_search_while_it_runs_gets_one_mail_or_none(live_city: City) -> None:
    search, _ = save(live_city)
    published(live_city, "achievements")
    at_once(
        lambda: run_due(now=SOON),
        lambda: actions.end_search(search=search, by=live_city.engineer, now=SOON),
    )
    assert Notice.objects.filter(key__startswith="search:").count() <= 1
    assert run_due(now=SOON + timedelta(hours=1)) == 0
    assert SavedSearch.objects.get().ended_at == SOON

"""结对的权限与公示"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kechuang.core.cases.access import view_case
from kechuang.core.cases.actions import advance
from kechuang.core.cases.queries import publication_case, said
from kechuang.core.market.models import Offer
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.pairings import queries
from kechuang.services.pairings.models import Pairing
from kechuang.services.pairings.tests.scenes import asked, platform
from kechuang.web.casework import case_page
from tests.city import NOW, City, build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("engineer", True),
        ("colleague", True),
        ("professor", True),
        ("officer", True),
        ("district_officer", True),
        ("broker", False),
        ("expert", False),
        ("stranger", False),
    ],
)
def test_who_sees_a_pairing(name: str, sees: bool) -> None:
    city = build()
    pairing = asked(city, platform(city))
    user = city.people()[name]
    assert (view_case.check(user, pairing.case), pairing in queries.pairings(user)) == (sees, sees)


@pytest.mark.parametrize(("name", "may"), [("engineer", False), ("professor", True), ("officer", False)])
def test_only_the_platform_answers(name: str, may: bool) -> None:
    city = build()
    case = asked(city, platform(city)).case
    if may:
        advance(case=case, step="talk", by=city.people()[name], now=NOW, note="周四。")
    else:
        with pytest.raises(NotAllowed):
            advance(case=case, step="talk", by=city.people()[name], now=NOW, note="周四。")


def test_only_enterprises_pair_and_nobody_with_herself() -> None:
    city = build()
    offer = platform(city)
    with pytest.raises(Refusal, match="本单位自己的平台"):
        asked(city, offer, "question", party=city.university, by=city.professor)
    city.company.kind = "institute"
    city.company.save()
    with pytest.raises(Refusal, match="结对共建由企业提出"):
        asked(city, offer)
    assert asked(city, offer, "question").kind == "question"


def test_the_answering_time_is_shown_from_five_answers_on_and_counts_working_days() -> None:
    city = build()
    offer = platform(city)
    for days in (1, 2, 5, 6, 7):
        found = asked(city, offer, "question")
        later = NOW + timedelta(days=days)
        if days == 7:
            before = queries.answering([offer], later)[offer.pk]
            assert (before.days, before.answers) == (None, 4)
        advance(case=found.case, step="answer", by=city.professor, now=later, note="好。")
    asked(city, offer, "question")  # waits: not counted
    # from Wednesday 18 November: Thursday 1, Friday 2, Monday 3, Tuesday 4, Wednesday 5
    found_now = queries.answering([offer], NOW + timedelta(days=8))[offer.pk]
    assert (found_now.days, found_now.answers) == (3, 5)


def test_two_colleagues_who_ask_at_once_open_one_pairing(live_city: City) -> None:
    city = live_city
    offer = platform(city)
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def ask(user: Any) -> None:
        together.wait()
        try:
            outcomes.append(asked(city, Offer.objects.get(pk=offer.pk), by=user))
        except Refusal as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in (city.engineer, city.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Pairing.objects.count() == 1
    assert sum(isinstance(o, str) and "已有进行中的结对" in o for o in outcomes) == 1


def test_before_a_platform_is_withdrawn_its_page_says_which_requests_end_with_what_words() -> None:
    city = build()
    offer = platform(city)
    waiting, running = asked(city, offer), asked(city, platform(city, title="示例另一个中试基地"))
    publication = publication_case(offer)
    assert publication is not None
    page = case_page(city.professor, publication, NOW, NOW.date())
    assert "withdraw" in page.closing
    words = "“示例封装中试基地”已下架，不能继续。可以直接联系对方，或者另选一家。"
    assert [(e.service, e.count, e.words, e.shown) for e in page.endings] == [("pairings", 1, words, [waiting.case])]
    assert case_page(city.broker, publication, NOW, NOW.date()).endings == []  # not for those who take no part
    advance(case=publication, step="withdraw", by=city.professor, now=NOW, reason="other")
    for pairing, state in ((waiting, "closed"), (running, "asked")):
        pairing.case.refresh_from_db()
        assert pairing.case.state == state
    assert said(waiting.case) == words

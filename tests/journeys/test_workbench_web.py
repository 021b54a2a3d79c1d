"""经纪人工作台 through HTTP: cases by clock, verdicts as JSON and as forms, several at once, weights."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.models import Case, Contact
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.models import Judgement, Match, Passed, Weights
from kechuang.core.matching.score import WEIGHTS
from kechuang.core.matching.weighting import in_force
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.web import clock
from tests.city import NOW, City, listing, published

JSON = {"Accept": "application/json"}


@pytest.fixture
def market(city: City) -> tuple[City, Need, list[Offer]]:
    """A need with three stored matches."""
    need, _ = published(city, "needs")
    offers = [published(city, "achievements", code=f"c{n}", title=f"第 {n} 项封装工艺")[0] for n in range(3)]
    for n, offer in enumerate(offers):
        Match.objects.create(need=need, offer=offer, score=80 - n, reasons=[], features={}, engine="score-2", at=NOW)
    return city, need, offers


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_verdict_by_script_is_answered_with_the_count_of_today_and_may_be_repeated(
    market: tuple[City, Need, list[Offer]],
) -> None:
    city, need, offers = market
    client = signed_in(city.broker)
    url = reverse("judge_pair", args=[need.pk, offers[0].pk])
    for _ in range(2):  # sent again after a lost answer
        answer = client.post(url, {"verdict": "unfit", "reason": "immature"}, headers=JSON)
        assert (answer.status_code, answer.json()) == (200, {"today": 1})
    assert list(Judgement.objects.values_list("offer", "fits", "reason")) == [(offers[0].pk, False, "immature")]
    assert client.post(url, {"verdict": "undo"}, headers=JSON).json() == {"today": 0}
    assert not Judgement.objects.exists()


@pytest.mark.parametrize("data", [{}, {"verdict": "unfit"}, {"verdict": "unfit", "reason": "no"}, {"verdict": "x"}])
def test_what_is_not_a_verdict_is_refused_in_words(
    market: tuple[City, Need, list[Offer]], data: dict[str, str]
) -> None:
    city, need, offers = market
    client = signed_in(city.broker)
    url = reverse("judge_pair", args=[need.pk, offers[0].pk])
    answer = client.post(url, data, headers=JSON)
    assert answer.status_code == 409
    assert "请选择" in answer.json()["error"]
    assert "请选择" in client.post(url, data, follow=True).content.decode()
    assert not Judgement.objects.exists()


def test_the_queue_leaves_out_what_the_page_has_and_damaged_lists_do_no_harm(
    market: tuple[City, Need, list[Offer]],
) -> None:
    city, need, offers = market
    client = signed_in(city.broker)
    held = f"{need.pk}-{offers[0].pk},{need.pk}-{offers[1].pk},x,1-2-3,-,²-1"
    found = client.get(reverse("judge_queue"), {"without": held}).json()
    assert found == {"pairs": [[need.pk, offers[2].pk]], "undecided": 3}
    part = client.get(reverse("judge_pair", args=[need.pk, offers[2].pk]), {"part": "1"}).content.decode()
    assert "<html" not in part
    assert "第 2 项封装工艺" in part
    assert client.get(reverse("judge_pair", args=[10**18, 10**30])).status_code == 404


def test_several_refused_without_a_reason_stay_ticked_and_nothing_is_kept(
    market: tuple[City, Need, list[Offer]],
) -> None:
    city, need, offers = market
    client = signed_in(city.broker)
    url = reverse("candidates", args=[need.pk])
    numbers = [str(o.pk) for o in offers[:2]]
    answer = client.post(url, {"offer": numbers, "reason": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "请选择不合适的原因" in page
    assert page.count(" checked") == 2
    assert "请先勾选" in client.post(url, {"reason": "known"}).content.decode()
    assert "已经不在了" in client.post(url, {"fits": "999999"}).content.decode()
    assert not Judgement.objects.exists()
    assert "2 项已判不合适" in client.post(url, {"offer": numbers, "reason": "known"}, follow=True).content.decode()
    assert Judgement.objects.filter(reason="known").count() == 2


def test_my_cases_stand_by_their_clock_and_those_of_my_team_in_a_list_of_their_own(city: City) -> None:
    now = clock.now()
    team = TaskForce.objects.create(code="t1", name="示例专班")
    Seat.objects.create(task_force=team, role="broker", user=city.broker, since=NOW)
    rows = []
    for number in range(3):
        _, case = listing(city, "needs", title=f"第 {number} 件", code=f"k{number}")
        rows.append(case)
    quiet, busy, other = rows
    set_ = Case.objects.filter
    set_(pk=quiet.pk).update(owner="officer", state="submitted", assignee=city.broker, touched_at=now - timedelta(60))
    set_(pk=busy.pk).update(
        owner="officer", state="submitted", assignee=city.broker, touched_at=now, due_on=clock.today()
    )
    set_(pk=other.pk).update(owner="officer", state="submitted", assignee=city.officer, task_force=team)
    Contact.objects.create(case=quiet, at=NOW, by=city.broker, person="示例", channel="x", result="x",
                           next_on=clock.today() - timedelta(1))  # fmt: skip
    client = signed_in(city.broker)
    page = client.get("/workbench/").content.decode()
    assert page.index("第 1 件") < page.index("第 0 件")  # the one with a due date first
    assert "第 2 件" not in page
    by_clock = client.get("/workbench/?sort=untouched").content.decode()
    assert by_clock.index("第 0 件") < by_clock.index("第 1 件")
    assert "0 个工作日" in by_clock
    assert "已过" in by_clock
    team_page = client.get("/workbench/?scope=team").content.decode()
    assert "第 2 件" in team_page
    assert "第 0 件" not in team_page
    assert client.get("/workbench/?scope=no&sort=no&page=x").status_code == 200
    assert "第 0 件" not in signed_in(city.officer).get("/workbench/").content.decode()


def test_the_workbench_counts_my_own_verdicts_only(market: tuple[City, Need, list[Offer]]) -> None:
    city, need, offers = market
    now = clock.now()
    Judgement.objects.create(need=need, offer=offers[0], by=city.broker, fits=True, at=now)
    Judgement.objects.create(need=need, offer=offers[1], by=city.officer, fits=True, at=now)
    Passed.objects.create(need=need, offer=offers[2], by=city.broker, at=now)
    page = signed_in(city.broker).get("/workbench/").content.decode()
    assert "1 对：合适 1，不合适 0；另跳过 1" in page


def test_an_officer_of_the_city_adopts_a_better_version_and_goes_back(city: City) -> None:
    Weights.objects.create(
        version=1, weights=dict(WEIGHTS) | {"meaning": 0.5}, before=dict(WEIGHTS), figures={"obstacles": ["没有胜过"]},
        report="报告全文", better=True, trained_at=NOW,
    )  # fmt: skip
    Weights.objects.create(
        version=2, weights=dict(WEIGHTS), before=dict(WEIGHTS), figures={"obstacles": ["没有胜过"]}, report="",
        better=False, trained_at=NOW,
    )  # fmt: skip
    client = signed_in(city.officer)
    assert "报告全文" in client.get("/matching/weights/1/").content.decode()
    refused = client.post(reverse("adopt_weights", args=[2]), follow=True).content.decode()
    assert "w2 不能启用：没有胜过。" in refused
    assert "已启用 w1" in client.post(reverse("adopt_weights", args=[1]), follow=True).content.decode()
    assert in_force().engine == "score-2/w1"
    assert "退回写定的权重" in client.get("/matching/weights/").content.decode()
    page = signed_in(city.district_officer).get("/matching/weights/").content.decode()
    assert "退回写定的权重" not in page
    assert "已退回：代码中写定的权重" in client.post(reverse("roll_back_weights"), follow=True).content.decode()
    assert "没有可退回的" in client.post(reverse("roll_back_weights"), follow=True).content.decode()


def test_a_withdrawn_achievement_leaves_the_queue(market: tuple[City, Need, list[Offer]]) -> None:
    city, need, offers = market
    Offer.objects.filter(pk=offers[0].pk).update(status=Status.CLOSED)
    client = signed_in(city.broker)
    assert client.get(reverse("judge_queue")).json()["undecided"] == 2
    Offer.objects.update(status=Status.CLOSED)
    assert "没有待评判的匹配" in client.get(reverse("judge_next")).content.decode()
    assert "没有候选了" in client.get(reverse("candidates", args=[need.pk])).content.decode()

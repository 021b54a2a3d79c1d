"""角色首页: what waits, what others did, own listings with views and matches, blocks by role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.market.models import DayViews
from kechuang.core.matching.models import Match
from kechuang.core.parties.actions import appoint
from kechuang.services.introductions.actions import propose
from kechuang.services.introductions.holding import claim
from kechuang.services.introductions.queries import scopes
from kechuang.web import clock
from kechuang.web.homes import home
from tests.city import City, listing, party, published, task_force, works_for

AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


def browser(user: Any = None, agent: str = AGENT) -> Client:
    client = Client(headers={"user-agent": agent})
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def home_of(user: Any) -> Any:
    return home(user, clock.now(), timezone.localdate())


def figures_of(user: Any) -> dict[str, int]:
    return {figure.label: figure.value for block in home_of(user).blocks for figure in block.figures}


def role_blocks(user: Any) -> list[str]:
    """The blocks of a home page that come from roles, without those that rows add."""
    of_rows = ("对接", "一企一档", "梯度培育", "走访摸排")
    return [block.title for block in home_of(user).blocks if block.title not in of_rows]


def test_each_role_has_its_block_and_a_person_with_two_roles_has_both(city: City) -> None:
    appoint(user=city.engineer, role="expert", by=None, now=clock.now())
    titles = {name: role_blocks(user) for name, user in city.people().items()}
    assert titles["engineer"] == ["企业", "专家"]
    assert titles["professor"] == ["高校院所等单位"]
    assert titles["officer"] == titles["district_officer"] == ["主管部门"]
    assert titles["broker"] == ["技术经纪人"]
    assert titles["stranger"] == ["从这里开始"]


def test_an_officer_with_a_mandate_of_her_bureau_is_no_institution_that_is_asked_to_publish(city: City) -> None:
    bureau = party("government", "示例区科技主管部门", "11370212MBYDG0028T", "370281")
    works_for(city.district_officer, bureau, "agent")
    assert (role_blocks(city.district_officer), home_of(city.district_officer).acting) == (["主管部门"], False)


def test_the_numbers_of_the_workbench_open_the_to_do_with_just_those_cases(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    needs = [published(city, "needs", title=f"示例需求 {n}：光伏板受潮")[0] for n in range(2)]
    cases = [
        propose(need=need, offer=offer, words="", nda_wanted=False, by=city.engineer, now=clock.now()) for need in needs
    ]
    for case in cases:
        claim(case=case, by=city.broker, now=clock.now())
    advance(case=cases[0], step="meet", by=city.broker, now=clock.now())
    client = browser(city.broker)
    html = client.get("/workbench/").content.decode()
    link = "/desk/?tab=todo&amp;service=introductions&amp;state=met"
    assert f'<a href="{link}">1</a>' in html
    listed = text_of(client.get(link.replace("&amp;", "&")))
    assert (needs[0].title in listed, needs[1].title in listed) == (True, False)
    assert "还没有开通" in text_of(browser(city.expert).get("/desk/"))
    assert "加入或登记单位" in text_of(browser(city.stranger).get("/desk/"))


def test_what_waits_stands_first_with_the_oldest_and_how_much_is_late(city: City) -> None:
    _, case = listing(city, "needs")
    advance(case=case, step="submit", by=city.engineer, now=clock.now())
    page = home_of(city.district_officer)
    assert [(f.label, f.value) for f in page.waiting] == [("等我办", 1), ("已超期", 0), ("最久的已等（天）", 0)]
    assert [row.case for row in page.urgent] == [case]
    case.refresh_from_db()
    case.due_on = timezone.localdate() - timedelta(days=1)
    case.save()
    assert {f.label: f.value for f in home_of(city.district_officer).waiting}["已超期"] == 1


def test_what_others_did_since_yesterday_is_shown_and_what_one_did_oneself_is_not(city: City) -> None:
    _, case = listing(city, "needs")
    case = advance(case=case, step="submit", by=city.engineer, now=clock.now())
    assert home_of(city.engineer).changed == 0
    assert home_of(city.stranger).changed == 0
    advance(case=case, step="publish", by=city.district_officer, now=clock.now())
    found = home_of(city.engineer)
    assert (found.changed, found.changes[0].what, found.changes[0].state) == (1, "审核通过并发布", "已发布")
    assert home_of(city.colleague).changed == 1
    assert home_of(city.professor).changed == 0


def test_views_are_counted_by_day_for_others_than_ones_own_and_not_for_robots(city: City) -> None:
    offer, _ = published(city, "achievements")
    url = f"/s/achievements/{offer.pk}/"
    browser(city.professor).get(url)
    browser(agent="Mozilla/5.0 (compatible; Examplebot/1.0)").get(url)
    browser(agent="").get(url)
    browser().head(url)
    assert DayViews.objects.count() == 0
    for reader in (city.engineer, city.engineer, None):
        browser(reader).get(url)
    assert [(row.number, row.day) for row in DayViews.objects.all()] == [(3, timezone.localdate())]
    DayViews.objects.create(offer=offer, day=timezone.localdate() - timedelta(days=30), number=5)
    (row,) = home_of(city.professor).own
    assert (row.views.recent, row.views.total) == (3, 8)
    assert "近 30 天 3 次，共 8 次" in text_of(browser(city.professor).get(url))
    assert "浏览：近 30 天" in text_of(browser(city.officer).get(url))
    assert "浏览：近 30 天" not in text_of(browser(city.engineer).get(url))


def test_unpublished_listings_are_not_counted(city: City) -> None:
    need, case = listing(city, "needs")
    advance(case=case, step="submit", by=city.engineer, now=clock.now())
    assert browser(city.officer).get(f"/s/needs/{need.pk}/").status_code == 200
    assert DayViews.objects.count() == 0


def test_own_listings_show_matches_with_the_best_score_and_their_introductions(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    other, _ = published(city, "achievements", title="另一种低温封装用的丁基胶", code="2")
    weak, _ = published(city, "achievements", title="不太相关的一种检测方法与装置", code="3")
    need, _ = published(city, "needs")
    for row, score in ((offer, 81.4), (other, 62.0), (weak, 50.5)):
        Match.objects.create(need=need, offer=row, score=score, engine="t", at=clock.now())
    propose(need=need, offer=offer, words="", nda_wanted=False, by=city.engineer, now=clock.now())
    (row,) = home_of(city.engineer).own
    assert row.tally is not None
    assert (row.tally.number, row.tally.best) == (2, 81)  # the third lies too far behind the best
    page = text_of(browser(city.engineer).get("/desk/"))
    assert "2 项（81 分）" in page
    assert "对接 1 件，进行中 1 件" in page


def test_every_figure_of_introductions_leads_to_a_list_of_that_length(city: City) -> None:
    task_force(city)
    offer, _ = published(city, "achievements")
    other, _ = published(city, "achievements", title="另一种低温封装用的丁基胶", code="2")
    need, _ = published(city, "needs")
    first, _second = (
        propose(need=need, offer=row, words="", nda_wanted=False, by=city.engineer, now=clock.now())
        for row in (offer, other)
    )
    advance(case=first, step="close", by=city.engineer, now=clock.now(), reason="timing")
    figures = figures_of(city.engineer)
    assert (figures["本单位：进行中"], figures["本单位：已结束"]) == (1, 1)
    assert scopes(city.engineer)[1].name == "own"
    blocks = {block.title: block.figures for block in home_of(city.engineer).blocks}
    for figure in blocks["对接"]:
        rows = browser(city.engineer).get(figure.url).context["page"].total
        assert rows == figure.value, figure.label


@pytest.mark.parametrize("name", ["engineer", "professor", "officer", "district_officer", "broker", "expert"])
def test_every_number_and_link_of_a_home_opens(city: City, name: str) -> None:
    task_force(city)
    published(city, "achievements")
    published(city, "needs")
    user = city.people()[name]
    client = browser(user)
    page = client.get("/desk/")
    assert page.status_code == 200
    found = home_of(user)
    urls = [f.url for f in found.waiting] + [f.url for b in found.blocks for f in b.figures]
    urls += [link.url for b in found.blocks for link in b.links]
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)

"""专班和交接页面: filters, gaps, members, hand-over, absence; messages that say what happened."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import on_desk_of
from kechuang.core.cases.models import Case
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Absence, Mandate, Post, User
from kechuang.core.taskforces.actions import create_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from tests.city import NOW, City, listing, person, works_for

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return str(response.content.decode())


def said(response: Any) -> list[str]:
    return [str(m) for m in get_messages(response.wsgi_request)]


def team(city: City, code: str = "t1", **what: Any) -> TaskForce:
    content: dict[str, Any] = {
        "name": f"示例{code}服务专班",
        "section": "",
        "industry": [],
        "districts": [],
        "platform": None,
    }
    return create_team(code=code, by=city.officer, now=NOW, **(content | what))


def submitted(city: City, title: str = "等待处理的需求") -> Case:
    _, case = listing(city, "needs", title=title)
    return advance(case=case, step="submit", by=city.engineer, now=NOW)


def test_the_list_filters_by_industry_district_and_gap(city: City) -> None:
    one = team(city, "t1", industry=["ai"], districts=["370281"])
    team(city, "t2", industry=["green-energy"])
    seat(task_force=one, user=city.broker, role="broker", by=city.officer, now=NOW)
    client = browser(city.stranger)
    assert "示例t1服务专班" in body(client.get("/teams/"))
    assert "示例broker" in body(client.get("/teams/"))
    assert "示例t2服务专班" not in body(client.get("/teams/?industry=ai"))
    assert "示例t2服务专班" not in body(client.get("/teams/?district=370281"))
    assert "示例t1服务专班" not in body(client.get("/teams/?gap=broker"))
    assert "示例t1服务专班" in body(client.get("/teams/?gap=liaison"))
    assert "没有符合条件的专班" in body(client.get("/teams/?industry=no\0&gap=any"))


def test_an_officer_sets_up_a_team_and_seats_people_who_may_sit(city: City) -> None:
    client = browser(city.officer)
    sent = {"code": "t9", "name": "示例海洋服务专班", "industry": ["future"], "districts": ["370281"], "platform": ""}
    made = client.post("/teams/new/", sent)
    found = TaskForce.objects.get(code="t9")
    assert made.headers["Location"] == f"/teams/{found.pk}/"
    assert "请换一个编号" in body(client.post("/teams/new/", sent))
    assert "没有用这个邮箱注册的人" in body(
        client.post(f"/teams/{found.pk}/seats/", {"email": "a@b.example", "role": "broker"})
    )
    refused = client.post(f"/teams/{found.pk}/seats/", {"email": city.stranger.email, "role": "broker"})
    assert refused.status_code == 422
    assert "需要技术经纪人岗位" in body(refused)
    for user, role in ((city.broker, "broker"), (city.district_officer, "liaison"), (city.officer, "section")):
        assert client.post(f"/teams/{found.pk}/seats/", {"email": user.email, "role": role}).status_code == 302
    page = body(client.get(f"/teams/{found.pk}/"))
    assert "有空缺" in page
    assert city.broker.email in page
    assert city.broker.email not in body(browser(city.stranger).get(f"/teams/{found.pk}/"))


def test_a_seat_given_twice_is_one_seat(city: City) -> None:
    one = team(city)
    for _ in range(2):
        seat(task_force=one, user=city.broker, role="broker", by=city.officer, now=NOW)
    assert Seat.objects.count() == 1


def test_two_officers_change_a_team_and_the_later_one_is_told(city: City) -> None:
    one = team(city)
    client = browser(city.officer)
    version = client.get(f"/teams/{one.pk}/edit/").context["version"]
    sent = {"name": "甲", "industry": ["ai"], "districts": [], "platform": "", "version": version}
    assert client.post(f"/teams/{one.pk}/edit/", sent).status_code == 302
    late = client.post(f"/teams/{one.pk}/edit/", sent | {"name": "乙"})
    assert late.status_code == 422
    assert "刚被别人修改过" in body(late)
    one.refresh_from_db()
    assert (one.code, one.name, one.industry) == ("t1", "甲", ["ai"])


def test_a_retired_team_takes_nobody_in_until_it_is_resumed(city: City) -> None:
    one = team(city)
    client = browser(city.officer)
    client.post(f"/teams/{one.pk}/retire/", {"retired": "1"})
    refused = client.post(f"/teams/{one.pk}/seats/", {"email": city.broker.email, "role": "broker"})
    assert "已经停用" in body(refused)
    assert "示例t1服务专班" in body(client.get("/teams/?retired=1"))
    assert client.post(f"/teams/{one.pk}/retire/", {"retired": "1"}).status_code == 409
    client.post(f"/teams/{one.pk}/retire/", {"retired": "0"})
    assert "示例t1服务专班" in body(client.get("/teams/"))


def test_the_ender_of_a_post_sees_how_many_cases_went_to_whom(city: City) -> None:
    for n in range(3):
        submitted(city, f"第 {n} 项等待处理的需求")
    post = Post.objects.get(user=city.district_officer)
    done = browser(city.officer).post(f"/posts/{post.pk}/end/")
    assert said(done) == ["岗位已结束。3 件待办已转给：示例officer 3 件。"]


def test_an_ended_mandate_hands_its_cases_over(city: City) -> None:
    listing(city, "needs")
    works_for(person("boss"), city.company, Mandate.Role.ADMIN)
    mandate = Mandate.objects.get(user=city.engineer)
    done = browser(city.engineer).post(f"/my/mandates/{mandate.pk}/", {"decision": "leave"})
    assert said(done) == ["您已退出该单位。1 件待办已转给：示例boss 1 件。"]


def test_one_hands_over_chosen_cases_or_all(city: City) -> None:
    first, second = submitted(city, "第一项等待处理的需求"), submitted(city, "第二项等待处理的需求")
    client = browser(city.district_officer)
    assert "请勾选要交接的办件" in body(client.post("/handover/", {"receiver": city.officer.pk, "note": "休假"}))
    wrong = client.post("/handover/", {"receiver": city.professor.pk, "note": "休假", "all": "1"})
    assert wrong.status_code == 422
    sent = {"receiver": city.officer.pk, "note": "休假", "cases": [first.pk]}
    assert said(client.post("/handover/", sent)) == ["1 件待办已转给：示例officer 1 件。"]
    again = client.post("/handover/", sent)
    assert "可能刚被交接或办理" in body(again)
    assert list(on_desk_of(city.district_officer)) == [second]
    client.post("/handover/", {"receiver": city.officer.pk, "note": "休假", "all": "1"})
    assert on_desk_of(city.officer).count() == 2
    page = body(client.get(f"/cases/{first.pk}/"))
    assert "示例district_officer → 示例officer，原因：休假" in page
    assert "交接" in page


def test_an_officer_hands_over_for_a_person_in_her_scope(city: City) -> None:
    submitted(city)
    appoint(user=city.expert, role="officer", district="370281", by=None, now=NOW)
    client = browser(city.officer)
    assert f"/handover/{city.district_officer.pk}/" in body(client.get("/handover/"))
    sent = {"receiver": city.expert.pk, "note": "调离", "all": "1"}
    assert client.post(f"/handover/{city.district_officer.pk}/", sent).status_code == 302
    assert on_desk_of(city.expert).count() == 1
    assert client.get(f"/handover/{city.district_officer.pk}/").status_code == 404


def test_an_absence_is_entered_shown_to_the_deputy_and_ended(city: City) -> None:
    submitted(city)
    client = browser(city.district_officer)
    assert "不能早于今天" in body(
        client.post("/my/absence/", {"since": "2020-01-01", "until": "2020-01-02", "deputy": city.officer.pk})
    )
    sent = {"since": "2099-01-01", "until": "2099-01-05", "deputy": city.officer.pk, "note": "学习"}
    assert client.post("/my/absence/", sent).status_code == 302
    assert "示例officer" in body(client.get("/my/absence/"))
    assert "示例district_officer" in body(browser(city.officer).get("/my/absence/"))
    row = Absence.objects.get()
    assert browser(city.officer).post(f"/my/absence/{row.pk}/end/").status_code == 404
    assert said(client.post(f"/my/absence/{row.pk}/end/"))[-1] == "外出登记已结束。"
    assert "没有可以代理您的人" in body(browser(city.stranger).get("/my/absence/"))


def test_the_to_do_is_what_is_assigned_and_the_queue_shows_whose_turn_it_is(city: City) -> None:
    submitted(city)
    own, city_wide = browser(city.district_officer), browser(city.officer)
    assert "等待处理的需求" in body(own.get("/desk/?tab=todo"))
    assert "等待处理的需求" not in body(city_wide.get("/desk/?tab=todo"))
    queue = body(city_wide.get("/desk/?tab=review"))
    assert "示例district_officer" in queue
    assert "等待处理的需求" not in body(city_wide.get("/desk/?tab=review&mine=1"))
    assert "等待处理的需求" in body(own.get("/desk/?tab=review&mine=1"))


def test_the_to_do_of_a_deputy_names_the_one_for_whom_she_acts(city: City) -> None:
    case = submitted(city)
    Case.objects.filter(pk=case.pk).update(assignee=city.officer, on_behalf_of=city.district_officer)
    assert "代 示例district_officer" in body(browser(city.officer).get("/desk/?tab=todo"))

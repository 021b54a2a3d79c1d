"""演示登录: only in a demo, only as its fictional people."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Mandate, User
from kechuang.web.demo_people import demo_people
from tests.city import NOW, City, works_for

URL = reverse("demo_login")


def demo_person(name: str) -> User:
    return User.objects.create(username=name, email=f"{name}@demo.example", name=f"示例{name}", password="!")


@pytest.fixture
def demo(city: City, settings: Any) -> City:
    settings.DEMO = True
    works_for(demo_person("boss"), city.company, Mandate.Role.ADMIN)
    works_for(demo_person("prof"), city.university, Mandate.Role.ADMIN)
    for name, role, district in (("zheng", "officer", ""), ("feng", "officer", "370212"), ("liu", "broker", "")):
        appoint(user=demo_person(name), role=role, district=district, by=None, now=NOW)
    demo_person("wu")
    return city


def test_the_panel_groups_people_by_role(demo: City, client: Client) -> None:
    groups = {g.label: [(p.name, p.where) for p in g.people] for g in demo_people()}
    assert groups == {
        "企业": [("示例boss", "示例重锻机械有限公司")],
        "高校院所": [("示例prof", "示例海岸理工大学")],
        "技术经纪人": [("示例liu", "")],
        "主管部门（市）": [("示例zheng", "")],
        "主管部门（区市）": [("示例feng", "崂山区")],
        "公众": [("示例wu", "")],
    }
    for page in ("/", reverse("account_login")):
        assert "演示登录" in client.get(page).content.decode()


def test_one_click_logs_in_and_changes_the_person(demo: City, client: Client) -> None:
    answer = client.post(URL, {"email": "zheng@demo.example"}, follow=True)
    assert "已以“示例zheng”的身份登录" in answer.content.decode()
    client.post(URL, {"email": "boss@demo.example", "next": "/my/notices/"})
    assert client.session["_auth_user_id"] == str(User.objects.get(username="boss").pk)


@pytest.mark.parametrize(
    "email", ["officer@test.example", "nobody@demo.example", "", "officer@test.example@demo.example"]
)
def test_nobody_else_can_be_played(demo: City, client: Client, email: str) -> None:
    assert client.post(URL, {"email": email}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_an_account_with_a_password_or_switched_off_is_nobodys_to_play(demo: City, client: Client) -> None:
    own = User.objects.create_user("own", "own@demo.example", "correct-horse-9")
    off = demo_person("off")
    User.objects.filter(pk=off.pk).update(is_active=False)
    for user in (own, off):
        assert client.post(URL, {"email": user.email}).status_code == 404
        assert user.name not in str(demo_people()) or not user.name


def test_outside_a_demo_there_is_no_panel_and_no_door(demo: City, client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert client.post(URL, {"email": "zheng@demo.example"}).status_code == 404
    assert demo_people() == []
    assert "演示登录" not in client.get(reverse("account_login")).content.decode()


def test_it_takes_a_form_not_a_link(demo: City, client: Client) -> None:
    assert client.get(URL, {"email": "zheng@demo.example"}).status_code == 405
    assert Client(enforce_csrf_checks=True).post(URL, {"email": "zheng@demo.example"}).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_next_stays_inside(demo: City, client: Client, target: str) -> None:
    assert client.post(URL, {"email": "wu@demo.example", "next": target})["Location"] == "/"


def test_visitors_cannot_close_the_door_with_a_password(demo: City, client: Client) -> None:
    client.post(URL, {"email": "wu@demo.example"})
    new = {"password1": "correct-horse-9", "password2": "correct-horse-9"}
    answer = client.post(reverse("account_set_password"), new)
    assert answer.status_code == 409
    assert not User.objects.get(username="wu").has_usable_password()

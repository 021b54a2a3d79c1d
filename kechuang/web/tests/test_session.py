"""会话: idle time-out, longest session, polling that keeps nothing alive, and the way back."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.web.session import BEGAN, SEEN
from tests.city import City

PROFILE, UNREAD, LOGIN = reverse("profile"), reverse("unread"), reverse("account_login")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/s/needs/new/?step=2"}


@pytest.fixture
def inside(client: Client, city: City) -> Client:
    client.force_login(city.engineer)
    client.get(PROFILE)
    return client


def age(client: Client, seconds: int) -> None:
    """The session was last used so many seconds ago, as if the clock had moved on."""
    session = client.session
    session[SEEN] -= seconds
    session[BEGAN] -= seconds
    session.save()
    Session.objects.filter(pk=session.session_key).update(
        expire_date=timezone.now() + timedelta(seconds=session.get_session_cookie_age() - seconds)
    )


def left(client: Client) -> float:
    """Minutes until the stored session ends."""
    end = Session.objects.get(pk=client.session.session_key).expire_date
    return (end - timezone.now()).total_seconds() / 60


def words(answer: Any) -> str:
    return " ".join(str(m) for m in get_messages(answer.wsgi_request))


def test_a_request_renews_the_idle_time(inside: Client) -> None:
    age(inside, 20 * 60)
    assert 9 < left(inside) < 11
    inside.get(PROFILE)
    assert 29 < left(inside) <= 30


def test_polling_does_not(inside: Client) -> None:
    age(inside, 20 * 60)
    for _ in range(3):
        assert inside.get(UNREAD, headers=HTMX).status_code == 200
    assert 9 < left(inside) < 11


def test_after_half_an_hour_one_is_asked_to_log_in_and_comes_back(inside: Client) -> None:
    age(inside, 30 * 60 + 1)
    answer = inside.get(PROFILE + "?a=1")
    parts = urlsplit(answer["Location"])
    assert (parts.path, parse_qs(parts.query)) == (LOGIN, {"next": [PROFILE + "?a=1"]})
    assert "30 分钟没有操作" in words(answer)
    assert "30 分钟没有操作" in inside.get(answer["Location"]).content.decode()


def test_a_first_visitor_is_not_told_of_a_time_out(client: Client, db: None) -> None:
    answer = client.get(PROFILE)
    assert (urlsplit(answer["Location"]).path, words(answer)) == (LOGIN, "")


def test_a_public_page_stays_readable_without_a_word(inside: Client) -> None:
    age(inside, 30 * 60 + 1)
    answer = inside.get("/catalogue/")
    assert (answer.status_code, words(answer)) == (200, "")


def test_a_session_ends_after_eight_hours_of_use(inside: Client) -> None:
    session = inside.session
    session[BEGAN] -= 8 * 3600 + 1
    session.save()
    answer = inside.get(PROFILE)
    assert urlsplit(answer["Location"]).path == LOGIN
    assert "已满 8 小时" in words(answer)
    assert "_auth_user_id" not in inside.session


def test_a_session_just_under_eight_hours_goes_on(inside: Client) -> None:
    session = inside.session
    session[BEGAN] -= 8 * 3600 - 60
    session.save()
    assert inside.get(PROFILE).status_code == 200


def test_the_cookie_ends_with_the_browser_and_scripts_cannot_read_it(inside: Client, city: City) -> None:
    cookie = inside.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_the_poll_says_that_the_session_is_gone_and_stops(inside: Client) -> None:
    age(inside, 30 * 60 + 1)
    answer = inside.get(UNREAD, headers=HTMX)
    assert answer.status_code == 286
    assert "会话已超时" in answer.content.decode()
    assert "next=/s/needs/new/%3Fstep%3D2" in answer.content.decode()


def test_a_fragment_leads_the_whole_page_to_the_login_and_back(inside: Client) -> None:
    age(inside, 30 * 60 + 1)
    answer = inside.get(PROFILE, headers=HTMX)
    target = urlsplit(answer["HX-Redirect"])
    assert (answer.status_code, target.path, parse_qs(target.query)) == (401, LOGIN, {"next": ["/s/needs/new/?step=2"]})


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/posts/?a=1", "/posts/?a=1"), ("https://evil.example/posts/", "/"), ("", "/")],
)
def test_a_form_sent_too_late_leads_back_to_its_page_not_to_the_step(inside: Client, referer: str, back: str) -> None:
    age(inside, 30 * 60 + 1)
    answer = inside.post(reverse("read_notices"), headers={"Referer": referer})
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [back]}


def test_a_quick_reader_does_not_write_the_session_at_every_page(
    inside: Client, django_assert_num_queries: Any
) -> None:
    age(inside, 30)
    before = left(inside)
    inside.get(PROFILE)
    assert left(inside) == pytest.approx(before, abs=0.05)

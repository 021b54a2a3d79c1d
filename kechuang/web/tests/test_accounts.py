"""账户: sign-up, login, the lock of five failures over both factors, redirects, mail that fails."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.urls import reverse

from kechuang.core.audit.queries import history
from kechuang.core.parties.models import User
from kechuang.web.tests.logins import fail, later, log_in, signed_in
from tests.city import PASSWORD, person


def test_sign_up_with_name_logs_in_and_leaves_a_record(client: Client, db: None) -> None:
    data = {"name": " 吴\u3000工 ", "email": "Wu@Test.Example", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_signup"), data)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.name, user.email, signed_in(client)) == ("吴 工", "wu@test.example", True)
    assert [e.verb for e in history(user)] == ["profile"]
    assert mail.outbox[0].subject == "【科创通】请验证邮箱"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"email": "kein-at"}, "email"),
        ({"email": "x" * 400 + "@test.example"}, "email"),
        ({"email": "ANNA@test.example"}, "email"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "1234567890", "password2": "1234567890"}, "password1"),
        ({"password2": "different-1"}, "password2"),
    ],
)
def test_bad_sign_ups_name_the_field_and_make_no_account(client: Client, anna: User, change: Any, field: str) -> None:
    data = {"name": "吴工", "email": "wu@test.example", "password1": PASSWORD, "password2": PASSWORD} | change
    answer = client.post(reverse("account_signup"), data)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in answer.content.decode()
    assert User.objects.count() == 1


def test_log_in_by_mail_in_any_case_and_log_out_by_post_only(client: Client, anna: User) -> None:
    assert log_in(client, email="ANNA@Test.example").status_code == 302
    assert client.get(reverse("account_logout")).status_code == 200
    assert signed_in(client)
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert not signed_in(client)


def test_the_fifth_failure_locks_whatever_the_letter_case_or_the_address_of_the_browser(anna: User) -> None:
    answers = []
    for number, email in enumerate(
        ["anna@test.example", "Anna@test.example", " ANNA@TEST.EXAMPLE ", "anna@TEST.example"]
    ):
        answers.append(log_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), "wrong", email).status_code)
    assert answers == [200] * 4
    answer = log_in(Client(), "wrong")
    assert answer.status_code == 429
    assert "请在 5 分钟后再登录" in answer.content.decode()
    assert log_in(Client(), PASSWORD, "aNNa@test.example").status_code == 429


def test_the_lock_ends_after_five_minutes_and_tries_meanwhile_do_not_prolong_it(client: Client, anna: User) -> None:
    assert fail(client, 5)[-1] == 429
    later(4)
    answer = log_in(client)
    assert answer.status_code == 429
    assert "请在 1 分钟后再登录" in answer.content.decode()
    later(1.01)
    assert log_in(client).status_code == 302


def test_a_success_starts_the_count_anew(client: Client, anna: User) -> None:
    assert fail(client, 4) == [200] * 4
    assert log_in(client).status_code == 302
    client.post(reverse("account_logout"))
    assert fail(client, 4) == [200] * 4
    assert log_in(client).status_code == 302


def test_a_lock_holds_for_one_account_only_and_does_not_tell_which_exist(client: Client, anna: User) -> None:
    person("bob")
    known, unknown = fail(client, 5), fail(client, 5, "nobody@test.example")
    assert known == unknown == [200, 200, 200, 200, 429]
    assert log_in(client, email="bob@test.example").status_code == 302


@pytest.mark.parametrize("email", ["x" * 300 + "@test.example", "a\x00b@test.example", "' OR 1=1 --", "", "人@示例"])
def test_strange_addresses_are_answered_in_words(client: Client, db: None, email: str) -> None:
    for _ in range(6):
        assert log_in(client, "wrong", email).status_code in (200, 429)


def test_passwords_and_codes_are_not_kept_with_the_failures(client: Client, anna: User) -> None:
    log_in(client, "geheim-geheim")
    assert "geheim" not in str(list(AccessAttempt.objects.values()))

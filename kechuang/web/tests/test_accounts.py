"""账户: sign-up, login, the lock of five failures over both factors, redirects, mail that fails."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.audit.queries import history
from kechuang.core.parties.models import User
from tests.city import PASSWORD, City, person

LOGIN, TOTP = reverse("account_login"), reverse("mfa_authenticate")
PAGES = re.compile(r"<h1>(.*?)</h1>", re.S)


@pytest.fixture(autouse=True)
def _no_rates() -> None:
    cache.clear()


@pytest.fixture
def anna(db: None) -> User:
    return person("anna")


def log_in(client: Client, password: str = PASSWORD, email: str = "anna@test.example", **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def fail(client: Client, times: int, email: str = "anna@test.example") -> list[int]:
    return [log_in(client, "wrong", email).status_code for _ in range(times)]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def later(minutes: float) -> None:
    """Let time pass for the lock: the failures become older."""
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=minutes)
        attempt.save()


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


def with_totp(user: User) -> str:
    """The user gets an authenticator app; gives its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return str(secret)


def code(secret: str) -> str:
    """The code that the app shows now."""
    counter = list(totp.yield_hotp_counters_from_time())[1]
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_with_two_factors_the_password_alone_lets_nobody_in(client: Client, anna: User) -> None:
    secret = with_totp(anna)
    assert log_in(client)["Location"] == TOTP
    assert not signed_in(client)
    assert client.post(TOTP, {"code": code(secret)}).status_code == 302
    assert signed_in(client)


def test_wrong_codes_count_towards_the_lock_and_the_password_does_not_reset_it(client: Client, anna: User) -> None:
    secret = with_totp(anna)
    for _ in range(2):
        assert fail(Client(), 1) == [200]
        log_in(client)
        assert client.post(TOTP, {"code": "000000"}).status_code == 200
    log_in(client)
    assert client.post(TOTP, {"code": "000000"}).status_code == 429
    assert client.post(TOTP, {"code": code(secret)}).status_code == 429
    assert log_in(Client()).status_code == 429
    assert not signed_in(client)
    later(5.01)
    log_in(client)
    assert client.post(TOTP, {"code": code(secret)}).status_code == 302


def test_a_recovery_code_opens_once(client: Client, anna: User) -> None:
    with_totp(anna)
    one = RecoveryCodes.activate(anna).get_unused_codes()[0]
    log_in(client)
    assert client.post(TOTP, {"code": one}).status_code == 302
    client.post(reverse("account_logout"))
    log_in(client)
    assert client.post(TOTP, {"code": one}).status_code == 200


@pytest.mark.parametrize(
    "credential", ["", "{", "[]", "{}", '"x"', "null", "1", json.dumps({"id": "x", "response": {}})]
)
def test_broken_passkeys_are_refused_in_words(client: Client, anna: User, credential: str) -> None:
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert not signed_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://localhost/",
        "\x00/",
        "http://testserver@evil.example/",
    ],
)
def test_next_never_leads_to_another_site(client: Client, anna: User, target: str) -> None:
    assert log_in(client, next=target)["Location"] == "/"
    assert client.post(reverse("account_logout"), {"next": target})["Location"] == "/"
    answer = client.post("/i18n/setlang/", {"language": "en", "next": target})
    assert answer["Location"] == "/"


def test_next_leads_back_inside(client: Client, anna: User) -> None:
    assert log_in(client, next="/my/notices/?unread=1")["Location"] == "/my/notices/?unread=1"


def test_a_password_reset_works_once_and_the_old_password_ends(client: Client, anna: User) -> None:
    assert client.post(reverse("account_reset_password"), {"email": "anna@test.example"}).status_code == 302
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    new = {"password1": "another-good-1", "password2": "another-good-1"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    assert log_in(Client()).status_code == 200
    assert log_in(Client(), "another-good-1").status_code == 302
    assert "链接已失效" in Client().get(link[1], follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(client: Client, anna: User) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": f"{n}@test.example"}) for n in ("anna", "nobody")
    ]
    assert len({(a.status_code, a["Location"]) for a in answers}) == 1


def change_to(client: Client, email: str) -> Any:
    """Ask for another address, having just confirmed the password."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.post(reverse("account_email"), {"email": email, "action_add": "1"})


def test_a_mistyped_first_address_is_replaced_at_once(client: Client, anna: User) -> None:
    log_in(client)
    change_to(client, "right@test.example")
    anna.refresh_from_db()
    assert anna.email == "right@test.example"
    bob = person("bob")
    other = Client()
    log_in(other, email=bob.email)
    change_to(other, "other@test.example")
    assert set(User.objects.values_list("email", flat=True)) == {"right@test.example", "other@test.example"}


def test_an_address_of_another_account_is_refused(client: Client, anna: User) -> None:
    person("bob")
    log_in(client)
    answer = change_to(client, "BOB@test.example")
    assert "已用于另一个账户" in answer.content.decode()
    assert set(User.objects.values_list("email", flat=True)) == {"anna@test.example", "bob@test.example"}


def test_an_address_taken_before_it_is_verified_is_told(client: Client, anna: User) -> None:
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    log_in(client)
    change_to(client, "late@test.example")
    User.objects.create_user("late", "late@test.example", PASSWORD)
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert "没有更换" in client.post(link[1], follow=True).content.decode()
    anna.refresh_from_db()
    assert anna.email == "anna@test.example"


def test_a_new_address_counts_only_when_verified(client: Client, anna: User) -> None:
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    log_in(client)
    answer = client.post(reverse("account_email"), {"email": "new@test.example", "action_add": "1"}, follow=True)
    assert "请再次确认身份" in answer.content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new@test.example", "action_add": "1"})
    anna.refresh_from_db()
    assert anna.email == "anna@test.example"
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    client.post(link[1])
    anna.refresh_from_db()
    assert anna.email == "new@test.example"
    assert list(EmailAddress.objects.filter(user=anna).values_list("email", "verified")) == [("new@test.example", True)]


def test_a_dead_mail_server_is_told_and_nothing_breaks(client: Client, anna: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "kechuang.core.notices.tests.test_outbox.DeadServer"
    answer = client.post(reverse("account_reset_password"), {"email": "anna@test.example"}, follow=True)
    assert "邮件没有发出" in answer.content.decode()
    data = {"name": "吴工", "email": "wu@test.example", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_signup"), data, follow=True)
    assert "邮件没有发出" in answer.content.decode()
    assert signed_in(client)


def test_the_identity_provider_is_offered_only_where_configured(client: Client, db: None, settings: Any) -> None:
    assert "统一身份认证" not in client.get(LOGIN).content.decode()
    app = {"provider_id": "qd", "name": "政务统一认证", "client_id": "x", "secret": "y"}
    app["settings"] = {"server_url": "https://id.example"}  # type: ignore[assignment]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    page = client.get(LOGIN).content.decode()
    assert "政务统一认证" in page
    assert 'action="/accounts/oidc/qd/login/' in page
    assert client.get("/accounts/oidc/other/login/").status_code == 404


def test_account_pages_speak_chinese_and_run_no_inline_script(client: Client, city: City) -> None:
    client.force_login(city.engineer)
    names = ("account_email", "account_change_password", "mfa_index", "mfa_list_webauthn", "account_logout")
    titles = [PAGES.search(client.get(reverse(n)).content.decode()) for n in names]
    assert [t[1].strip() if t else None for t in titles] == ["登录邮箱", "修改密码", "两步验证", "安全密钥", "退出登录"]
    client.logout()
    for name in ("account_login", "account_signup", "account_reset_password"):
        answer = client.get(reverse(name))
        html = answer.content.decode()
        assert "script-src 'self';" in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))|\son[a-z]+=", html)


def test_the_lock_page_counts_down_from_the_last_failure(client: Client, anna: User) -> None:
    fail(client, 5)
    last = AccessAttempt.objects.latest("attempt_time").attempt_time
    assert timezone.now() - last < timedelta(minutes=1)
    later(2.5)
    assert "请在 3 分钟后再登录" in log_in(client).content.decode()

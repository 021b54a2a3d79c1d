"""密码和邮箱"""

import re
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.parties.models import User
from kechuang.web.tests.logins import LOGIN, fail, later, log_in, signed_in
from tests.city import PASSWORD, City, person

PAGES = re.compile(r"<h1>(.*?)</h1>", re.S)


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

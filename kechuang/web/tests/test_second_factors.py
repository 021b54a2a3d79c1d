"""两步验证"""

import json

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from kechuang.core.parties.models import User
from kechuang.web.tests.logins import LOGIN, TOTP, fail, later, log_in, signed_in


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

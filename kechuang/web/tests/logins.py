"""登录的场面 builders: logging in, failing, codes, time that passes."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.city import PASSWORD

LOGIN, TOTP = reverse("account_login"), reverse("mfa_authenticate")


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

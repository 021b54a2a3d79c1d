"""账户: sign-up form, and the lock after five failed logins."""

import math
from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from kechuang.core.parties.actions import save_profile
from kechuang.core.parties.models import User
from kechuang.core.parties.queries import user_by_email
from kechuang.web import clock

LONGEST_KEY = 255  # of the table of django-axes


class SignupForm(forms.Form):
    """注册: asks for the name beside e-mail and password."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1", "password2")

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Keep the name."""
        save_profile(user=user, name=self.cleaned_data["name"], phone=user.phone, by=user, now=clock.now())


def account_key(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """锁定键: the account that a login is about: its address in small letters, however it was typed.

    django-axes asks with the credentials of a failed or checked login, or with the user name after a success.
    An address without an account has a key, too, so that the lock does not tell which addresses exist.
    """
    given = credentials or {"email": request.POST.get("login")}
    email = given.get("email")
    name = given.get("username") or given.get("login")
    if not email and name:
        email = User.objects.filter(username=name).values_list("email", flat=True).first() or name
    known = user_by_email(str(email)) if email else None
    return (known.email if known else str(email or "")).strip().casefold()[:LONGEST_KEY]


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Mapping[str, Any] | None) -> HttpResponse:
    """登录锁定: the page that says for how many more minutes an account is locked."""
    attempts = AccessAttempt.objects.filter(username=account_key(request, credentials))
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or clock.now()
    left = (last + get_cool_off(request) - clock.now()).total_seconds()
    return render(request, "web/locked.html", {"minutes": max(1, math.ceil(left / 60))}, status=429)

"""账户: sign-up form and the answer to a locked account."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class SignupForm(forms.Form):
    """注册: asks for the name beside e-mail and password."""

    name = forms.CharField(label="姓名", max_length=60)

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Keep the name."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """登录锁定: five failures lock the account for five minutes."""
    return render(request, "web/locked.html", status=429)

"""第二因素: authenticator codes, recovery codes and security keys.

A wrong code counts towards the lock of the account like a wrong password.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.webauthn import forms as webauthn
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CountedCode:
    """计次: whoever knows the password must not try all codes."""

    user: Any

    def clean_code(self) -> str:
        """The code, if it is right and the account is not locked."""
        credentials = {"email": self.user.email}
        if not AxesProxyHandler.is_allowed(context.request, credentials):
            context.request.axes_locked_out = True
            context.request.axes_credentials = credentials
            raise ValidationError(_("账户暂时锁定。"))
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            AxesProxyHandler.user_login_failed(type(self), credentials, context.request)
            raise
        return code


class AuthenticateForm(CountedCode, mfa.AuthenticateForm):  # type: ignore[misc]
    """登录时的第二因素."""


class ReauthenticateForm(CountedCode, mfa.ReauthenticateForm):  # type: ignore[misc]
    """重要操作前的再次确认."""


class AddKeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """添加安全密钥."""

    name = forms.CharField(label=gettext_lazy("密钥名称"), required=False, max_length=60)


class EditKeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """修改密钥名称."""

    name = forms.CharField(label=gettext_lazy("密钥名称"), max_length=60)

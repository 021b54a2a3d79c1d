"""第二因素: authenticator codes, recovery codes and security keys.

A wrong code counts towards the lock of the account like a wrong password.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from axes.handlers.proxy import AxesProxyHandler
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What parsing and checking a made-up credential may raise.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, InvalidSignature)


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


class ReadableKey:
    """可读的密钥数据: what the browser sends is anything that a stranger likes to post."""

    def clean_credential(self) -> Any:
        """The credential, or the authenticator that it proves."""
        try:
            return self._credential()
        except UNREADABLE as error:
            raise ValidationError(_("安全密钥返回的内容无法读取，请重试。")) from error

    def _credential(self) -> Any:
        return super().clean_credential()  # type: ignore[misc]


class AuthenticateKeyForm(ReadableKey, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """登录时用安全密钥作第二因素."""


class ReauthenticateKeyForm(ReadableKey, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """重要操作前用安全密钥再次确认."""


class LoginKeyForm(ReadableKey, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """用通行密钥登录."""


class AddKeyForm(ReadableKey, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """添加安全密钥."""

    name = forms.CharField(label=gettext_lazy("密钥名称"), required=False, max_length=60)

    def _credential(self) -> Any:
        given = self.cleaned_data["credential"]
        auth.parse_registration_response(given)
        return given

    def clean(self) -> Any:
        """The proof that the key was made for this page."""
        try:
            return super().clean()
        except UNREADABLE as error:
            raise ValidationError(_("安全密钥返回的内容无法读取，请重试。")) from error


class EditKeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """修改密钥名称."""

    name = forms.CharField(label=gettext_lazy("密钥名称"), max_length=60)

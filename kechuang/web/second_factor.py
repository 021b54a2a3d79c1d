"""第二因素: codes of an authenticator app or recovery codes; wrong ones count towards the lock like wrong passwords."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as mfa
from axes.handlers.proxy import AxesProxyHandler
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


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

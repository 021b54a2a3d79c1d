"""账户适配: how django-allauth sends mail, names people and decides where a redirect may lead."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal
from kechuang.web.demo_people import demo_user

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """本地账户."""

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this very site; other names of the server do not count."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def send_mail(self, template_prefix: str, email: str, context_: dict[str, Any]) -> None:
        """Send an account mail now; when the mail server is down, say so instead of failing."""
        try:
            super().send_mail(template_prefix, email, context_)
        except OSError as error:  # smtplib's exceptions are among them
            log.warning("account mail %s not sent: %s", template_prefix, error)
            words = _("邮件服务器暂时不可用，邮件没有发出。请几分钟后再试一次。")
            messages.warning(context.request, words)

    def set_password(self, user: Any, password: str) -> None:
        """The people of the demo stay open to everybody."""
        if demo_user(user.email):
            raise Refusal(_("演示人物不设密码，供所有访客点击登录。如需自己的账户，请注册。"))
        super().set_password(user, password)

    def confirm_email(self, request: Any, email_address: Any) -> bool:
        """An address that somebody else has taken since it was asked for is not confirmed."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            messages.error(request, _("这个邮箱已用于另一个账户，没有更换。请换一个邮箱。"))
            return False

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        """Two sign-ups with one address at the same moment: the later one is told."""
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            raise Refusal(_("该邮箱刚刚完成注册，请直接登录；如果不是您本人操作，请重设密码。")) from error


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """统一身份认证账户."""

    def populate_user(self, request: Any, sociallogin: Any, data: dict[str, Any]) -> Any:
        """Take the person's name as the identity provider gives it; Chinese names have no first and last."""
        user = super().populate_user(request, sociallogin, data)
        whole = f"{data.get('last_name') or ''}{data.get('first_name') or ''}"
        user.name = str(data.get("name") or whole or data.get("username") or "")[:60]
        return user

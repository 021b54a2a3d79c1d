"""访客 visitors: forms that people send without a login: a trap for robots, a stamp against double sending, an origin.

No outside service is asked, no picture is to be read, no address is stored: the origin is a keyed hash that changes
every day.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.web import clock

SALT = "kechuang.visitors"
QUICKEST = 3.0  # seconds; nobody reads and fills in a form faster
LONGEST = 7 * 86_400.0


def origin(request: HttpRequest, now: datetime) -> str:
    """Where a request comes from, as a hash that is another one tomorrow. Behind a proxy the proxy says so."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    text = f"{timezone.localdate(now)} {address}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def stamp(now: datetime) -> str:
    """A stamp for a form: when it was opened, and a number of its own."""
    return signing.dumps({"n": secrets.token_hex(12), "t": now.timestamp()}, salt=SALT)


def _read(text: str) -> dict[str, Any] | None:
    try:
        read: dict[str, Any] = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return read


class VisitorForm(forms.Form):
    """访客表单: what was typed is never lost: where the stamp is refused the form comes back with a new one.

    ``form_key`` is the same for the same form sent twice.
    """

    website = forms.CharField(
        label=gettext_lazy("请留空"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, now: datetime | None = None, **more: Any) -> None:
        self.now = now or clock.now()
        self.form_key = ""
        self._words = ""
        super().__init__(self._checked(data) if data is not None else None, **more)
        self.fields["stamp"].initial = stamp(self.now)

    def _checked(self, data: QueryDict) -> QueryDict:
        read = _read(data.get("stamp", ""))
        age = self.now.timestamp() - read["t"] if read is not None else -1.0
        if read is not None and QUICKEST <= age <= LONGEST:
            self.form_key = str(read["n"])
            return data
        data = data.copy()
        if read is not None and 0 <= age < QUICKEST:
            self._words = _("提交得太快，像是程序填的。请等几秒再按一次，内容还在。")
            return data
        self._words = _("页面打开太久，已经更新。请再按一次，内容还在。")
        data["stamp"] = stamp(self.now)
        return data

    def clean(self) -> dict[str, Any]:
        """A robot fills in what nobody sees, or is too quick."""
        found: dict[str, Any] = super().clean() or {}
        if self._words:
            self.add_error(None, self._words)
        if found.get("website"):
            self.add_error("website", _("这一栏是防程序填写的，请清空后再提交，其他内容还在。"))
        return found

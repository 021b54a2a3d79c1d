"""写入 writing: a write counts once however often it is sent, is one transaction, and names its key in an Event."""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from kechuang.core.keys.actions import claim_reply, keep_reply, record_use
from kechuang.core.keys.models import Reply, Scope
from kechuang.web import clock
from kechuang.web.api.caller import ApiRequest, View
from kechuang.web.api.problems import Invalid

_TOKEN = re.compile(r"[\x21-\x7e]{1,80}")
KEPT_HEADERS = ("ETag", "Location")


def answer(body: Schema, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A body with its status and headers; nobody on the way may keep it."""
    given = {"Cache-Control": "private, no-store", **(headers or {})}
    return HttpResponse(body.model_dump_json(), status=status, content_type="application/json", headers=given)


def writes(scope: Scope) -> Callable[[View], View]:
    """A view that writes, for callers with this scope. It returns what ``answer`` makes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: ApiRequest, **values: Any) -> HttpResponse:
            caller = request.auth
            caller.require(scope)
            with transaction.atomic():
                reply = _claimed(request)
                if reply is not None and reply.status:
                    return _again(reply)
                response: HttpResponse = view(request, **values)
                if reply is not None:
                    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
                    keep_reply(
                        reply=reply, status=response.status_code, headers=kept, body=response.content.decode("utf-8")
                    )
                if caller.key is not None:
                    record_use(key=caller.key, call=f"{request.method} {request.path}", now=clock.now())
            return response

        wrapped.scope = scope  # type: ignore[attr-defined]
        wrapped.writes = True  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _claimed(request: ApiRequest) -> Reply | None:
    """The place for the answer to this call, where it carries an Idempotency-Key."""
    token = request.headers.get("Idempotency-Key")
    if token is None:
        return None
    if not _TOKEN.fullmatch(token):
        raise Invalid({"Idempotency-Key": _("应为 1 至 80 个字母、数字或符号，例如一个 UUID。")})
    key = request.auth.key.pk if request.auth.key else 0
    head = f"{key} {request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n"
    fingerprint = hashlib.sha256(head.encode("utf-8", "surrogatepass") + request.body).hexdigest()
    return claim_reply(user=request.auth.user, token=token, fingerprint=fingerprint, now=clock.now())


def _again(reply: Reply) -> HttpResponse:
    """What was answered before, marked as such."""
    headers = {"Cache-Control": "private, no-store", "Idempotent-Replay": "true", **reply.headers}
    return HttpResponse(reply.body, status=reply.status, content_type="application/json", headers=headers)

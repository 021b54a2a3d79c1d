"""会话 sessions: idle time-out, longest session, and a friendly way back to where one was."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from kechuang.core.parties.models import User
from kechuang.web import clock

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]


class SignedIn(HttpRequest):
    """已登录的请求: what a view behind ``login_required`` gets; for type checks only."""

    user: User


READING = ("GET", "HEAD")  # these change no posts, which are therefore asked once
BEGAN, SEEN = "began", "seen"
# What depends on who is asking must not lie in any cache, nor in the browser of a shared computer.
private = cache_control(private=True, no_store=True)
RENEW_AFTER = 60  # seconds; a session that was used more recently is not written again


def unattended(view: View) -> View:
    """无人值守: a view that pages ask by themselves; it does not keep a session alive."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.unattended = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return wrapped


def sessions(get_response: GetResponse) -> GetResponse:
    """Ends a session that is idle or too long, renews one that is in use.

    The idle time is the age of the stored session (SESSION_COOKIE_AGE after the last renewal).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        lost = settings.SESSION_COOKIE_NAME in request.COOKIES and not request.user.is_authenticated
        lost = lost and request.session.session_key is None
        words = _("{minutes} 分钟没有操作，会话已超时。请登录后继续，已自动保存的草稿都还在。").format(
            minutes=settings.SESSION_COOKIE_AGE // 60
        )
        if _too_long(request):
            logout(request)
            lost = True
            words = _("本次登录已满 {hours} 小时，请重新登录。已自动保存的草稿都还在。").format(
                hours=settings.SESSION_LONGEST_SECONDS // 3600
            )
        if request.method in READING and request.user.is_authenticated:
            request.user.scopes = {}
        response = get_response(request)
        _renew(request)
        if _leads_to_login(response):
            response = _way_back(request, response)
            if lost and not getattr(request, "unattended", False):
                messages.warning(request, words)
        return response

    return middleware


def _too_long(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    began = request.session.get(BEGAN)
    return began is not None and clock.now().timestamp() - began > settings.SESSION_LONGEST_SECONDS


def _renew(request: HttpRequest) -> None:
    if not request.user.is_authenticated or getattr(request, "unattended", False):
        return
    now = int(clock.now().timestamp())
    request.session.setdefault(BEGAN, now)
    if now - request.session.get(SEEN, 0) >= RENEW_AFTER:
        request.session[SEEN] = now


def _leads_to_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)


def _way_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """After the login: the page itself, not the fragment or the step that found the session gone."""
    fragment = request.headers.get("HX-Request") == "true"
    asked = "next=" in urlsplit(response["Location"]).query
    if not fragment and (request.method == "GET" or not asked):
        return response
    page = request.headers.get("HX-Current-URL" if fragment else "Referer", "")
    parts = urlsplit(page)
    known = page and url_has_allowed_host_and_scheme(page, {request.get_host()})
    back = f"{parts.path}?{parts.query}".rstrip("?") if known else "/"
    login = resolve_url(settings.LOGIN_URL)
    if parts.path != login:
        login = f"{login}?{urlencode({'next': back})}"
    return HttpResponse(status=401, headers={"HX-Redirect": login}) if fragment else redirect(login)

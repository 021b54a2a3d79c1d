"""中间件: security headers for every answer; refusals in words."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kechuang.kit.refusal import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

# A login by OIDC is a form whose answer redirects to the identity provider.
_LOGINS = (urlsplit(app["settings"]["server_url"]) for app in settings.OIDC_APPS)
FORM_TARGETS = " ".join(["'self'", *sorted({f"{url.scheme}://{url.netloc}" for url in _LOGINS})])
# Tabler sets styles on elements, hence style-src; scripts come from our own files only.
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    f"form-action {FORM_TARGETS}; frame-ancestors 'none'"
)


def security_headers(get_response: GetResponse) -> GetResponse:
    """Strict content security policy and friends."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return middleware


def chinese_first(get_response: GetResponse) -> GetResponse:
    """Chinese unless the visitor chose English: many browsers here are set to English by their makers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return get_response(request)

    return middleware


class refusals:  # noqa: N801 - named like the middleware functions in settings
    """Turns a refusal that no view caught into a page that says why and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """403 for a wrong role, 409 for anything stale."""
        if not isinstance(error, Refusal):
            return None
        return render(request, "web/refusal.html", {"refusal": error}, status=error.status)

"""展厅大屏页面: for everybody, without login; with htmx the moving part alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from kechuang.web import clock
from kechuang.web.halls import live


@require_safe
def hall(request: HttpRequest) -> HttpResponse:
    """展厅大屏: newest, hottest, figures; the public tier only, whoever looks."""
    part = live(clock.now())
    if getattr(request, "htmx", False):
        response = HttpResponse(part)
    else:
        made = mark_safe(part)  # noqa: S308 - rendered by our own template
        response = render(request, "web/hall.html", {"live": made})
    patch_vary_headers(response, ["HX-Request"])
    return response

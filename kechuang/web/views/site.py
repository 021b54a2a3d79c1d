"""站点页面: home and health."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.web.front import front


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: the need box, industries, newest listings, figures."""
    return render(request, "web/home.html", {"front": front()})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """健康检查: 200 once the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")

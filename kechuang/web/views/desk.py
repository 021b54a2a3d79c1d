"""工作台: what waits for a person, and what she follows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.web import clock
from kechuang.web.worklists import worklist


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """工作台: one list at a time, by role; each with its number, filters and pages."""
    return render(request, "web/desk.html", {"page": worklist(request.user, request.GET, clock.now(), clock.today())})

"""工作台: what waits for a person, and what she follows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.web import clock
from kechuang.web.holidays import gap
from kechuang.web.homes import home
from kechuang.web.worklists import HOME, worklist


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """工作台: the home page of the user's roles, or one list at a time with its number, filters and pages."""
    today = clock.today()
    page = worklist(request.user, request.GET, clock.now(), today)
    first = home(request.user, clock.now(), today) if page.tab == HOME else None
    return render(request, "web/desk.html", {"page": page, "home": first, "gap": gap(request.user, today)})

"""走访统计页面: by unit, district or month; each number opens its list."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.services.visits import access
from kechuang.services.visits.figures import GROUPS, figures
from kechuang.services.visits.filters import year_of
from kechuang.web import clock
from kechuang.web.session import SignedIn

YEARS = 3


@login_required
@require_safe
def statistics(request: SignedIn) -> HttpResponse:
    """走访统计: of a year."""
    access.require_visitor(request.user)
    today = clock.today()
    year, group = year_of(request.GET, today), request.GET.get("by", "")
    group = group if group in GROUPS else GROUPS[0]
    context = {
        "lines": figures(request.user, group, year, today),
        "year": year,
        "years": range(today.year, today.year - YEARS, -1),
        "group": group,
        "groups": GROUPS,
    }
    return render(request, "visits/statistics.html", context)

"""信息页面: one listing, one party, the catalogue of services."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kechuang.core.cases.satisfaction_figures import unit_report
from kechuang.core.catalogue.models import all_services, get
from kechuang.core.market import access
from kechuang.core.market.actions import count_view
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.market.queries import listings
from kechuang.core.parties.access import view_party
from kechuang.core.parties.models import Party
from kechuang.web import clock
from kechuang.web.detail import detail, shelves
from kechuang.web.extend import party_asides
from kechuang.web.views.search import kind_or_404
from kechuang.web.visits import is_visit


@require_safe
def listing(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """一条信息: any kind; 404 for those who may not see it."""
    kind = kind_or_404(service)
    row = get_object_or_404(access.view_listing.filter(request.user, listings(kind.service)), pk=pk)
    if is_visit(request):
        count_view(listing=row, by=request.user, now=clock.now())
    page = detail(request.user, row, clock.now())
    response = render(request, "web/listing.html", {"page": page, "listing": row})
    if request.user.is_authenticated:  # may hold more than the public sees
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def party(request: HttpRequest, pk: int) -> HttpResponse:
    """单位主页: what an organisation says of itself and what it has published."""
    row = get_object_or_404(view_party.filter(request.user, Party.objects.all()), pk=pk)
    service, number = request.GET.get("kind", ""), request.GET.get("page", "")
    if service:
        kind_or_404(service)
    found = shelves(row, service, int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    context = {
        "party": row,
        "shelves": found,
        "service": service,
        "report": unit_report(row, clock.now()),
        "asides": party_asides(request.user, row),
    }
    response = render(request, "web/party.html", context)
    if context["asides"]:  # more than the public sees
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """事项目录: all rows of the service list."""
    return render(request, "web/catalogue.html", {"services": all_services()})


@require_safe
def catalogue_service(request: HttpRequest, code: str) -> HttpResponse:
    """一个事项: basis, audience, materials, promised time and workflow."""
    try:
        row = get(code)
    except KeyError:
        raise Http404 from None
    flow = [
        {
            "state": state,
            "start": name == row.workflow.start,
            "steps": [(s, row.workflow.states[s.target]) for s in row.workflow.steps if name in s.sources],
        }
        for name, state in row.workflow.states.items()
    ]
    listed = code in {k.service for k in listing_kinds()}
    return render(request, "web/catalogue_service.html", {"service": row, "listed": listed, "flow": flow})

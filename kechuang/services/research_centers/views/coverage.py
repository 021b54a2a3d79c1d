"""覆盖率页面: the numbers with their definition, the enterprises behind a number, a changed definition."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.parties.access import is_city_officer, require_city_officer, require_officer
from kechuang.kit.refusal import Refusal
from kechuang.services.research_centers import coverage as queries
from kechuang.services.research_centers.forms import FIRST_YEAR, DefinitionForm
from kechuang.services.research_centers.models import Definition
from kechuang.services.research_centers.rows import chosen
from kechuang.services.research_centers.views.centers import page_number
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

PAGE, YEARS = 50, 5


@login_required
@require_safe
def coverage(request: SignedIn) -> HttpResponse:
    """研发机构覆盖率: by district and year, with the definition beside the numbers."""
    require_officer(request.user)
    today = clock.today()
    year = chosen(request.GET, today)[0]
    context = {
        "year": year,
        "years": [one for one in range(today.year, today.year - YEARS, -1) if one >= FIRST_YEAR],
        "lines": queries.coverage(request.user, year, today),
        "definition": queries.definition(),
        "versions": Definition.objects.select_related("by")[:10],
        "whole": is_city_officer(request.user),
    }
    return render(request, "research_centers/coverage.html", context)


@login_required
@require_safe
def firms(request: SignedIn) -> HttpResponse:
    """名单: the enterprises behind one number."""
    require_officer(request.user)
    year, district, which = chosen(request.GET, clock.today())
    pages = Paginator(queries.firms(request.user, year, clock.today(), district, which), PAGE)
    here = pages.get_page(page_number(request))
    labels = {"all": _("分母中的企业"), "covered": _("有研发机构的企业"), "uncovered": _("没有研发机构的企业")}
    context = {
        "rows": here,
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "year": year,
        "district": district,
        "label": labels[which],
    }
    return render(request, "research_centers/firms.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def define(request: SignedIn) -> HttpResponse:
    """修改口径: officers of the city; every version stays."""
    require_city_officer(request.user)
    now = queries.definition()
    form = DefinitionForm(request.POST if request.method == "POST" else None, initial=_initial(now))
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            queries.define(content=data, seen=data["version"] or 0, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("新口径已生效，旧口径留存。"))
            return redirect("rd_coverage")
    return render(request, "research_centers/definition.html", {"form": form}, status=422 if form.errors else 200)


def _initial(now: Definition | None) -> dict[str, Any]:
    if now is None:
        return {"version": 0, "text_status": "ours", "organisations": True}
    return {name: getattr(now, name) for name in (*queries.CONTENT, "version")}

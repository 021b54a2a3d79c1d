"""漏斗页面: the funnel of officers, the list behind each number, the table as a file."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from kechuang.core.parties.access import require_officer
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.funnels import funnel_file, funnel_page, list_page

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50


@login_required
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """漏斗: how far what was collected has come."""
    require_officer(request.user)
    return render(request, "web/funnel.html", {"page": funnel_page(request.user, request.GET.dict(), clock.today())})


@login_required
@require_safe
def funnel_list(request: HttpRequest) -> HttpResponse:
    """漏斗清单: the listings behind one number."""
    require_officer(request.user)
    found = list_page(request.user, request.GET.dict(), clock.today())
    pages = Paginator(found.rows, PAGE)
    here = pages.get_page(request.GET.get("page", "1"))
    context = {"list": found, "rows": list(here), "pager": Page(here.number, pages.num_pages), "total": pages.count}
    return render(request, "web/funnel_list.html", context)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """漏斗表格: the table as an Excel file."""
    require_officer(request.user)
    name, data = funnel_file(request.user, request.GET.dict(), clock.today())
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, EXCEL, headers=headers)

"""主管部门页面: the files of the enterprises in one's scope, with completeness and disputes, as a list and as Excel."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from kechuang.core.parties.access import holds_office, require_officer
from kechuang.core.vocab import queries as vocab
from kechuang.kit.workbooks import Head, workbook
from kechuang.services.dossiers import queries
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.extend import Figure, register_figures
from kechuang.web.session import SignedIn

ROWS, OWN_FILES = 50, 3
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def home_figures(user: Any, today: date) -> list[Figure]:
    """首页数字: how complete one's own files are; what waits for an officer."""
    found = [
        Figure(
            _("档案完整度（%）"),
            queries.percent_of(party, today),
            reverse("dossier", args=[party.pk]),
            party.name,
        )
        for party in queries.own_files(user).filter(kind="enterprise")[:OWN_FILES]
    ]
    waiting = queries.to_do(user)
    if waiting is not None:
        found.append(Figure(_("来源不一致"), waiting, reverse("disputes"), _("待核对")))
    return found


register_figures(gettext_noop("一企一档"), home_figures)


def _chosen(request: HttpRequest) -> queries.Chosen:
    given = request.GET
    band, sort = given.get("band", ""), given.get("sort", "")
    return queries.Chosen(
        text=given.get("text", "").replace("\0", "").strip()[:60],
        district=given.get("district", "").replace("\0", ""),
        band=band if band in queries.BANDS else "",
        disputed=given.get("disputed") == "1",
        sort=sort if sort in queries.SORTS else "percent",
    )


@login_required
@require_safe
def files(request: SignedIn) -> HttpResponse:
    """一企一档: officers get the list of their scope; others their own files."""
    if not holds_office(request.user):
        return _others(request)
    chosen = _chosen(request)
    pages = Paginator(queries.ranked(request.user, chosen, clock.today()), ROWS)
    here = pages.get_page(request.GET.get("page"))
    context = {
        "rows": queries.file_rows(list(here)),
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "chosen": chosen,
        "districts": vocab.choices("district"),
        "bands": [("low", _("不到 50%")), ("middle", _("50%～89%")), ("high", _("90% 以上"))],
        "sorts": [
            ("percent", _("完整度从低到高")),
            ("-percent", _("完整度从高到低")),
            ("disputes", _("不一致多的在前")),
            ("name", _("按名称")),
        ],
    }
    return render(request, "dossiers/list.html", context)


def _others(request: SignedIn) -> HttpResponse:
    """One's own files, and those that one was allowed to see."""
    own = list(queries.own_files(request.user))
    shown = queries.shown_files(request.user, clock.today()).exclude(pk__in=[p.pk for p in own])
    if len(own) == 1 and not shown.exists():
        return redirect("dossier", own[0].pk)
    pages = Paginator(shown, ROWS)
    here = pages.get_page(request.GET.get("page"))
    context = {"own": own, "shown": here, "pager": Page(here.number, pages.num_pages)}
    return render(request, "dossiers/mine.html", context)


@login_required
@require_safe
def export(request: SignedIn) -> HttpResponse:
    """名单导出: the same list under the same filters."""
    require_officer(request.user)
    rows = queries.file_rows(queries.ranked(request.user, _chosen(request), clock.today()))
    heads = [
        Head(_("单位名称"), width=32),
        Head(_("统一社会信用代码"), width=22),
        Head(_("所在区市"), width=14),
        Head(_("完整度（%）"), width=12),
        Head(_("已填项"), width=10),
        Head(_("应填项"), width=10),
        Head(_("来源不一致（项）"), width=16),
    ]
    cells = (
        [r.party.name, r.party.uscc, vocab.label("district", r.party.district), r.percent, r.known, r.asked, r.disputes]
        for r in rows
    )
    data = workbook(sheet=_("一企一档"), heads=heads, rows=cells)
    name = f"{_('一企一档')}-{clock.today():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, content_type=EXCEL, headers=headers)

"""联盟与成员页面: alliances, applications, members, scores."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.alliances import access, actions, queries, score
from kechuang.services.alliances.forms import AllianceForm, ApplyForm
from kechuang.services.alliances.models import Alliance, Membership
from kechuang.services.alliances.page import alliance_page, periods, weights
from kechuang.services.alliances.sheet import members_workbook
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.session import SignedIn

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEMBERS = 20

register_desk_list(DeskList(gettext_noop("联盟"), "alliances", lambda user, _today: queries.concerns(user) or None))


def number_of(request: HttpRequest) -> int:
    """The page that an address asks for; 1 for anything odd."""
    given = request.GET.get("page", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1


@require_safe
def alliances(request: HttpRequest) -> HttpResponse:
    """联盟: all of them."""
    rows = access.view_alliance.filter(request.user, queries.alliances())
    return render(request, "alliances/list.html", {"alliances": rows})


@require_safe
def alliance(request: HttpRequest, pk: int) -> HttpResponse:
    """一个联盟: what it is for, who belongs to it, what it does."""
    found = get_object_or_404(queries.alliances(), pk=pk)
    page = alliance_page(request.user, found, request.GET.dict(), clock.now())
    pages = Paginator(page.members, MEMBERS)
    here = pages.get_page(number_of(request))
    context = {"page": page, "alliance": found, "members": here, "pager": Page(here.number, pages.num_pages)}
    return render(request, "alliances/alliance.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn, pk: int) -> HttpResponse:
    """申请加入: in the name of one of one's organisations."""
    found = get_object_or_404(Alliance, pk=pk)
    parties = queries.may_apply(request.user, found)
    mine = queries.own_memberships(request.user, found)
    if not parties and request.method != "POST":
        return render(request, "alliances/nobody.html", {"alliance": found, "mine": mine})
    form = ApplyForm(request.POST if request.method == "POST" else None, initial={"key": secrets.token_hex(16)})
    chosen = Party.objects.filter(pk=_number(request.POST.get("party", ""))).first() or parties.first()
    if form.is_valid() and (membership := _applied(request, found, chosen, form)) is not None:
        messages.success(request, _("申请已送达，{due} 前答复。您会收到通知。").format(due=membership.case.due_on))
        return redirect("case", membership.case_id)
    context = {"alliance": found, "form": form, "parties": parties, "chosen": chosen, "mine": mine}
    return render(request, "alliances/apply.html", context, status=422 if form.errors else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _applied(request: SignedIn, found: Alliance, party: Party | None, form: ApplyForm) -> Membership | None:
    if party is None:
        raise NotAllowed(_("请先在“我的单位”中登记单位或申请加入。"))
    content = dict(form.cleaned_data)
    key = content.pop("key")
    try:
        return actions.apply(
            alliance=found, party=party, content=content, form_key=key, by=request.user, now=clock.now()
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _managed(user: Any, pk: int) -> Alliance:
    found = get_object_or_404(queries.alliances(), pk=pk)
    if not access.manage_alliance.check(user, found):
        raise NotAllowed(_("这个页面由联盟秘书处和所在区市的主管部门使用。"))
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """联盟信息: purpose, charter, contact."""
    found = _managed(request.user, pk)
    names = ("purpose", "charter", "contact", "version")
    sent = request.POST if request.method == "POST" else None
    form = AllianceForm(sent, initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        content = dict(form.cleaned_data)
        version = content.pop("version")
        try:
            actions.save_alliance(alliance=found, content=content, version=version, by=request.user, now=clock.now())
        except Stale as stale:
            form.add_error(None, stale.message)
        else:
            messages.success(request, _("联盟信息已保存。"))
            return redirect("alliance", pk)
    return render(request, "alliances/edit.html", {"alliance": found, "form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def members(request: SignedIn, pk: int) -> HttpResponse:
    """成员管理: applications that wait, members with their contacts, those who left."""
    found = _managed(request.user, pk)
    pages = Paginator(queries.members(found), MEMBERS)
    here = pages.get_page(number_of(request))
    context = {
        "alliance": found,
        "applications": queries.applications(found),
        "members": here,
        "pager": Page(here.number, pages.num_pages),
        "former": queries.former(found)[:MEMBERS],
        "today": clock.today(),
    }
    return render(request, "alliances/members.html", context)


@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """成员名单: as Excel, under the page's filters; contacts only for those who manage the alliance."""
    found = get_object_or_404(Alliance, pk=pk)
    rows = queries.members(found, request.GET.dict())
    data = members_workbook(found, rows, contacts=access.manage_alliance.check(request.user, found))
    name = f"{found.name}-{_('成员')}-{clock.today():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, content_type=EXCEL, headers=headers)


def _scored(user: Any, pk: int) -> Alliance:
    found = get_object_or_404(queries.alliances(), pk=pk)
    if not access.see_scores.check(user, found):
        raise NotAllowed(_("活跃度只对联盟成员、秘书处和主管部门显示。"))
    return found


@login_required
@require_safe
def scores(request: SignedIn, pk: int) -> HttpResponse:
    """活跃度: every member's score in a period, how it is computed, each number a link to its list."""
    found = _scored(request.user, pk)
    known = periods(clock.now())
    code = request.GET.get("period", "")
    code = code if code in known else next(iter(known))
    context = {
        "alliance": found,
        "periods": known,
        "code": code,
        "scores": score.scores(found, known[code], weights()),
        "rules": [(what, _(label), _(words), weights().get(what, 0)) for what, (label, words) in score.COUNTED.items()],
    }
    return render(request, "alliances/scores.html", context)


@login_required
@require_safe
def score_of(request: SignedIn, pk: int, party: int) -> HttpResponse:
    """得分明细: the records behind one member's numbers."""
    found = _scored(request.user, pk)
    member = queries.members(found).filter(party=party).first()
    if member is None:
        raise Http404
    known = periods(clock.now())
    code = request.GET.get("period", "")
    code = code if code in known else next(iter(known))
    what = request.GET.get("what", "")
    records = [r for r in score.records(found, known[code], party) if what in ("", r.what)]
    context = {
        "alliance": found,
        "member": member,
        "period": known[code],
        "code": code,
        "what": what if what in score.COUNTED else "",
        "records": [(r, _(score.COUNTED[r.what][0])) for r in records],
        "kinds": [(name, _(label)) for name, (label, _words) in score.COUNTED.items()],
    }
    return render(request, "alliances/score.html", context)


@case_page("alliances")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """成员办件: the application or membership of one organisation."""
    membership = Membership.objects.select_related("alliance", "party").get(case=case)
    file = case_file(request.user, case, clock.today(), outcome)
    context = {"file": file, "membership": membership}
    return render(request, "alliances/membership.html", context, status=outcome.status)

"""结对页面: ask a platform, the list, the page of a pairing, terms, reports."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.core.market.access import public
from kechuang.core.market.models import Offer
from kechuang.core.market.queries import listings
from kechuang.kit.refusal import Refusal
from kechuang.services.pairings import access, actions, queries
from kechuang.services.pairings.forms import AskForm, ReportForm, TermsForm
from kechuang.services.pairings.links import platform_aside, platform_links
from kechuang.services.pairings.models import Pairing
from kechuang.services.pairings.service import WORKFLOW
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_aside, register_desk_list, register_links
from kechuang.web.session import SignedIn

PAGE = 30
TYPED = "pairing:{}"  # what a visitor typed before she had signed in
KEPT = ("kind", "purpose")

register_links(platform_links)
register_aside("platforms", platform_aside)
register_desk_list(
    DeskList(gettext_noop("结对"), "pairings", lambda user, _today: queries.pairings(user).count() or None)
)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """一键联系: a question, or the wish to pair. Visitors are led to the login and find here what they typed."""
    platform = get_object_or_404(public.filter(request.user, listings("platforms")), pk=pk)
    typed = request.session.get(TYPED.format(pk), {})
    if not request.user.is_authenticated:
        return _ask_visitor(request, platform, typed)
    parties = queries.askers(request.user, platform)
    if not parties:
        return render(request, "pairings/nobody.html", {"platform": platform, "typed": typed}, status=403)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        parties=parties,
        needs=queries.needs_of(parties),
        initial={"key": secrets.token_hex(16), "party": parties.first(), **typed, **_wanted(request)},
    )
    if form.is_valid() and (pairing := _asked(request, platform, form)) is not None:
        request.session.pop(TYPED.format(pk), None)
        messages.success(request, _("已送达平台，{due} 前回应。您会收到通知。").format(due=pairing.case.due_on))
        return redirect("case", pairing.case_id)
    context = {"platform": platform, "form": form, "there": queries.open_pairing(platform, parties)}
    return render(request, "pairings/ask.html", context, status=422 if form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in Pairing.Kind.values else {}


def _ask_visitor(request: HttpRequest, platform: Offer, typed: dict[str, str]) -> HttpResponse:
    form = AskForm(
        request.POST if request.method == "POST" else None, parties=None, needs=None, initial=typed | _wanted(request)
    )
    if request.method == "POST":
        kept = {name: request.POST.get(name, "")[:2000].replace("\0", "") for name in KEPT}
        request.session[TYPED.format(platform.pk)] = kept
        if form.is_valid():
            messages.info(request, _("请先登录，您填写的内容还在，登录后即可送出。"))
            return redirect_to_login(reverse("ask_platform", args=[platform.pk]))
    context = {"platform": platform, "form": form}
    return render(request, "pairings/ask.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, platform: Offer, form: AskForm) -> Pairing | None:
    """The pairing; None where the form must be shown again with the reason."""
    data = form.cleaned_data
    try:
        return actions.ask(
            platform=platform,
            party=data["party"],
            kind=data["kind"],
            purpose=data["purpose"],
            need=data.get("need"),
            form_key=data["key"],
            by=request.user,
            now=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


@login_required
@require_safe
def pairings(request: SignedIn) -> HttpResponse:
    """结对清单: those of one's organisations, and those in an officer's scope."""
    state = request.GET.get("state", "")
    state = state if state in WORKFLOW.states else ""
    rows = queries.pairings(request.user, state)
    number = request.GET.get("page", "1")
    pages = Paginator(rows, PAGE)
    here = pages.get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    context = {
        "rows": [(row, WORKFLOW.states[row.case.state], _late(row.case)) for row in here],
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "states": WORKFLOW.states.items(),
        "state": state,
    }
    return render(request, "pairings/list.html", context)


def _late(case: Case) -> bool:
    return bool(case.due_on and case.due_on < clock.today())


@case_page("pairings")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """结对办件: what was asked, what was agreed, what came of it."""
    pairing = queries.with_everything().get(case=case)
    file = case_file(request.user, case, clock.today(), outcome)
    answering = queries.answering([pairing.platform], clock.now())[pairing.platform_id]
    context = {"file": file, "pairing": pairing, "reports": pairing.reports.all(), "answering": answering}
    return render(request, "pairings/case.html", context, status=outcome.status)


def _pairing(user: Any, pk: int) -> Pairing:
    """A pairing by the number of its case, for those who may see it."""
    return get_object_or_404(access.see_pairing.filter(user, queries.with_everything()), case=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedIn, pk: int) -> HttpResponse:
    """结对方案: the platform proposes, the enterprise decides."""
    pairing = _pairing(request.user, pk)
    require_step(pairing.case, "propose", request.user)
    names = ("goals", "starts_on", "ends_on", "every", "platform_contact", "party_contact", "version")
    sent = request.POST if request.method == "POST" else None
    form = TermsForm(sent, today=clock.today(), initial={name: getattr(pairing, name) or None for name in names})
    if form.is_valid():
        content = dict(form.cleaned_data)
        version = content.pop("version")
        try:
            actions.propose_terms(pairing=pairing, content=content, version=version, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("方案已送达企业，等待确认。"))
            return redirect("case", pk)
    context = {"form": form, "pairing": pairing, "title": _("结对方案"), "button": _("提出方案")}
    return render(request, "pairings/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: SignedIn, pk: int) -> HttpResponse:
    """进展报告: by either side; the platform is asked when it falls due."""
    pairing = _pairing(request.user, pk)
    require_step(pairing.case, "report", request.user)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.report(pairing=pairing, content=form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("进展报告已提交，对方会收到通知。"))
            return redirect("case", pk)
    since, until = queries.next_period(pairing, clock.today())
    context = {
        "form": form,
        "pairing": pairing,
        "title": _("进展报告"),
        "button": _("提交报告"),
        "since": since,
        "until": until,
    }
    return render(request, "pairings/form.html", context, status=422 if form.errors else 200)

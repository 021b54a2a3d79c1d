"""登记页面: the public register, registering, the page of a registration, asking a centre."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.research_centers import access, actions, queries
from kechuang.services.research_centers.forms import CenterForm, InquiryForm
from kechuang.services.research_centers.models import Center, Inquiry
from kechuang.services.research_centers.service import WORKFLOW
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.prefill import prefill
from kechuang.web.session import SignedIn

PAGE = 20
FACETS = ("industry", "district", "cooperation")
register_desk_list(
    DeskList(
        gettext_noop("云上研发中心"),
        "center_cases",
        lambda user, _today: (
            queries.centers(user).count() or (0 if holds_office(user) or queries.registrants(user) else None)
        ),
    )
)


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for; 1 for anything odd."""
    number = request.GET.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """公开登记簿: who is registered, in which field, and what they offer to work on together."""
    chosen = {name: request.GET.get(name, "") for name in FACETS}
    chosen = {name: value if value in vocab.labels(name) else "" for name, value in chosen.items()}
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    pages = Paginator(queries.on_register(words, **chosen), PAGE)
    here = pages.get_page(page_number(request))
    context = {
        "rows": here,
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "words": words,
        "filters": [(name, vocab.choices(name), chosen[name]) for name in FACETS],
        "filtered": any(chosen.values()) or words,
        "may_register": request.user.is_authenticated and bool(queries.registrants(request.user)),
        "officer": holds_office(request.user),
        "own": set(parties_of(request.user).values_list("pk", flat=True)),
    }
    return render(request, "research_centers/register.html", context)


@login_required
@require_safe
def cases(request: SignedIn) -> HttpResponse:
    """登记办件: one's own, and those in an officer's scope."""
    state = request.GET.get("state", "")
    state = state if state in WORKFLOW.states else ""
    pages = Paginator(queries.centers(request.user, state), PAGE)
    here = pages.get_page(page_number(request))
    today = clock.today()
    context = {
        "rows": [
            (row, WORKFLOW.states[row.case.state], bool(row.case.due_on and row.case.due_on < today)) for row in here
        ],
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "states": WORKFLOW.states.items(),
        "state": state,
    }
    return render(request, "research_centers/cases.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """登记: pre-filled from the enterprise file, each value with its source."""
    parties = queries.registrants(request.user)
    if not parties:
        there = queries.centers(request.user).filter(ended_on=None).first()
        if there is not None and access.own_center.check(request.user, there):
            return redirect("case", there.case_id)
        return render(request, "research_centers/nobody.html", status=403)
    wanted = request.POST.get("party") or request.GET.get("party", "")
    party = next((one for one in parties if str(one.pk) == wanted), parties[0])
    sent = request.POST if request.method == "POST" else None
    form = CenterForm(sent, initial={"key": secrets.token_hex(16), "name": f"{party.name}云上研发中心"})
    prefill(form, party, clock.today())
    if form.is_valid():
        try:
            given = {"party": party, "content": form.cleaned_data, "form_key": form.cleaned_data["key"]}
            center = actions.start(**given, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _saved(request, center)
    return _form_page(request, form, party, parties=parties)


def _form_page(request: SignedIn, form: CenterForm, party: Party, **more: Any) -> HttpResponse:
    context = {"form": form, "party": party, "center": None, "parties": [party], **more}
    return render(request, "research_centers/form.html", context, status=422 if form.errors else 200)


def _saved(request: SignedIn, center: Center) -> HttpResponse:
    """With the button "submit" it is handed in, else it stays as it is."""
    if "submit" in request.POST and center.case.state in ("draft", "returned"):
        try:
            done = advance(case=center.case, step="submit", by=request.user, now=clock.now())
        except Refusal as refusal:
            messages.warning(request, _("已保存，还没有提交：%(why)s") % {"why": refusal.message})
        else:
            messages.success(request, _("已提交，%(due)s 前答复。您会收到通知。") % {"due": done.due_on})
    else:
        messages.success(request, _("已保存。"))
    return redirect("case", center.case_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """修改登记内容: by the enterprise's own people."""
    center = get_object_or_404(access.see_center.filter(request.user, queries.with_everything()), case=pk)
    if not access.own_center.check(request.user, center):
        raise NotAllowed(_("登记内容由本企业的经办人修改。"))
    sent = request.POST if request.method == "POST" else None
    initial = {name: getattr(center, name) for name in (*actions.CONTENT, "version")}
    form = CenterForm(sent, initial=initial)
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            center = actions.change(
                center=center, content=form.cleaned_data, version=version, by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _saved(request, center)
    return _form_page(request, form, center.party, center=center)


@case_page("research_centers")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """登记办件: what is registered, what waits, which years are confirmed."""
    center = queries.with_everything().get(case=case)
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "center": center,
        "confirmations": center.confirmations.select_related("by"),
        "own": access.own_center.check(request.user, center),
        "public": case.state in access.ON_REGISTER,
        "may_edit": case.state in ("draft", "returned", *access.ON_REGISTER),
    }
    return render(request, "research_centers/case.html", context, status=outcome.status)


def _public(pk: int) -> Center:
    return get_object_or_404(queries.on_register(), pk=pk)


@require_safe
def center(request: HttpRequest, pk: int) -> HttpResponse:
    """一个中心: what everybody may see of it."""
    found = _public(pk)
    own = request.user.is_authenticated and access.own_center.check(request.user, found)
    return render(request, "research_centers/center.html", {"center": found, "own": own})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, pk: int) -> HttpResponse:
    """联系合作: in the name of one's organisation; the centre's people answer."""
    found = _public(pk)
    parties = parties_of(request.user).exclude(pk=found.party_id).exclude(kind="person")
    if not parties:
        raise NotAllowed(_("联系合作须以其他单位的名义。请先在“我的单位”中登记或申请加入。"))
    sent = request.POST if request.method == "POST" else None
    form = InquiryForm(sent, parties=parties, initial={"key": secrets.token_hex(16), "party": parties.first()})
    if form.is_valid():
        data = form.cleaned_data
        try:
            given = {"center": found, "party": data["party"], "text": data["text"], "form_key": data["key"]}
            inquiry = actions.inquire(**given, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已送达，%(due)s 前答复。您会收到通知。") % {"due": inquiry.case.due_on})
            return redirect("case", inquiry.case_id)
    return render(
        request, "research_centers/ask.html", {"form": form, "center": found}, status=422 if form.errors else 200
    )


@case_page("research-center-inquiries")
def show_inquiry(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """合作联系办件."""
    inquiry = Inquiry.objects.select_related("center__party", "party").get(case=case)
    context = {"file": case_file(request.user, case, clock.today(), outcome), "inquiry": inquiry}
    return render(request, "research_centers/inquiry.html", context, status=outcome.status)

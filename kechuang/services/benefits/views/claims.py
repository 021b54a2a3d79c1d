"""申报页面: clauses that pay, the claim with its live verdict, the page of a case, review and account."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.actions import advance, attach, require_step
from kechuang.core.cases.models import Case
from kechuang.core.dossier.queries import blocked
from kechuang.core.dossier.wording import words
from kechuang.core.ledger import access as ledger
from kechuang.core.ledger.queries import for_case
from kechuang.core.ledger.wording import line_words, masked, state_words
from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import pack_of, version_on
from kechuang.core.publicity import queries as publicity
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules.wording import Told, tell
from kechuang.services.benefits import access, actions, queries
from kechuang.services.benefits.forms import AccountForm, ClaimForm, LineForm, initial_of
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.shown import capped
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.file_facts import file_facts
from kechuang.web.session import SignedIn

register_desk_list(
    DeskList(
        gettext_noop("政策兑现"),
        "benefit_cases",
        lambda user, _today: queries.benefits(user).count() or (0 if holds_office(user) else None),
    )
)


@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """政策兑现: the clauses in force that pay, whether one claims them or is asked, and what is under notice."""
    found = [(version, pack_of(version)) for version in queries.paying(clock.today())]
    rows = [(version, pack, queries.claimable(pack), queries.for_batch(pack)) for version, pack in found]
    context = {
        "rows": rows,
        "notices": publicity.filtered(publicity.running(), service=actions.SERVICE).count(),
        "officer": holds_office(request.user),
    }
    return render(request, "benefits/benefits.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn, code: str) -> HttpResponse:
    """申报: pre-filled from the file; the verdict is shown before anything is sent."""
    today = clock.today()
    version = version_on(code, today)
    if version is None or not queries.claimable(pack_of(version)):
        raise Http404
    parties = queries.claimants(request.user, version, today)
    if not parties:
        return render(request, "benefits/nobody.html", {"version": version, "pack": pack_of(version)}, status=403)
    party = _party(request, parties)
    form = _form(request, version, initial={"account_name": party.name, "key": secrets.token_hex(16)})
    if "preview" not in request.POST and form.is_valid():
        benefit = _started(request, version, party, form)
        if benefit is not None:
            return _saved(request, benefit, form)
    return _claim_page(request, form, version, party, parties, None)


def _party(request: SignedIn, parties: list[Party]) -> Party:
    wanted = request.POST.get("party") or request.GET.get("party", "")
    return next((party for party in parties if str(party.pk) == wanted), parties[0])


def _form(request: SignedIn, version: PackVersion, **more: Any) -> ClaimForm:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    known = {"facts": queries.own_facts(pack_of(version)), "materials": actions.materials_of(version), "there": set()}
    return ClaimForm(*given, **{**known, **more})


def _started(request: SignedIn, version: PackVersion, party: Party, form: ClaimForm) -> Benefit | None:
    data = form.cleaned_data
    try:
        return actions.start(
            version=version,
            party=party,
            item=data.get("item", ""),
            facts=form.stated(),
            account=form.account(),
            form_key=data["key"] or None,
            by=request.user,
            now=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _saved(request: SignedIn, benefit: Benefit, form: ClaimForm) -> HttpResponse:
    """Files go to the case; with the button "submit" the claim is handed in, else it stays a draft."""
    step = {"draft": "submit", "supplement": "resubmit"}.get(benefit.case.state)
    try:
        for label, file in form.uploads().items():
            given = {"name": file.name, "chunks": file.chunks(), "label": label}
            attach(case=benefit.case, by=request.user, now=clock.now(), **given)
        if "submit" in request.POST and step is not None:
            done = advance(case=benefit.case, step=step, by=request.user, now=clock.now())
            messages.success(request, _("已提交，%(due)s 前初审。您会收到通知。") % {"due": done.due_on})
            return redirect("case", benefit.case_id)
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.warning(request, _("已存为草稿，还没有提交：%(why)s") % {"why": refusal.message})
        return redirect("edit_benefit", benefit.case_id)
    messages.success(request, _("已保存，还没有提交。"))
    return redirect("edit_benefit", benefit.case_id)


def _claim_page(
    request: SignedIn,
    form: ClaimForm,
    version: PackVersion,
    party: Party,
    parties: list[Party],
    benefit: Benefit | None,
) -> HttpResponse:
    today = clock.today()
    facts = form.stated() if form.is_bound and form.is_valid() else actions.stated(benefit) if benefit else {}
    item = form["item"].value() or "" if "item" in form.fields else ""
    context = {
        "form": form,
        "version": version,
        "pack": pack_of(version),
        "party": party,
        "parties": parties,
        "benefit": benefit,
        "verdict": tell(queries.live(version, party, facts, item, today), words()),
        "file_facts": file_facts(pack_of(version), party, today),
        "blocked": blocked(party, today),
    }
    part = "#verdict" if "preview" in request.POST and getattr(request, "htmx", False) else ""
    wrong = bool(form.errors) and "preview" not in request.POST
    return render(request, f"benefits/claim.html{part}", context, status=422 if wrong else 200)


def benefit_of(user: Any, pk: int) -> Benefit:
    """A benefit by the number of its case, for those who may see it."""
    return get_object_or_404(access.see_benefit.filter(user, queries.with_everything()), case=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """修改申报: a draft, or what is to be supplemented."""
    benefit = benefit_of(request.user, pk)
    if not access.claimant.check(request.user, benefit.case):
        raise NotAllowed(_("申报表由申报单位修改。"))
    if benefit.case.state not in ("draft", "supplement"):
        raise Refusal(_("这一件已经提交，不能再修改；可以在办件页撤回。"))
    there = set(benefit.case.materials.filter(removed_at=None).values_list("label", flat=True))
    initial = initial_of(benefit, actions.stated(benefit))
    form = _form(request, benefit.version, initial=initial, there=there, known=benefit.tail)
    if "preview" not in request.POST and form.is_valid():
        try:
            row = actions.change(
                benefit=benefit,
                item=form.cleaned_data.get("item", ""),
                facts=form.stated(),
                account=form.account(),
                by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _saved(request, row, form)
    return _claim_page(request, form, benefit.version, benefit.party, [benefit.party], benefit)


def _verdict(benefit: Benefit) -> Told | None:
    """The verdict that was kept; of an amount that the firm has not confirmed yet, that of today."""
    if benefit.verdict is not None:
        return tell(queries.again(benefit.verdict), words())
    if benefit.case.state != "offered":
        return None
    return tell(queries.live(benefit.version, benefit.party, {}, "", clock.today()), words())


@case_page("benefits")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """兑付办件: case, verdict, cap, line, orders, entry: each leads to the next."""
    benefit = queries.with_everything().get(case=case)
    orders = [
        (order, state_words(order), masked(order))
        for order in for_case(case.pk)
        if ledger.view_order.check(request.user, order)
    ]
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "benefit": benefit,
        "verdict": _verdict(benefit),
        "capped": capped(benefit),
        "orders": orders,
        "officer": access.handle_benefit.check(request.user, benefit),
        "own": access.claimant.check(request.user, case),
    }
    return render(request, "benefits/case.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, pk: int) -> HttpResponse:
    """复核: the second officer chooses the line; cap and budget are held and the public notice begins."""
    benefit = benefit_of(request.user, pk)
    require_step(benefit.case, "review", request.user)
    lines = queries.lines_for(request.user, benefit)
    form = LineForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_valid():
        line = form.cleaned_data["line"]
        try:
            done = actions.review(benefit=benefit, line=line, by=request.user, now=clock.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("已复核，公示至 %(until)s。") % {"until": done.case.due_on})
            return redirect("case", pk)
    context = {
        "benefit": benefit,
        "form": form,
        "lines": [(line, line_words(line)) for line in lines],
        "verdict": tell(queries.again(benefit.verdict), words()) if benefit.verdict is not None else None,
        "days": queries.notice_days(pack_of(benefit.version)),
    }
    return render(request, "benefits/review.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedIn, pk: int) -> HttpResponse:
    """更正账户: after the bank has sent the money back."""
    benefit = benefit_of(request.user, pk)
    require_step(benefit.case, "correct", request.user)
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial_of(benefit, {}))
    if form.is_valid():
        try:
            actions.correct_account(benefit=benefit, account=form.account(), by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("账户已更正，等主管部门重新制单。"))
            return redirect("case", pk)
    context = {"benefit": benefit, "form": form, "title": _("更正收款账户"), "button": _("保存账户")}
    return render(request, "benefits/form.html", context, status=422 if form.errors else 200)

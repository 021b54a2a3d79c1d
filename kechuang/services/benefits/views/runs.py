"""免申即享页面: runs with their totals, the one-click confirmation of a firm."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.cases.actions import require_step
from kechuang.core.dossier.wording import words
from kechuang.core.ledger.queries import lines
from kechuang.core.ledger.wording import line_words
from kechuang.core.parties.access import require_officer
from kechuang.core.policy.queries import pack_of
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules.wording import tell
from kechuang.services.benefits import access, queries, runs
from kechuang.services.benefits.forms import LineForm, OfferForm, RunForm, initial_of
from kechuang.services.benefits.models import Benefit, Run
from kechuang.services.benefits.views.claims import benefit_of
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

SHOWN = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: SignedIn) -> HttpResponse:
    """批次清单: the runs, and a new one: which clause, which district."""
    require_officer(request.user)
    versions = [v for v in queries.paying(clock.today()) if queries.for_batch(pack_of(v))]
    form = RunForm(request.POST if request.method == "POST" else None, versions=versions)
    if form.is_valid():
        version = next(v for v in versions if v.code == form.cleaned_data["code"])
        district = form.cleaned_data["district"]
        run = runs.compute(version=version, district=district, on=clock.today(), by=request.user, now=clock.now())
        return redirect("benefit_run", run.pk)
    context = {"form": form, "runs": queries.runs(request.user)[:50], "versions": versions}
    return render(request, "benefits/runs.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: SignedIn, pk: int) -> HttpResponse:
    """批次: who qualifies, by district and size, the cost against the line; confirm or give up."""
    found = get_object_or_404(queries.runs(request.user), pk=pk)
    chosen = lines(request.user).filter(year=found.year, district=found.version.district)
    form = LineForm(request.POST if "confirm" in request.POST else None, lines=chosen)
    try:
        if "drop" in request.POST:
            runs.drop(run=found, by=request.user, now=clock.now())
            messages.success(request, _("批次已放弃。"))
            return redirect("benefit_runs")
        if "leave" in request.POST or "take" in request.POST:
            return _chosen(request, found)
        if form.is_valid():
            runs.confirm(run=found, line=form.cleaned_data["line"], by=request.user, now=clock.now())
            messages.success(request, _("已确认，正在逐户通知。"))
            return redirect("benefit_run", pk)
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal.message) if form.is_bound else messages.error(request, refusal.message)
    return render(request, "benefits/run.html", _run_context(found, form, chosen), status=422 if form.errors else 200)


def _chosen(request: SignedIn, found: Run) -> HttpResponse:
    """Leave the chosen ones out, or take them in again."""
    why = request.POST.get("why", "").replace("\0", "") if "leave" in request.POST else ""
    if "leave" in request.POST and not why.strip():
        raise Refusal(_("请写明暂不发放的原因，会留在经过里。"))
    numbers = [int(n) for n in request.POST.getlist("party") if n.isascii() and n.isdigit() and len(n) < 18]
    row = runs.leave_out(run=found, parties=numbers, why=why, by=request.user, now=clock.now())
    messages.success(request, _("名单已更新：发放 %(n)s 户。") % {"n": len(row.kept)})
    return redirect("benefit_run", found.pk)


def _run_context(found: Run, form: LineForm, chosen: Any) -> dict[str, Any]:
    named = runs.names([row[0] for row in found.rows[:SHOWN]])
    return {
        "run": found,
        "form": form,
        "lines": [(line, line_words(line)) for line in chosen],
        "rows": [
            (n, named.get(n, ""), Decimal(fen) / runs.FEN, place, size, found.left_out.get(str(n), ""))
            for n, fen, place, size in found.rows[:SHOWN]
        ],
        "districts": runs.totals(found, 2),
        "sizes": runs.totals(found, 3),
        "count": len(found.kept),
        "hidden": max(0, len(found.rows) - SHOWN),
        "draft": found.state == Run.State.DRAFT,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: SignedIn, pk: int) -> HttpResponse:
    """一键确认: the amount by today's facts and the account; what has changed since is told first."""
    benefit = benefit_of(request.user, pk)
    require_step(benefit.case, "confirm", request.user)
    before = benefit.computed
    if request.method != "POST":
        benefit = runs.recompute(benefit, by=request.user, now=clock.now())
        if benefit.case.state != "offered":
            return redirect("case", pk)
    initial = initial_of(benefit, {}) | {"seen": benefit.computed}
    initial["account_name"] = initial["account_name"] or benefit.party.name
    form = OfferForm(request.POST if request.method == "POST" else None, known=benefit.tail, initial=initial)
    if form.is_valid() and _accepted(request, benefit, form):
        return redirect("case", pk)
    benefit = benefit_of(request.user, pk)
    if form.is_bound:  # the amount by today's facts, for the next click
        form.data = {**form.data.dict(), "seen": str(benefit.computed)}  # type: ignore[attr-defined]
    return _offer_page(request, benefit, form, changed=before != benefit.computed)


def _accepted(request: SignedIn, benefit: Benefit, form: OfferForm) -> bool:
    try:
        seen = form.cleaned_data["seen"]
        runs.accept(benefit=benefit, seen=seen, account=form.account(), by=request.user, now=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("已确认，接下来公示，公示期满后拨付。"))
    return True


def _offer_page(request: SignedIn, benefit: Benefit, form: OfferForm, *, changed: bool) -> HttpResponse:
    context = {
        "benefit": benefit,
        "form": form,
        "changed": changed,
        "seen": benefit.computed,
        "verdict": tell(queries.live(benefit.version, benefit.party, {}, "", clock.today()), words()),
        "may": access.claimant.check(request.user, benefit.case),
    }
    return render(request, "benefits/offer.html", context, status=422 if form.errors else 200)

"""评价年度页面: owners and rounds in an officer's scope, a firm's own cards, a round with its ranking."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from kechuang.core.cases.queries import state_of
from kechuang.core.parties.access import holds_office, require_officer
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.scorecards import owners, page, queries, rounds, sheet
from kechuang.services.scorecards.forms import OwnerForm, ReasonForm
from kechuang.services.scorecards.models import Round
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, register_desk_list
from kechuang.web.session import SignedIn

SHEETS = (sheet,)  # declared by being imported


def _count(user: Any, _today: Any) -> int | None:
    if holds_office(user):
        return queries.rounds(user).filter(state=Round.State.OPEN).count()
    return queries.own_cards(user).count() or None


register_desk_list(DeskList(gettext_noop("国企创新评价"), "scorecards", _count))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: SignedIn) -> HttpResponse:
    """国企创新评价: owners and rounds for officers, own cards for firms."""
    office = holds_office(request.user)
    if request.method == "POST":
        require_officer(request.user)
    form = OwnerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = owners.add_owner(**form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已登记。请列入企业、选定指标表，再发起评价。"))
            return redirect("scorecard_owner", made.pk)
    own = [(card, state_of(card.case), queries.result_of(card)) for card in queries.own_cards(request.user)]
    context = {
        "office": office,
        "form": form,
        "owners": queries.owners(request.user) if office else (),
        "titles": queries.titles(clock.today()) if office else {},
        "rounds": queries.rounds(request.user)[:50] if office else (),
        "own": own,
    }
    return render(request, "scorecards/list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedIn, pk: int) -> HttpResponse:
    """一轮评价: where every firm stands; once published the ranking. Publish all at once, or call off."""
    require_officer(request.user)
    found = get_object_or_404(queries.rounds(request.user), pk=pk)
    form = ReasonForm(request.POST if "drop" in request.POST else None)
    problem = ""
    try:
        if "publish" in request.POST:
            rounds.publish(found=found, by=request.user, now=clock.now())
            messages.success(request, _("结果已公布，企业已收到通知。"))
            return redirect("scorecard_round", pk)
        if form.is_valid():
            rounds.drop(found=found, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
            messages.success(request, _("本轮已取消。"))
            return redirect("scorecards")
    except NotAllowed:
        raise
    except Refusal as refusal:
        problem = refusal.message
    rows = page.round_rows(found)
    context = {
        "round": found,
        "rows": rows,
        "reviewed": sum(row.card.case.state in ("reviewed", "published") for row in rows),
        "median": queries.medians(found)[0],
        "form": form,
        "problem": problem,
        "open": found.state == Round.State.OPEN,
        "published": found.state == Round.State.PUBLISHED,
    }
    return render(request, "scorecards/round.html", context, status=422 if problem or form.errors else 200)

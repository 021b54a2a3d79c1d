"""外出与交接页面: one's absence and deputy; open cases handed over to somebody else."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.cases import absences
from kechuang.core.cases.handover import desks, hand_over, movable
from kechuang.core.parties.access import holds_office, require_officer
from kechuang.core.parties.models import Absence, User
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.people_forms import show
from kechuang.web.session import SignedIn
from kechuang.web.team_forms import AbsenceForm, HandoverForm

PAGE = 50  # people on a page
SHOWN = 500  # cases on the page of a hand-over; "all" hands over the others as well
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def absence(request: SignedIn) -> HttpResponse:
    """外出与代理: enter when one is away and who stands in; for whom one stands in."""
    form = AbsenceForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            row, moves = absences.enter_absence(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show(form, refusal)
        else:
            words = _("已登记：{since} 至 {until} 由{deputy}代理，对方会收到通知。")
            text = words.format(since=row.since, until=row.until, deputy=row.deputy)
            messages.success(request, text + moves.words())
            return redirect("absence")
    today = clock.today()
    context = {
        "form": form,
        "mine": absences.absences_of(request.user, today),
        "others": absences.deputising(request.user, today),
        "possible": absences.stand_ins(request.user).exists(),
        "today": today,
    }
    return render(request, "web/absence.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """结束外出: early, or call it off."""
    row = get_object_or_404(absences.own_absence.filter(request.user, Absence.objects.all()), pk=pk)
    back = absences.end_absence(absence=row, by=request.user, now=clock.now())
    words = _("外出登记已结束，{n} 件办件回到您的待办。") if back else _("外出登记已结束。")
    messages.success(request, words.format(n=back))
    return redirect("absence")


@login_required
@form_page
def own(request: SignedIn) -> HttpResponse:
    """交接: one's own open cases; officers also see who in their scope has how many."""
    return _hand(request, request.user)


@login_required
@form_page
def of_person(request: SignedIn, pk: int) -> HttpResponse:
    """代为交接: an officer hands over the cases of a person in her scope."""
    require_officer(request.user)
    giver = get_object_or_404(User, pk=pk)
    if request.method != "POST" and not movable(request.user, giver).exists():
        raise Http404
    return _hand(request, giver)


def _hand(request: SignedIn, giver: User) -> HttpResponse:
    rows = movable(request.user, giver).select_related("applicant", "offer", "need", "on_behalf_of")
    cases = list(rows.order_by("due_on", "since")[:SHOWN])
    sent = request.POST if request.method == "POST" else None
    chosen = [int(n) for n in sent.getlist("cases") if n.isascii() and n.isdigit() and len(n) < 18] if sent else []
    form = HandoverForm(sent, giver=giver, cases=[*(c.pk for c in cases), *chosen])
    if form.is_valid():
        data = form.cleaned_data
        try:
            moves = hand_over(
                giver=giver,
                receiver=data["receiver"],
                cases=form.chosen(),
                note=data["note"],
                by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            show(form, refusal)
        else:
            kept = _("{n} 件对方无权办理，仍在原处。").format(n=len(moves.kept)) if moves.kept else ""
            messages.success(request, moves.words() + kept)
            return redirect("handover")
    pages = Paginator(desks(request.user, clock.today()) if holds_office(request.user) else [], PAGE)
    here = pages.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "cases": cases,
        "chosen": chosen,
        "giver": giver,
        "today": clock.today(),
        "desks": here.object_list,
        "page": Page(here.number, pages.num_pages),
    }
    return render(request, "web/handover.html", context, status=422 if form.errors else 200)

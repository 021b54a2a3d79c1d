"""遴选名单页面: the thresholds of a list and its entries, kept by officers of the city."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.dossier.facts import catalogue
from kechuang.core.dossier.wording import words
from kechuang.core.parties.access import is_city_officer, require_officer
from kechuang.core.tiers.access import require_city
from kechuang.core.tiers.actions import set_threshold
from kechuang.core.tiers.ladder import LIST, Rung, ladder
from kechuang.core.tiers.models import Threshold
from kechuang.core.tiers.queries import thresholds, thresholds_on
from kechuang.kit.language import amount
from kechuang.kit.refusal import Refusal
from kechuang.services.ladder import actions, queries
from kechuang.services.ladder.certificates import certificate
from kechuang.services.ladder.forms import MemberForm, RemoveForm, ThresholdForm
from kechuang.services.ladder.states import STATE_LABELS
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


def _rung(code: str) -> Rung:
    rung = ladder().rung(code)
    if rung is None or rung.decided != LIST:
        raise Http404
    return rung


def _said(row: Threshold) -> dict[str, Any]:
    """A threshold as people read it."""
    fact = catalogue()[row.fact]
    value = row.value
    if value is not None:
        shown = amount(value) if fact.type == "money" else words().value(fact, value)
    return {"row": row, "label": words().label(fact), "value": shown if value is not None else ""}


@login_required
@require_safe
def show(request: SignedIn, code: str) -> HttpResponse:
    """遴选名单: thresholds in force and before, and the entries of an officer's city or district."""
    require_officer(request.user)
    rung, today = _rung(code), clock.today()
    kept = {row.pk for row in thresholds_on(code, today)}
    rows = [_said(row) for row in thresholds(code) if row.fact in catalogue()]
    context = {
        "rung": rung,
        "now": [one for one in rows if one["row"].pk in kept],
        "before": [one for one in rows if one["row"].pk not in kept],
        "members": [certificate(row, today) for row in queries.members(code)],
        "labels": {state: _(label) for state, label in STATE_LABELS.items()},
        "keeps": is_city_officer(request.user),
    }
    return render(request, "ladder/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request: SignedIn, code: str) -> HttpResponse:
    """设定门槛: from a day on, with its source."""
    rung = _rung(code)
    require_city(request.user)
    form = ThresholdForm(request.POST if request.method == "POST" else None, initial={"since": clock.today()})
    if form.is_valid():
        try:
            set_threshold(rung=code, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已保存，从生效日起按新的门槛计算，此前的日期仍按旧的门槛。"))
            return redirect("ladder_list", code)
    return _page(request, form, rung, _("设定门槛"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedIn, code: str) -> HttpResponse:
    """列入名单: by a decision of people."""
    rung = _rung(code)
    require_city(request.user)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = dict(form.cleaned_data)
        party, since = data.pop("uscc"), data.pop("valid_from")
        try:
            actions.enter_member(
                party=party, rung=code, valid_from=since, content=data, by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(name)s”已列入名单。") % {"name": party.name})
            return redirect("ladder_list", code)
    return _page(request, form, rung, _("列入名单"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """移出名单: with the reason, from a day on."""
    rung = _rung(code)
    require_city(request.user)
    entry = get_object_or_404(queries.members(code), pk=pk)
    form = RemoveForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if form.is_valid():
        try:
            actions.remove_member(entry=entry, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(name)s”已移出名单，记录保留。") % {"name": entry.party.name})
            return redirect("ladder_list", code)
    return _page(request, form, rung, _("移出名单：%(name)s") % {"name": entry.party.name})


def _page(request: SignedIn, form: Any, rung: Rung, title: str) -> HttpResponse:
    context = {"form": form, "rung": rung, "title": title}
    return render(request, "ladder/list_form.html", context, status=422 if form.errors else 200)

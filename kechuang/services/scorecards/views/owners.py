"""出资人页面: its firms, its indicator set, a set of its own, a new round."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.dossier.facts import last_full_year
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import Refusal
from kechuang.services.scorecards import owners as actions
from kechuang.services.scorecards import queries, rounds
from kechuang.services.scorecards.forms import FirmForm, OwnSetForm, RoundForm, SetForm
from kechuang.services.scorecards.models import Owner
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

Done = Callable[[dict[str, Any]], tuple[str, str]]  # what a form does: gives the words and where to go on


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: SignedIn, pk: int) -> HttpResponse:
    """一个出资人: each form says by its button what it is for."""
    require_officer(request.user)
    found = get_object_or_404(queries.owners(request.user), pk=pk)
    today = clock.today()
    sets = queries.sets(found.district, today)
    forms = _forms(request, found, sets)
    name = next((name for name in forms if name in request.POST), "")
    if "remove" in request.POST:
        party = get_object_or_404(Party.objects.filter(holding__owner=found), pk=_number(request.POST["remove"]))
        actions.remove_firm(owner=found, party=party, by=request.user, now=clock.now())
        messages.success(request, _("已移出名下企业。"))
        return redirect("scorecard_owner", pk)
    if name and forms[name].is_valid():
        try:
            words, url = _doing(request, found)[name](forms[name].cleaned_data)
        except Refusal as refusal:
            add_refusal(forms[name], refusal)
        else:
            messages.success(request, words)
            return redirect(url)
    wrong = bool(name and forms[name].errors)
    context = {
        "owner": found,
        "forms": forms,
        "wrong": forms.get(name) if wrong else None,
        "tried": name if wrong else "",
        "set": queries.set_of(found, today),
        "firms": found.holdings.select_related("party"),
        "rounds": queries.rounds(request.user).filter(owner=found),
    }
    return render(request, "scorecards/owner.html", context, status=422 if wrong else 200)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _forms(request: SignedIn, found: Owner, sets: Any) -> dict[str, Form]:
    def sent(name: str) -> Any:
        return request.POST if name in request.POST else None

    year = last_full_year(clock.today())
    return {
        "add": FirmForm(sent("add")),
        "choose": SetForm(sent("choose"), sets=sets, initial={"pack": found.pack}),
        "own": OwnSetForm(sent("own"), initial={"title": _("%(owner)s国企创新评价表") % {"owner": found.name}}),
        "open": RoundForm(sent("open"), initial={"year": year}),
    }


def _doing(request: SignedIn, found: Owner) -> dict[str, Done]:
    by, now, here = request.user, clock.now(), reverse("scorecard_owner", args=[found.pk])

    def add(data: dict[str, Any]) -> tuple[str, str]:
        made = actions.add_firm(owner=found, uscc=data["uscc"], by=by, now=now)
        return _("已列入：%(name)s。") % {"name": made.party.name}, here

    def choose(data: dict[str, Any]) -> tuple[str, str]:
        actions.choose_set(owner=found, code=data["pack"], by=by, now=now)
        return _("已选定，从下一轮起适用。"), here

    def own(data: dict[str, Any]) -> tuple[str, str]:
        draft = actions.own_set(owner=found, **data, by=by, now=now)
        words = _("已建立草稿。改好分值和权重、试算后提交，由另一位工作人员审定；发布后回到这里选用。")
        try:
            return words, reverse("policy_draft", args=[draft.pk])
        except NoReverseMatch:  # an installation without the policy library
            return words, here

    def open_(data: dict[str, Any]) -> tuple[str, str]:
        made = rounds.open_round(owner=found, **data, by=by, now=now)
        return _("已发起，企业已收到通知。"), reverse("scorecard_round", args=[made.pk])

    return {"add": add, "choose": choose, "own": own, "open": open_}

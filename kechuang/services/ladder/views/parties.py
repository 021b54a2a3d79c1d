"""梯度页面: what the ladder is, where one enterprise stands, a request to correct the register."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import note_look
from kechuang.core.dossier.facts import groups
from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Party
from kechuang.core.policy.queries import version_on
from kechuang.core.tiers.ladder import ladder
from kechuang.core.tiers.queries import latest_window
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.ladder import access, actions, queries
from kechuang.services.ladder.beside import home_figures, party_aside
from kechuang.services.ladder.certificates import certificate, entries
from kechuang.services.ladder.forms import CorrectionForm
from kechuang.services.ladder.standing import standing
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import Outcome, case_page, register_figures, register_party_aside
from kechuang.web.session import SignedIn

SHOWN = 50  # enterprises in the list of those that others let one see

register_party_aside(party_aside)
register_figures(gettext_noop("梯度培育"), home_figures)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """梯度培育: the rungs, how long each holds, when one may apply; and the way to one's own place."""
    today, user = clock.today(), request.user
    rungs = []
    for rung in ladder().rungs:
        window = latest_window(rung.code, today)
        version = version_on(rung.pack, today) if rung.pack else None
        rungs.append({"rung": rung, "window": window, "version": version})
    own = [standing(party, today, own=True) for party in queries.own(user)] if user.is_authenticated else []
    officer = holds_office(user)
    shown = () if officer else queries.shown(user, today).exclude(pk__in=[one.party.pk for one in own])[:SHOWN]
    context = {
        "ladder": ladder(),
        "rungs": rungs,
        "own": own,
        "officer": officer,
        "shown": shown,
        "year": today.year,
        "today": today,
    }
    return render(request, "ladder/overview.html", context)


@login_required
@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    """我的梯度: where an enterprise stands, what lacks, the least costly step; a look by others is noted."""
    today = clock.today()
    party = get_object_or_404(queries.shown(request.user, today), pk=pk)
    own, gaps = access.is_own(request.user, party), access.see_gap.check(request.user, party)
    note_look(party=party, groups=list(groups()) if gaps else [access.STANDING], by=request.user, now=clock.now())
    context = {
        "party": party,
        "standing": standing(party, today, own=own, gaps=gaps),
        "own": own,
        "gaps": gaps,
        "corrections": queries.corrections(party) if gaps else (),
    }
    return render(request, "ladder/party.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """申请更正: the register says something wrong about one's certificates."""
    party: Party = get_object_or_404(queries.shown(request.user, clock.today()), pk=pk)
    if not access.is_own(request.user, party):
        raise NotAllowed(_("更正由本单位的经办人提出。"))
    initial = {"rung": request.GET.get("rung", "")}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            case = actions.ask_correction(party=party, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已提交，{due} 前答复。您会收到通知。").format(due=case.due_on))
            return redirect("case", case.pk)
    context = {"form": form, "party": party}
    return render(request, "ladder/correct.html", context, status=422 if form.errors else 200)


@case_page("ladder")
def correction(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """更正办件: the words of the enterprise beside what the register says."""
    today, rung = clock.today(), str(case.data.get("rung", ""))
    rows = entries().filter(party=case.applicant_id, kind=rung)
    context = {
        "file": case_file(request.user, case, today, outcome),
        "rung": rung,
        "text": case.data.get("text", ""),
        "certificates": [certificate(row, today) for row in rows],
        "corrects": access.register.filter(request.user, rows).exists(),
    }
    return render(request, "ladder/correction.html", context, status=outcome.status)

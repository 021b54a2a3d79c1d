"""我的单位: join or register by credit code, colleagues, roles."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases import leaving
from kechuang.core.notices import membership
from kechuang.core.parties import access, queries
from kechuang.core.parties.actions import JOIN_REFUSALS
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock
from kechuang.web.people_forms import CodeForm, PartyForm, RegisterForm, show
from kechuang.web.session import SignedIn

form_page = require_http_methods(["GET", "HEAD", "POST"])
DONE = {
    "approve": gettext_lazy("已同意加入。"),
    "refuse": gettext_lazy("已答复不同意，申请人会收到原因。"),
    "end": gettext_lazy("授权已结束。"),
    "admin": gettext_lazy("已设为管理员。"),
    "agent": gettext_lazy("已设为经办人。"),
    "leave": gettext_lazy("您已退出该单位。"),
}


@login_required
@require_safe
def my_parties(request: SignedIn) -> HttpResponse:
    """我的单位: the user's mandates, and the way into another organisation."""
    context = {"mandates": queries.mandates_of(request.user), "form": CodeForm()}
    return render(request, "web/my_parties.html", context)


@login_required
@require_safe
def find_party(request: SignedIn) -> HttpResponse:
    """查单位: found, one can ask to join; not found, one can register it."""
    form = CodeForm(request.GET)
    if not form.is_valid():
        context = {"mandates": queries.mandates_of(request.user), "form": form}
        return render(request, "web/my_parties.html", context, status=422)
    code = form.cleaned_data["uscc"]
    found = queries.party_by_code(code)
    if found is None:
        return render(request, "web/register_party.html", {"form": RegisterForm(initial={"uscc": code})})
    mine = Mandate.objects.filter(user=request.user, party=found).exclude(state=Mandate.State.ENDED).first()
    return render(request, "web/found_party.html", {"party": found, "mine": mine})


@login_required
@require_POST
def join_party(request: SignedIn, pk: int) -> HttpResponse:
    """申请加入."""
    found = get_object_or_404(access.view_party.filter(request.user, Party.objects.all()), pk=pk)
    mandate = membership.ask_to_join(party=found, by=request.user, now=clock.now())
    words = (
        _("已加入“{name}”，您是管理员。")
        if mandate.state == Mandate.State.ACTIVE
        else _("已向“{name}”提出申请，确认后会通知您。")
    )
    messages.success(request, words.format(name=found.name))
    return redirect("my_parties")


@login_required
@form_page
def register_party(request: SignedIn) -> HttpResponse:
    """登记单位: an organisation that is not there yet; whoever registers it becomes its first admin."""
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            mandate = membership.register(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show(form, refusal)
        else:
            words = _("已登记“{name}”，您是管理员。主管部门核验后会通知您，其间可以先准备材料。")
            messages.success(request, words.format(name=mandate.party.name))
            return redirect("my_parties")
    return render(request, "web/register_party.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@form_page
def correct_party(request: SignedIn, pk: int) -> HttpResponse:
    """更正登记信息: by an admin, until an officer has verified it."""
    found = get_object_or_404(access.see_people.filter(request.user, Party.objects.all()), pk=pk)
    if not access.administers.check(request.user, found):
        raise NotAllowed(_("只有本单位管理员可以更正登记信息。"))
    given = {name: getattr(found, name) for name in PartyForm.base_fields}
    form = PartyForm(request.POST if request.method == "POST" else None, initial=given)
    if form.is_valid():
        membership.correct(party=found, by=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("已更正，等待主管部门再次核验。"))
        return redirect("my_parties")
    return render(request, "web/correct_party.html", {"form": form, "party": found}, status=422 if form.errors else 200)


@login_required
@require_safe
def party_people(request: SignedIn, pk: int) -> HttpResponse:
    """经办人: the people of an organisation; its admins and the officers of its district decide."""
    found = get_object_or_404(access.see_people.filter(request.user, Party.objects.all()), pk=pk)
    people = queries.colleagues(found)
    context = {
        "party": found,
        "people": people,
        "decides": (access.administers | access.supervises).check(request.user, found),
        "reasons": {code: _(words) for code, words in JOIN_REFUSALS.items()},
    }
    return render(request, "web/party_people.html", context)


@login_required
@require_POST
def mandate(request: SignedIn, pk: int) -> HttpResponse:
    """处理授权: approve, refuse, end, make admin or agent, leave."""
    row = get_object_or_404(access.see_mandate.filter(request.user, Mandate.objects.all()), pk=pk)
    decision = request.POST.get("decision", "")
    moves = leaving.decide(
        mandate=row, decision=decision, reason=request.POST.get("reason", ""), by=request.user, now=clock.now()
    )
    messages.success(request, str(DONE[decision]) + moves.words())
    stays = access.see_people.check(request.user, row.party)
    return redirect("party_people", row.party_id) if stays and decision != "leave" else redirect("my_parties")

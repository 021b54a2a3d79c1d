"""计算器数据填入档案: what was typed into the policy calculator is proposed in a form, and counts only once saved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.dossier.actions import OWN, stated
from kechuang.core.dossier.wording import words
from kechuang.services.dossiers.forms import TypedForm
from kechuang.services.dossiers.views.files import filled, keep_form
from kechuang.web import clock, typed_facts
from kechuang.web.session import SignedIn, private


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def typed(request: SignedIn, pk: int) -> HttpResponse:
    """填入档案: the form with the typed values; saved, the calculator computes with the file and leads to a claim."""
    party = filled(request, pk)
    proposed, left = typed_facts.for_file(typed_facts.kept(request.session), clock.today())
    if not proposed:
        messages.info(request, _("计算器里没有可以填入企业档案的数据。请先在计算器里填写。"))
        return redirect(f"{reverse('calculator')}?party={pk}")
    known = stated(party, OWN, {year for year, _code in proposed})
    sent = request.POST if request.method == "POST" else None
    form = TypedForm(sent, proposed=proposed, known=known)
    if form.is_valid() and keep_form(request, party, form, note=typed_facts.SOURCE):
        typed_facts.forget(request.session)
        return redirect(f"{reverse('calculator')}?party={pk}")
    context = {"form": form, "party": party, "left": [words().label(fact) for fact in left]}
    return render(request, "dossiers/typed.html", context, status=422 if form.errors else 200)

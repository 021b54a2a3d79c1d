"""计算器数据填入档案: what was typed into the policy calculator is proposed in a form, and counts only once saved."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.dossier.actions import OWN, stated
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.wording import words
from kechuang.services.dossiers.forms import TypedForm
from kechuang.services.dossiers.views.files import filled, keep_form
from kechuang.web import clock, typed_facts
from kechuang.web.session import SignedIn, private


def _is_new(before: Any, value: Any) -> bool:
    return before is None or text(before) != text(value)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def typed(request: SignedIn, pk: int) -> HttpResponse:
    """填入档案: the form with the typed values; saved, the calculator computes with the file and leads to a claim."""
    party = filled(request, pk)
    proposed, left = typed_facts.for_file(typed_facts.kept(request.session), clock.today())
    known = stated(party, OWN, {year for year, _code in proposed})
    proposed = {at: value for at, value in proposed.items() if _is_new(known.get(at[0], {}).get(at[1]), value)}
    if not proposed:
        messages.info(request, _("计算器里没有可以填入企业档案的新数据：没有填过，或者与本单位已填的一致。"))
        return redirect(f"{reverse('calculator')}?party={pk}")
    sent = request.POST if request.method == "POST" else None
    form = TypedForm(sent, proposed=proposed, known=known)
    if form.is_valid() and keep_form(request, party, form, note=typed_facts.SOURCE):
        typed_facts.forget(request.session)
        return redirect(f"{reverse('calculator')}?party={pk}")
    context = {"form": form, "party": party, "left": [words().label(fact) for fact in left]}
    return render(request, "dossiers/typed.html", context, status=422 if form.errors else 200)

"""兑付清单页面: one's own claims, those in an officer's scope; a step for many of them at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.ledger.queries import lines
from kechuang.core.parties.access import holds_office, require_officer
from kechuang.core.publicity import queries as publicity
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.benefits import actions, queries, several
from kechuang.services.benefits.forms import SeveralForm
from kechuang.services.benefits.service import WORKFLOW
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.session import SignedIn

PAGE = 30


@login_required
@require_safe
def cases(request: SignedIn) -> HttpResponse:
    """兑付清单: by the clock."""
    return _page(request, SeveralForm(lines=lines(request.user).filter(year=clock.today().year)))


def _page(
    request: SignedIn, form: SeveralForm, results: Sequence[several.Result] = (), status: int = 200
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in WORKFLOW.states else ""
    run, number = request.GET.get("run", ""), request.GET.get("page", "1")
    chosen = int(run) if run.isascii() and run.isdigit() and len(run) < 10 else None
    pages = Paginator(queries.benefits(request.user, state, chosen), PAGE)
    here = pages.get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    today, officer = clock.today(), holds_office(request.user)
    rows = [(row, WORKFLOW.states[row.case.state], _late(row.case, today)) for row in here]
    context = {
        "rows": rows,
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "states": WORKFLOW.states.items(),
        "state": state,
        "run": chosen,
        "officer": officer,
        "objections": publicity.open_objections(request.user).filter(notice__case__service=actions.SERVICE),
        "form": form,
        "steppable": several.STATES if officer else (),
        "several": officer and any(row.case.state in several.STATES for row in here),
        "results": results,
        "done": sum(one.done for one in results),
    }
    return render(request, "benefits/cases.html", context, status=status)


def _late(case: Case, today: date) -> bool:
    return bool(case.due_on and case.due_on < today)


@login_required
@require_POST
def steps(request: SignedIn) -> HttpResponse:
    """一起办: the chosen cases take the step one by one; the page says for each what became of it."""
    require_officer(request.user)
    user: Any = request.user
    form = SeveralForm(request.POST, lines=lines(user).filter(year=clock.today().year))
    numbers = [int(n) for n in request.POST.getlist("row") if n.isascii() and n.isdigit() and len(n) < 18]
    rows = list(queries.benefits(user).filter(case__in=numbers[:PAGE]).order_by("case__opened_at", "pk"))
    if not rows:
        form.add_error(None, _("请先在表里勾选办件。"))
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        found = several.take(rows=rows, **form.cleaned_data, by=user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _page(request, form, status=422)
    return _page(request, SeveralForm(lines=lines(user).filter(year=clock.today().year)), found)

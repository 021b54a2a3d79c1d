"""主管部门页面: the register of certificates, and who is nearest to the next rung."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kechuang.core.parties.access import require_officer
from kechuang.core.tiers.ladder import ladder
from kechuang.core.vocab import queries as vocab
from kechuang.services.ladder import nearness, queries
from kechuang.services.ladder.certificates import certificate
from kechuang.services.ladder.states import NEAR_LABELS, STATE_LABELS
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.session import SignedIn

ROWS, NEAREST = 50, 25


@login_required
@require_safe
def register(request: SignedIn) -> HttpResponse:
    """梯度库: certificates under filters, with counts that lead to their lists."""
    require_officer(request.user)
    today, chosen = clock.today(), queries.Chosen.of(request.GET)
    pages = Paginator(queries.certificates(request.user, chosen, today), ROWS)
    here = pages.get_page(request.GET.get("page"))
    context = {
        "rows": [one for row in here if (one := certificate(row, today)) is not None],
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "chosen": chosen,
        "counts": queries.counts(request.user, chosen, today),
        "rungs": ladder().rungs,
        "districts": vocab.choices("district"),
        "industries": vocab.choices("industry"),
        "states": [(code, _(label)) for code, label in STATE_LABELS.items()],
        "labels": {code: _(label) for code, label in STATE_LABELS.items()},
    }
    return render(request, "ladder/register.html", context)


@login_required
@require_safe
def following(request: SignedIn) -> HttpResponse:
    """下一步: the enterprises nearest to their next rung, with what lacks."""
    require_officer(request.user)
    today, wanted = clock.today(), nearness.Wanted.of(request.GET)
    table = nearness.nearest(request.user, wanted, today)
    pages = Paginator(range(table.height), NEAREST)
    here = pages.get_page(request.GET.get("page"))
    start = (here.number - 1) * NEAREST
    context = {
        "rows": nearness.explained(table.slice(start, NEAREST), today),
        "total": table.height,
        "pager": Page(here.number, pages.num_pages),
        "wanted": wanted,
        "rungs": ladder().main,
        "districts": vocab.choices("district"),
        "industries": vocab.choices("industry"),
        "states": [(code, _(label)) for code, label in NEAR_LABELS.items()],
        "today": today,
    }
    return render(request, "ladder/next.html", context)

"""金融机构页面: the firms in the list that have consented; every look is noted and names the reader."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from kechuang.kit.refusal import NotAllowed
from kechuang.services.credit import access, queries, runs, shown
from kechuang.services.credit.forms import FirmFilter
from kechuang.services.credit.sheet import reader
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.extend import DeskList, register_desk_list
from kechuang.web.session import SignedIn, private
from kechuang.web.sheets import Ask

PAGE = 50


def _count(user: Any, today: Any) -> int | None:
    if not access.is_bank(user):
        return None
    found = queries.current(today)
    return queries.shown_to(user, found, today).count() if found is not None else 0


register_desk_list(DeskList(gettext_noop("科技信贷白名单"), "credit_firms", _count))


def number_of(request: HttpRequest) -> int:
    """The page that an address asks for; 1 for anything odd."""
    given = request.GET.get("page", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1


@login_required
@require_safe
@private
def firms(request: SignedIn) -> HttpResponse:
    """白名单（金融机构）: who is in and has consented, with grounds and without figures."""
    if not access.reads_list(request.user):
        raise NotAllowed(_("白名单供金融机构查看。如果您在金融机构工作，请联系市级主管部门设置岗位。"))
    today, now = clock.today(), clock.now()
    found = queries.current(today)
    form = FirmFilter(request.GET)
    context: dict[str, Any] = {"list": found, "form": form, "bank": access.is_bank(request.user)}
    if found is not None:
        chosen = form.chosen()
        rows = queries.shown_to(request.user, found, today, q=chosen["q"], district=chosen["district"])
        pages = Paginator(rows, PAGE)
        here = pages.get_page(number_of(request))
        entries = list(here)
        parties = [entry.party_id for entry in entries]
        runs.note_view(credit_list=found, parties=parties, place="page", by=request.user, now=now)
        context |= {
            "rows": shown.rows(entries, found),
            "conditions": shown.conditions_of(found),
            "total": pages.count,
            "page": Page(here.number, pages.num_pages),
            "reader": reader(Ask(request.user, request.GET, now)),
        }
    return render(request, "credit/firms.html", context)

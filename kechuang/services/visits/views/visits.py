"""走访页面: lists, an enterprise before a visit, plan, join, log, move, merge."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.visits import access, actions, correcting, page, queries
from kechuang.services.visits.filters import chosen, wanted
from kechuang.services.visits.forms import LogForm, LogNowForm, MergeForm, MoveForm, PlanForm
from kechuang.services.visits.links import need_links, own_figures
from kechuang.services.visits.models import Visit
from kechuang.services.visits.service import VISIT
from kechuang.services.visits.units import unit_called, unit_of, units_of
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list, register_figures, register_links
from kechuang.web.session import SignedIn

PAGE = 30
register_links(need_links)
register_figures(gettext_noop("走访摸排"), own_figures)
register_desk_list(
    DeskList(
        gettext_noop("走访"),
        "visits",
        lambda user, _today: queries.visits(user, {}).count() or (0 if units_of(user) else None),
    )
)


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for; 1 for anything odd."""
    number = request.GET.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1


@login_required
@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """走访清单: one's own, those of one's scope, those to one's own enterprise."""
    given = chosen(request.GET)
    pages = Paginator(queries.visits(request.user, given), PAGE)
    here = pages.get_page(page_number(request))
    unit = unit_called(given.get("unit", ""))
    context = {
        "rows": page.rows(request.user, list(here)),
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "given": given,
        "unit": unit.label if unit is not None else "",
        "states": VISIT.states.items(),
        "visitor": bool(units_of(request.user)),
        "today": clock.today(),
    }
    return render(request, "visits/visits.html", context)


@login_required
@require_safe
def firms(request: SignedIn) -> HttpResponse:
    """最久未走访: whom to visit next; from here a visit is planned."""
    access.require_visitor(request.user)
    given = wanted(request.GET)
    pages = Paginator(queries.firms(request.user, given, clock.today()), PAGE)
    here = pages.get_page(page_number(request))
    context = {
        "rows": here,
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "given": given,
        "districts": vocab.choices("district"),
        "qualifications": vocab.choices("qualification"),
    }
    return render(request, "visits/firms.html", context)


def _firm(user: Any, pk: int) -> Party:
    access.require_visitor(user)
    return get_object_or_404(access.visit_firm.filter(user, Party.objects.all()), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def firm(request: SignedIn, pk: int) -> HttpResponse:
    """走访前: the last visits and open plans of any unit, then one's own plan."""
    party = _firm(request.user, pk)
    units = units_of(request.user)
    form = PlanForm(request.POST if request.method == "POST" else None, units=units, initial=_fresh())
    if form.is_valid():
        data = form.cleaned_data
        visit = _tried(
            form,
            lambda: actions.plan(
                party=party,
                unit=data["unit"],
                planned_on=data["planned_on"],
                purpose=data["purpose"],
                separate_for=data["separate_for"],
                form_key=data["key"],
                by=request.user,
                now=clock.now(),
            ),
        )
        if visit is not None:
            messages.success(request, _("走访计划已登记，企业会收到通知。"))
            return redirect("case", visit.case_id)
    context = {"form": form, "firm": page.firm(request.user, party, clock.today()), "units": units}
    return render(request, "visits/firm.html", context, status=422 if form.errors else 200)


def _fresh() -> dict[str, Any]:
    return {"key": secrets.token_hex(16)}


def _tried(form: Form, act: Any) -> Any:
    """What the action gives; None where the form must be shown again with the reason."""
    try:
        return act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_now(request: SignedIn, pk: int) -> HttpResponse:
    """直接记录走访: one that was not planned here."""
    party = _firm(request.user, pk)
    sent = request.POST if request.method == "POST" else None
    initial = _fresh() | {"visited_on": clock.today()}
    form = LogNowForm(sent, units=units_of(request.user), initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        given = {"party": party, "unit": data["unit"], "content": data, "raised": data["problems"]}
        more: dict[str, Any] = {"form_key": data["key"], "by": request.user, "now": clock.now()}
        visit = _tried(form, lambda: actions.log_now(**given, **more))
        if visit is not None:
            return _logged(request, visit)
    return _log_page(request, form, party, None)


def _logged(request: SignedIn, visit: Visit) -> HttpResponse:
    messages.success(request, _("走访已记录，诉求已登记，企业会收到通知。"))
    return redirect("case", visit.case_id)


def _log_page(request: SignedIn, form: Form, party: Party, visit: Visit | None) -> HttpResponse:
    context = {"form": form, "party": party, "visit": visit}
    return render(request, "visits/log.html", context, status=422 if form.errors else 200)


def visit_of(user: Any, pk: int, step: str = "") -> Visit:
    """A visit by the number of its case, for those who may see it, or may take the step."""
    found = get_object_or_404(access.see_visit.filter(user, queries.with_everything()), case=pk)
    if step:
        require_step(found.case, step, user)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: SignedIn, pk: int) -> HttpResponse:
    """记录走访: of a plan."""
    visit = visit_of(request.user, pk, "visited")
    initial = {"purpose": visit.purpose, "visited_on": min(visit.planned_on, clock.today())}
    form = LogForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        more: dict[str, Any] = {"content": data, "raised": data["problems"], "by": request.user, "now": clock.now()}
        if _tried(form, lambda: actions.log(visit=visit, **more)) is not None:
            return _logged(request, visit)
    return _log_page(request, form, visit.party, visit)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedIn, pk: int) -> HttpResponse:
    """改期."""
    visit = visit_of(request.user, pk, "move")
    form = MoveForm(request.POST if request.method == "POST" else None, initial={"planned_on": visit.planned_on})
    if form.is_valid():
        day = form.cleaned_data["planned_on"]
        if _tried(form, lambda: actions.move(visit=visit, planned_on=day, by=request.user, now=clock.now())):
            messages.success(request, _("已改期，企业和同行的人会收到通知。"))
            return redirect("case", pk)
    context = {"form": form, "visit": visit, "title": _("改期"), "button": _("保存")}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedIn, pk: int) -> HttpResponse:
    """并入其他走访: give up one's own plan and go along."""
    visit = visit_of(request.user, pk, "merge")
    others = queries.plans(visit.party).exclude(pk=visit.pk)
    form = MergeForm(request.POST if request.method == "POST" else None, plans=others)
    form.fields["into"].label_from_instance = lambda one: f"{one.planned_on} · {unit_of(one).label}"  # type: ignore[attr-defined]
    if form.is_valid():
        into = form.cleaned_data["into"]
        if _tried(form, lambda: actions.merge(visit=visit, into=into, by=request.user, now=clock.now())):
            messages.success(request, _("已并入，对方会收到通知。"))
            return redirect("visits")
    context = {"form": form, "visit": visit, "title": _("并入其他走访"), "button": _("并入"), "none": not others}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def join(request: SignedIn, pk: int) -> HttpResponse:
    """一起去: whoever may visit the enterprise joins a plan of another unit."""
    visit = get_object_or_404(queries.with_everything(), pk=pk)
    party = _firm(request.user, visit.party_id)
    unit = unit_called(request.POST.get("unit", "")) or units_of(request.user)[0]
    actions.join(visit=visit, unit=unit, by=request.user, now=clock.now())
    messages.success(request, _("已加入，对方会收到通知，不用再单独走访。"))
    return redirect("visit_firm", party.pk)


@case_page("visits")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """走访办件: what was planned and seen; private remarks for the visiting unit and the officers alone."""
    visit = queries.with_everything().get(case=case)
    works = access.work_on_visit.check(request.user, visit)
    along = access.along.check(request.user, visit)
    problems = visit.problems.select_related("case__assignee")
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "visit": visit,
        "unit": unit_of(visit),
        "companions": [(one, unit_of(one)) for one in visit.companions.select_related("unit", "user")],
        "problems": page.lines(list(problems), clock.today()),
        "private": access.see_private.check(request.user, visit),
        "may_raise": (works or along) and case.state == "done",
        "may_correct": works and case.state == "done",
        "corrections": correcting.corrections(visit),
        "firm": access.visit_firm.check(request.user, visit.party),
    }
    return render(request, "visits/visit.html", context, status=outcome.status)

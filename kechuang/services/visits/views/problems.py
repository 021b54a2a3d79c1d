"""诉求页面: the list, raise, assign, turn into a need, the page of a problem."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.visits import access, page, queries
from kechuang.services.visits import problems as actions
from kechuang.services.visits.filters import chosen
from kechuang.services.visits.forms import AssignForm, ProblemForm, kinds
from kechuang.services.visits.models import Problem
from kechuang.services.visits.service import PROBLEM
from kechuang.services.visits.units import unit_called, unit_of, units_of
from kechuang.services.visits.views.visits import page_number, visit_of
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.session import SignedIn

PAGE = 30
register_desk_list(
    DeskList(
        gettext_noop("走访诉求"),
        "visit_problems",
        lambda user, today: queries.problems(user, {"state": "open"}, today).count() or (0 if units_of(user) else None),
    )
)


@login_required
@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """诉求清单: under filters; overdue ones are marked."""
    given, today = chosen(request.GET, of_problems=True), clock.today()
    pages = Paginator(queries.problems(request.user, given, today), PAGE)
    here = pages.get_page(page_number(request))
    unit = unit_called(given.get("unit", ""))
    context = {
        "rows": page.lines(list(here), today),
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "given": given,
        "unit": unit.label if unit is not None else "",
        "states": PROBLEM.states.items(),
        "kinds": kinds(),
        "visitor": bool(units_of(request.user)),
    }
    return render(request, "visits/problems.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def raised(request: SignedIn, pk: int) -> HttpResponse:
    """补登诉求: of a visit that was made."""
    visit = visit_of(request.user, pk)
    if not (access.work_on_visit | access.along).check(request.user, visit):
        raise NotAllowed(_("诉求由走访单位登记。"))
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            problem = actions.raise_problem(visit=visit, given=form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("诉求已登记。"))
            return redirect("case", problem.case_id)
    context = {"form": form, "visit": visit, "title": _("登记诉求"), "button": _("登记")}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


def _problem(user: Any, pk: int) -> Problem:
    rows = Problem.objects.select_related("case__applicant", "visit__party", "visit__unit", "visit__case")
    return get_object_or_404(access.see_problem.filter(user, rows), case=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: SignedIn, pk: int) -> HttpResponse:
    """分派: one person, within so many working days."""
    problem = _problem(request.user, pk)
    require_step(problem.case, "assign", request.user)
    initial = {"owner": problem.case.assignee_id, "days": problem.days, "policy": problem.policy}
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        people=page.answerers(problem),
        policies=page.policies(clock.today()),
        initial=initial,
    )
    if form.is_valid():
        try:
            done = actions.assign_problem(problem=problem, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已分派，%(due)s 前答复。") % {"due": done.case.due_on})
            return redirect("case", pk)
    context = {"form": form, "visit": problem.visit, "problem": problem, "title": _("分派"), "button": _("分派")}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def need(request: SignedIn, pk: int) -> HttpResponse:
    """整理成需求: the enterprise goes on in the form of needs, where the words of the problem stand."""
    key = actions.start_need(problem=_problem(request.user, pk), by=request.user, now=clock.now())
    return redirect(f"{reverse('new_listing', args=['needs'])}?draft={key}")


@case_page("visit-problems")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """诉求办件: what was raised, who answers, what it has led to."""
    rows = Problem.objects.select_related("visit__party", "visit__unit", "visit__case")
    problem = rows.get(case=case)
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "problem": problem,
        "visit": problem.visit,
        "unit": unit_of(problem.visit),
        "thread": page.thread(request.user, problem),
        "own": access.own_problem.check(request.user, problem),
        "technology": problem.kind == Problem.Kind.TECHNOLOGY,
    }
    return render(request, "visits/problem.html", context, status=outcome.status)

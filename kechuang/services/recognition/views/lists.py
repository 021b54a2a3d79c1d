"""清单页面: applications by the clock, batches for the national system, outcomes for everybody."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.parties.access import holds_office, is_city_officer, require_city_officer
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.recognition import access, actions, deciding, queries, sheet
from kechuang.services.recognition.forms import BatchForm, OutcomeForm
from kechuang.services.recognition.service import CHECKING, WORKFLOW
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, register_desk_list
from kechuang.web.session import SignedIn

PAGE = 30
SHEETS = (sheet,)  # declared by being imported
register_desk_list(
    DeskList(
        gettext_noop("资格认定"),
        "recognition_cases",
        lambda user, _today: queries.applications(user).count() or (0 if _concerned(user) else None),
    )
)


def _concerned(user: Any) -> bool:
    return holds_office(user) or parties_of(user).filter(kind="enterprise").exists()


def _pages(rows: Any, parameters: Any) -> tuple[Any, Page, int]:
    number = str(parameters.get("page", "1"))
    pages = Paginator(rows, PAGE)
    here = pages.get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    return here, Page(here.number, pages.num_pages), pages.count


@login_required
@require_safe
def cases(request: SignedIn) -> HttpResponse:
    """认定申报: one's own, and those in an officer's scope, by the clock."""
    today, user = clock.today(), request.user
    here, page, total = _pages(queries.applications(user, request.GET), request.GET)
    labels = {rung.code: rung.label for rung in queries.rungs()}
    everything = queries.applications(user)
    context = {
        "rows": [
            (row, labels.get(row.rung, row.rung), WORKFLOW.states[row.case.state], _late(row, today)) for row in here
        ],
        "total": total,
        "page": page,
        "states": WORKFLOW.states.items(),
        "rungs": labels.items(),
        "districts": vocab.choices("district"),
        "chosen": queries.chosen(request.GET),
        "officer": holds_office(user),
        "city": is_city_officer(user),
        "to_check": everything.filter(case__state__in=CHECKING).count(),
        "to_recommend": everything.filter(case__state="checked").count(),
        "to_send": everything.filter(case__state="noticed").count(),
    }
    return render(request, "recognition/cases.html", context)


def _late(row: Any, today: Any) -> bool:
    return bool(row.case.due_on and row.case.due_on < today)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: SignedIn, pk: int) -> HttpResponse:
    """登记结果: number, day and document as announced."""
    row = get_object_or_404(access.see_application.filter(request.user, queries.with_everything()), case=pk)
    require_step(row.case, "recognise", request.user)
    rung = actions.rung_of(row)
    form = OutcomeForm(request.POST if request.method == "POST" else None, rung=rung)
    if form.is_valid():
        try:
            done, remark = deciding.record_outcome(
                application=row, outcome=form.outcome(), by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已登记，资格已写入企业档案，企业会收到通知。"))
            if remark:
                messages.warning(request, remark)
            return redirect("case", done.case_id)
    context = {"row": row, "rung": rung, "form": form}
    return render(request, "recognition/outcome.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request: SignedIn) -> HttpResponse:
    """报送批次: what waits to be sent, by rung; what was sent, with its file."""
    require_city_officer(request.user)
    user, rungs = request.user, queries.rungs()
    waiting = list(queries.to_send(user))
    form = None
    if request.method == "POST":
        form = BatchForm(request.POST, rungs=rungs, numbers=[row.pk for row in waiting])
        if form.is_valid():
            rung = next(one for one in rungs if one.code == form.cleaned_data["rung"])
            try:
                made = actions.send_batch(rung=rung, numbers=form.cleaned_data["row"], by=user, now=clock.now())
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("已报送 %(n)s 件，请导出名单。") % {"n": made.applications.count()})
                return redirect("recognition_batch", made.pk)
    groups = [(rung, [row for row in waiting if row.rung == rung.code]) for rung in rungs]
    labels = {rung.code: rung.label for rung in rungs}
    sent = [(one, labels.get(one.rung, one.rung), one.applications.count()) for one in queries.batches(user)[:50]]
    context = {"groups": groups, "batches": sent, "form": form}
    return render(request, "recognition/batches.html", context, status=422 if form is not None else 200)


@login_required
@require_safe
def batch(request: SignedIn, pk: int) -> HttpResponse:
    """一个批次: its applications, the file to send and to import outcomes from."""
    require_city_officer(request.user)
    found = get_object_or_404(queries.batches(request.user), pk=pk)
    rung = queries.rung_of(found.rung)
    rows = [(row, WORKFLOW.states[row.case.state]) for row in queries.with_everything().filter(batch=found)]
    context = {"batch": found, "label": rung.label if rung is not None else found.rung, "rows": rows}
    return render(request, "recognition/batch.html", context)


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """认定结果: name, number, day; for everybody."""
    here, page, total = _pages(queries.outcomes(request.GET), request.GET)
    labels = {rung.code: rung.label for rung in queries.rungs()}
    context = {
        "rows": [(row, labels.get(row.rung, row.rung)) for row in here],
        "total": total,
        "page": page,
        "rungs": labels.items(),
        "chosen": queries.chosen(request.GET),
        "years": queries.outcome_years(),
        "today": clock.today(),
    }
    return render(request, "recognition/outcomes.html", context)

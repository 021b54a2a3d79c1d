"""办件页面: a case, its steps, and the proposal of a better wording."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases import access
from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import PROPOSE
from kechuang.core.cases.publishing import propose
from kechuang.core.cases.queries import steps_for
from kechuang.core.catalogue.models import get
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import PROTECTED
from kechuang.core.market.queries import content
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal
from kechuang.kit.workflow import Step
from kechuang.web import clock
from kechuang.web.case_forms import StepForm
from kechuang.web.casework import CasePage, case_page, field_labels
from kechuang.web.editor import add_refusal
from kechuang.web.extend import Outcome, case_page_of
from kechuang.web.session import private

# What concerns the asker's own filing or lies above the public tier, not the wording.
NOT_WORDING = ("code", "contact", *PROTECTED)


def case_of(user: Any, pk: int) -> Case:
    """A case that the user may see, or 404."""
    rows = Case.objects.select_related("applicant", "offer__party", "need__party", "task_force", "assignee")
    return get_object_or_404(access.view_case.filter(user, rows), pk=pk)


def page_of(user: Any, case: Case, tried: StepForm | None = None) -> CasePage:
    """The page of a case now."""
    return case_page(user, case, clock.now(), clock.today(), tried)


def show(request: HttpRequest, case: Case, outcome: Outcome = Outcome()) -> HttpResponse:  # noqa: B008 - frozen
    """The page that the case's row declares, else the common one; with htmx the part that steps change."""
    own = case_page_of(case.service)
    if own is not None:
        return own(request, case, outcome)
    page = page_of(request.user, case, outcome.tried)
    page.refusal, page.done = outcome.refusal, outcome.done
    page.upload = outcome.upload or page.upload
    return render(request, "web/case.html", {"page": page}, status=outcome.status)


@login_required
@require_safe
@private
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """办件: where it stands, who must act, what can be done, how it came here."""
    return show(request, case_of(request.user, pk))


@login_required
@require_POST
@private
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """办理一步: 403 for the wrong role, 409 with the present state for a page that is out of date."""
    found = case_of(request.user, pk)
    try:
        move = _move(request.user, found, name)
        form = StepForm(request.POST, step=move, fields=lambda: list(field_labels(found.service).items()))
        if not form.is_valid():
            return show(request, found, Outcome(tried=form, status=422))
        data = form.cleaned_data
        found = advance(
            case=found,
            step=name,
            by=request.user,
            now=clock.now(),
            note=data.get("note", ""),
            reason=data.get("reason", ""),
            fields=form.remarks(),
        )
    except NoSuchStep as stale:
        return show(request, case_of(request.user, pk), Outcome(refusal=stale.message, status=409))
    except NotAllowed:
        raise
    except Refusal as refusal:
        add_refusal(form, refusal)
        return show(request, case_of(request.user, pk), Outcome(tried=form, refusal=refusal.message, status=422))
    return _taken(request, move, pk)


def _move(user: Any, found: Case, name: str) -> Step:
    move = get(found.service).workflow.step(found.state, name, _)
    if move not in steps_for(user, found):
        raise NotAllowed(_("您的身份不能执行“{label}”。").format(label=_(move.label)))
    return move


def _taken(request: HttpRequest, move: Step, pk: int) -> HttpResponse:
    words = _("已办理：{label}。").format(label=_(move.label))
    if getattr(request, "htmx", False):
        return show(request, case_of(request.user, pk), Outcome(done=words))
    messages.success(request, words)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if target and safe else "case", *(() if target and safe else (pk,)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def wording(request: HttpRequest, pk: int) -> HttpResponse:
    """建议措辞: officers and brokers write the need better; the asker decides."""
    found = case_of(request.user, pk)
    move = _move(request.user, found, PROPOSE)
    whole = content(found.need) if found.need is not None else {}
    before = {name: value for name, value in whole.items() if name not in PROTECTED}
    form = listing_kind(found.service).form(request.POST or None, initial=before)
    for name in NOT_WORDING:
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        try:
            propose(case=found, content=form.cleaned_data, by=request.user, now=clock.now())
        except NoSuchStep:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("建议已送达需求单位，等待对方采用或保留原文。"))
            return redirect("case", pk)
    context = {"case": found, "form": form, "step": move, "before": before}
    return render(request, "web/wording.html", context, status=422 if form.errors else 200)

"""主管部门页面: run the list, look at the groups and at who enters and leaves, confirm, compare any two versions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.parties.access import is_city_officer, require_city_officer, require_officer
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.credit import access, queries, runs, sheet, shown
from kechuang.services.credit.forms import FirmFilter, ReasonForm, RunForm
from kechuang.services.credit.models import CreditList, Entry
from kechuang.services.credit.views.firms import number_of
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, register_desk_list
from kechuang.web.session import SignedIn

PAGE, NAMED = 50, 200
SHEETS = (sheet,)  # declared by being imported
register_desk_list(
    DeskList(
        gettext_noop("白名单审定"),
        "credit_lists",
        lambda user, _today: queries.to_approve(user).count() if is_city_officer(user) else None,
    )
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: SignedIn) -> HttpResponse:
    """各版名单: all versions, and a new run."""
    require_officer(request.user)
    if request.method == "POST":
        require_city_officer(request.user)
    today = clock.today()
    form = RunForm(
        request.POST if request.method == "POST" else None, initial={"on": today, "months": queries.months()}
    )
    if form.is_valid():
        try:
            made = runs.run(**form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已运行。请核对后交另一位工作人员审定。"))
            return redirect("credit_list", made.pk)
    context = {
        "form": form,
        "lists": queries.lists(request.user)[:50],
        "current": queries.current(today),
        "rule": queries.rule_on(today),
        "city": is_city_officer(request.user),
    }
    return render(request, "credit/lists.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedIn, pk: int) -> HttpResponse:
    """一版名单: three groups with reasons, who enters and leaves; the second officer confirms or sends back."""
    require_officer(request.user)
    found = get_object_or_404(queries.lists(request.user), pk=pk)
    form = ReasonForm(request.POST if "drop" in request.POST else None)
    try:
        if "publish" in request.POST:
            runs.publish(credit_list=found, by=request.user, now=clock.now())
            messages.success(request, _("已发布。结果有变化的企业会收到通知。"))
            return redirect("credit_list", pk)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            runs.drop(credit_list=found, reason=reason, by=request.user, now=clock.now())
            messages.success(request, _("已放弃这一版。"))
            return redirect("credit_lists")
    except NotAllowed:
        raise
    except Refusal as refusal:
        form = form if form.is_bound else ReasonForm({})
        form.is_valid()
        add_refusal(form, refusal)
    context = _context(request, found) | {"reason_form": form}
    return render(request, "credit/list.html", context, status=422 if form.errors else 200)


def _context(request: SignedIn, found: CreditList) -> dict[str, Any]:
    user, filters = request.user, FirmFilter(request.GET)
    pages = Paginator(queries.entries(user, found, **filters.chosen()), PAGE)
    here = pages.get_page(number_of(request))
    everyone = queries.entries(user, found)
    labels = dict(Entry.Group.choices)
    return {
        "list": found,
        "filters": filters,
        "rows": shown.rows(here, found),
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "counts": [(code, labels[code], n) for code, n in queries.counts(everyone).items()],
        "districts": queries.by_district(everyone),
        "change": _change(user, found.based_on, found),
        "may_approve": access.approve_list.check(user, found),
        "may_drop": access.drop_list.check(user, found),
        "own": found.by_id == user.pk,
        "draft": found.state == CreditList.State.DRAFT,
    }


def _change(user: Any, old: CreditList | None, new: CreditList) -> dict[str, Any]:
    found = queries.difference(user, old, new, NAMED)
    before = shown.conditions_of(old) if old is not None else {}
    after = shown.conditions_of(new)
    return {
        "enters": [(entry, shown.row(was, before).why if was else "") for entry, was in found.enters],
        "leaves": [(entry, shown.row(now, after).why if now else "") for entry, now in found.leaves],
        "stays": found.stays,
        "entering": found.entering,
        "leaving": found.leaving,
    }


@login_required
@require_safe
def compare(request: SignedIn) -> HttpResponse:
    """两版对照: any two versions, who enters, who leaves, and why."""
    require_officer(request.user)
    known = queries.lists(request.user).exclude(state=CreditList.State.DROPPED)
    chosen = [_chosen(known, request.GET.get(name, "")) for name in ("a", "b")]
    if None in chosen and not request.GET:
        chosen = [*reversed(known[:2])]
    old, new = chosen if len(chosen) == 2 else (None, None)
    context: dict[str, Any] = {"lists": known[:50], "old": old, "new": new}
    if old is not None and new is not None:
        context["change"] = _change(request.user, old, new)
    return render(request, "credit/compare.html", context)


def _chosen(known: Any, number: str) -> CreditList | None:
    fits = number.isascii() and number.isdigit() and len(number) < 10
    return known.filter(pk=int(number)).first() if fits else None

"""研发活动页面: the records of a year beside the enterprise file; write, correct, confirm."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.dossier.facts import last_full_year
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.research_centers import access, queries
from kechuang.services.research_centers import records as actions
from kechuang.services.research_centers.forms import ActivityForm, YearForm, initial_year
from kechuang.services.research_centers.models import Activity, Center
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


def _center(user: Any, **key: int) -> Center:
    return get_object_or_404(access.see_center.filter(user, queries.with_everything()), **key)


def _year(request: SignedIn) -> int:
    given = request.GET.get("year", "")
    usual = last_full_year(clock.today())
    return int(given) if given.isascii() and given.isdigit() and len(given) == 4 else usual


@login_required
@require_safe
def listed(request: SignedIn, pk: int) -> HttpResponse:
    """研发活动记录: of one year, with the sums beside the enterprise file."""
    center, year = _center(request.user, pk=pk), _year(request)
    context = _year_context(center, year) | {
        "years": queries.years_of(center, clock.today()),
        "keeps": access.keep_records.check(request.user, center),
        "own": access.own_center.check(request.user, center),
        "may_confirm": year <= last_full_year(clock.today()) and center.case.state in access.ON_REGISTER,
    }
    return render(request, "research_centers/records.html", context)


def _year_context(center: Center, year: int) -> dict[str, Any]:
    rows = center.activities.filter(year=year).prefetch_related("corrections__by")
    return {
        "center": center,
        "year": year,
        "rows": rows,
        "sums": queries.sums(center, year),
        "compared": queries.compared(center, year),
        "confirmation": center.confirmations.filter(year=year).select_related("by").first(),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    """新增研发活动."""
    center = _center(request.user, pk=pk)
    if not access.keep_records.check(request.user, center):
        raise NotAllowed(_("研发活动由已登记中心的企业经办人填写。"))
    sent = request.POST if request.method == "POST" else None
    form = ActivityForm(sent, initial=initial_year(clock.today()))
    if form.is_valid():
        data = form.cleaned_data
        try:
            given = {"center": center, "content": data, "reason": data["reason"]}
            row = actions.record_activity(**given, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _to_year(request, row)
    return _form_page(request, form, center, None)


def _to_year(request: SignedIn, row: Activity) -> HttpResponse:
    messages.success(request, _("已保存。"))
    return redirect(f"{reverse('rd_records', args=[row.center_id])}?year={row.year}")


def _form_page(request: SignedIn, form: ActivityForm, center: Center, activity: Activity | None) -> HttpResponse:
    context = {"form": form, "center": center, "activity": activity}
    return render(request, "research_centers/record.html", context, status=422 if form.errors else 200)


def _activity(user: Any, pk: int) -> Activity:
    found = get_object_or_404(queries.activities(user), pk=pk)
    if not access.keep_records.check(user, found.center):
        raise NotAllowed(_("研发活动由已登记中心的企业经办人填写。"))
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """修改研发活动: after its year was confirmed with a reason."""
    activity = _activity(request.user, pk)
    sent = request.POST if request.method == "POST" else None
    initial = {name: getattr(activity, name) for name in (*actions.CONTENT, "version")}
    form = ActivityForm(sent, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            given = {"activity": activity, "content": data, "version": data["version"], "reason": data["reason"]}
            row = actions.change_activity(**given, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _to_year(request, row)
    return _form_page(request, form, activity.center, activity)


@login_required
@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """删除研发活动: before its year is confirmed."""
    activity = _activity(request.user, pk)
    actions.remove_activity(activity=activity, by=request.user, now=clock.now())
    return _to_year(request, activity)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_year(request: SignedIn, pk: int) -> HttpResponse:
    """年度确认: the records and their sums once more, then the lock."""
    center = _center(request.user, case=pk)
    require_step(center.case, "confirm_year", request.user)
    sent = request.POST if request.method == "POST" else None
    form = YearForm(sent, initial={"year": _year(request)})
    if form.is_valid():
        year = form.cleaned_data["year"]
        try:
            actions.confirm_year(center=center, year=year, by=request.user, now=clock.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(year)s 年的研发活动已确认。") % {"year": year})
            return redirect("case", pk)
    year = form.cleaned_data.get("year", _year(request)) if form.is_bound else _year(request)
    context = _year_context(center, year) | {"form": form}
    return render(request, "research_centers/confirm.html", context, status=422 if form.errors else 200)

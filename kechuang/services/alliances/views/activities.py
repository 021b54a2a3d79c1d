"""联盟活动页面: propose, look, sign up, note who came, report."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.parties.models import Party
from kechuang.core.vocab.queries import label as term
from kechuang.kit.ical import calendar_file
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.alliances import access, actions, queries
from kechuang.services.alliances.forms import ActivityForm, ReportForm
from kechuang.services.alliances.models import Activity, Alliance
from kechuang.services.alliances.page import activity_page
from kechuang.services.alliances.views.alliances import number_of
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import Outcome, case_page
from kechuang.web.session import SignedIn

PAGE = 20
FIELDS = ("title", "kind", "starts_at", "ends_at", "place", "seats", "text", "version")


def _activity(user: Any, **key: int) -> Activity:
    rows = Activity.objects.select_related("case__applicant", "alliance")
    return get_object_or_404(access.view_activity.filter(user, rows), **key)


@require_safe
def activities(request: HttpRequest, pk: int) -> HttpResponse:
    """活动: those to come first, then the past ones, newest first."""
    alliance = get_object_or_404(Alliance, pk=pk)
    rows = queries.activities(request.user, alliance)
    past = "past" in request.GET
    now = clock.now()
    rows = rows.filter(ends_at__lte=now).order_by("-starts_at") if past else rows.filter(ends_at__gt=now)
    pages = Paginator(rows, PAGE)
    here = pages.get_page(number_of(request))
    context = {
        "alliance": alliance,
        "rows": [(row, state_of(row.case)) for row in here],
        "past": past,
        "total": pages.count,
        "page": Page(here.number, pages.num_pages),
        "may_propose": queries.organisers(request.user, alliance).exists(),
    }
    return render(request, "alliances/activities.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    """提议活动: by members and the secretariat."""
    alliance = get_object_or_404(Alliance, pk=pk)
    parties = queries.organisers(request.user, alliance)
    if not parties:
        raise NotAllowed(_("联盟活动由成员单位或秘书处组织。请先申请加入联盟。"))
    sent = request.POST if request.method == "POST" else None
    form = ActivityForm(sent, initial={"key": secrets.token_hex(16)})
    wanted = request.POST.get("party", "")
    chosen = parties.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else None
    if form.is_valid() and (activity := _proposed(request, alliance, chosen or parties[0], form)) is not None:
        published = activity.case.state == "open"
        messages.success(request, _("活动已发布。") if published else _("活动已提交，秘书处审核后发布。"))
        return redirect("activity", activity.pk)
    context = {"alliance": alliance, "form": form, "parties": parties, "chosen": chosen, "title": _("提议活动")}
    return render(request, "alliances/activity_form.html", context, status=422 if form.errors else 200)


def _proposed(request: SignedIn, alliance: Alliance, organiser: Party, form: ActivityForm) -> Activity | None:
    content = dict(form.cleaned_data)
    key, _version = content.pop("key"), content.pop("version")
    try:
        return actions.propose_activity(
            alliance=alliance, organiser=organiser, content=content, form_key=key, by=request.user, now=clock.now()
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


@require_safe
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """一项活动."""
    return _show(request, _activity(request.user, pk=pk), Outcome())


@case_page("alliance-activities")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """活动办件: the page of the activity serves."""
    rows = Activity.objects.select_related("case__applicant", "alliance")
    return _show(request, rows.get(case=case), outcome)


def _show(request: HttpRequest, found: Activity, outcome: Outcome) -> HttpResponse:
    inside = access.see_case.check(request.user, found.case)
    file = case_file(request.user, found.case, clock.today(), outcome) if inside else None
    context = {"activity": found, "file": file, "page": activity_page(request.user, found, clock.now())}
    return render(request, "alliances/activity.html", context, status=outcome.status)


@require_safe
def ics(request: HttpRequest, pk: int) -> HttpResponse:
    """日历文件: for phones and office programs."""
    found = _activity(request.user, pk=pk)
    url = f"{settings.SITE_URL}{reverse('activity', args=[found.pk])}"
    data = calendar_file(
        uid=f"activity-{found.pk}@{request.get_host().partition(':')[0]}",
        title=_("{label}：{value}").format(label=term("activity_kind", found.kind), value=found.title),
        start=found.starts_at,
        end=found.ends_at,
        place=found.place,
        text=found.text,
        url=url,
        now=clock.now(),
    )
    headers = {"Content-Disposition": f'attachment; filename="activity-{found.pk}.ics"'}
    return HttpResponse(data, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@require_POST
def sign_up(request: SignedIn, pk: int) -> HttpResponse:
    """报名: in the name of a member."""
    found = _activity(request.user, pk=pk)
    parties = queries.member_parties(request.user, found.alliance)
    wanted = request.POST.get("party", "")
    party = parties.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else parties.first()
    if party is None:
        raise NotAllowed(_("联盟活动面向成员单位。请先为您的单位申请加入联盟。"))
    actions.sign_up(activity=found, party=party, by=request.user, now=clock.now())
    messages.success(request, _("已报名。可以把活动存入日历。"))
    return redirect("activity", pk)


@login_required
@require_POST
def cancel_sign_up(request: SignedIn, pk: int) -> HttpResponse:
    """取消报名."""
    actions.cancel_sign_up(activity=_activity(request.user, pk=pk), by=request.user, now=clock.now())
    messages.success(request, _("已取消报名。"))
    return redirect("activity", pk)


@login_required
@require_POST
def attendance(request: SignedIn, pk: int) -> HttpResponse:
    """到会: who of those who signed up came."""
    found = _activity(request.user, pk=pk)
    came = [int(n) for n in request.POST.getlist("came") if n.isascii() and n.isdigit() and len(n) < 10]
    number = actions.note_attendance(activity=found, came=came, by=request.user, now=clock.now())
    messages.success(request, _("已记录，{n} 人到会。").format(n=number))
    return redirect("activity", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """修改活动: sent back, by its organiser; published, time and place, of which those who signed up are told."""
    found = _activity(request.user, case=pk)
    if not access.change_activity.check(request.user, found):
        raise NotAllowed(_("活动在退回后由组织单位修改；发布后组织单位和秘书处可以改时间和地点。"))
    sent = request.POST if request.method == "POST" else None
    form = ActivityForm(sent, initial={name: getattr(found, name) for name in FIELDS})
    if found.case.state == "open":
        form.keep_content(found)
    if form.is_valid():
        content = dict(form.cleaned_data)
        version = content.pop("version") or 0
        del content["key"]
        try:
            actions.change_activity(activity=found, content=content, version=version, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("活动已修改。"))
            return redirect("activity", found.pk)
    context = {"alliance": found.alliance, "activity": found, "form": form, "title": _("修改活动")}
    return render(request, "alliances/activity_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: SignedIn, pk: int) -> HttpResponse:
    """活动成效: settles the case."""
    found = _activity(request.user, case=pk)
    require_step(found.case, "report", request.user)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.report(activity=found, content=form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("成效已填报，活动办结。"))
            return redirect("activity", found.pk)
    context = {"alliance": found.alliance, "activity": found, "form": form, "title": _("填报成效")}
    return render(request, "alliances/activity_form.html", context, status=422 if form.errors else 200)

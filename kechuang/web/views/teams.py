"""服务专班页面: the teams, who sits in them, their cases; officers of the city change them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.audit.queries import history
from kechuang.core.cases import leaving
from kechuang.core.cases.teams import ANY_GAP, team_cases, team_row, team_rows
from kechuang.core.parties.access import is_city_officer
from kechuang.core.taskforces import access, actions
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.people_forms import show
from kechuang.web.session import SignedIn
from kechuang.web.team_forms import SeatForm, TeamForm, chosen_teams, content_of

ROWS = 20
SHOWN = 50  # cases on the page of a team
VERBS = {
    "create": gettext_noop("设立"),
    "change": gettext_noop("调整"),
    "retire": gettext_noop("停用"),
    "resume": gettext_noop("恢复"),
    "seat": gettext_noop("加入"),
    "unseat": gettext_noop("离开"),
}


@login_required
@require_safe
def teams(request: SignedIn) -> HttpResponse:
    """专班一览: by industry, district and empty seats."""
    chosen = chosen_teams(request.GET)
    pages = Paginator(team_rows(request.user, chosen), ROWS)
    here = pages.get_page(request.GET.get("page"))
    context = {
        "rows": here,
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "chosen": chosen,
        "filters": [
            ("industry", _("产业"), vocab.choices("industry")),
            ("district", _("区市"), vocab.choices("district")),
            ("gap", _("空缺"), [(ANY_GAP, _("任一角色")), *Seat.Role.choices]),
            ("retired", _("范围"), [("1", _("已停用"))]),
        ],
        "manages": is_city_officer(request.user),
    }
    return render(request, "web/teams.html", context)


def _page(request: SignedIn, pk: int, form: SeatForm | None = None) -> HttpResponse:
    row = team_row(request.user, pk)
    if row is None:
        raise Http404
    manages = is_city_officer(request.user)
    cases = team_cases(request.user, row.team)
    context: dict[str, Any] = {
        "row": row,
        "cases": cases[:SHOWN],
        "manages": manages,
        "form": form or SeatForm(),
        "events": [(e, _(VERBS.get(e.verb, e.verb))) for e in history(row.team).reverse()[:30]] if manages else [],
    }
    return render(request, "web/team.html", context, status=422 if form is not None else 200)


@login_required
@require_safe
def team(request: SignedIn, pk: int) -> HttpResponse:
    """专班: its members and cases."""
    return _page(request, pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_team(request: SignedIn) -> HttpResponse:
    """设立专班."""
    access.require_manager(request.user)
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.create_team(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("已设立“{name}”，请添加成员。").format(name=made.name))
            return redirect("team", made.pk)
    return render(request, "web/team_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_team(request: SignedIn, pk: int) -> HttpResponse:
    """调整专班: refused where somebody else has changed it since the form was opened."""
    access.require_manager(request.user)
    found = get_object_or_404(access.manage_team.filter(request.user, TaskForce.objects.all()), pk=pk)
    form = TeamForm(request.POST if request.method == "POST" else None, initial=content_of(found))
    form.fields["code"].disabled = True
    given = request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else actions.version_of(found)
    if form.is_valid():
        content = {k: v for k, v in form.cleaned_data.items() if k != "code"}
        try:
            actions.change_team(task_force=found, version=version, by=request.user, now=clock.now(), **content)
        except Refusal as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("team", pk)
    context = {"form": form, "team": found, "version": version}
    return render(request, "web/team_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def retire(request: SignedIn, pk: int) -> HttpResponse:
    """停用或恢复专班."""
    access.require_manager(request.user)
    found = get_object_or_404(access.manage_team.filter(request.user, TaskForce.objects.all()), pk=pk)
    retired = request.POST.get("retired", "1") == "1"
    actions.retire_team(task_force=found, retired=retired, by=request.user, now=clock.now())
    messages.success(request, _("专班已停用，不再接新的对接；在办的继续办完。") if retired else _("专班已恢复。"))
    return redirect("team", pk)


@login_required
@require_POST
def add_member(request: SignedIn, pk: int) -> HttpResponse:
    """添加成员."""
    access.require_manager(request.user)
    found = get_object_or_404(access.manage_team.filter(request.user, TaskForce.objects.all()), pk=pk)
    form = SeatForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.seat(
                task_force=found, user=data["email"], role=data["role"], by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            show(form, refusal)
        else:
            words = _("{name}已加入专班，担任{role}。")
            messages.success(request, words.format(name=made.user, role=made.get_role_display()))
            return redirect("team", pk)
    return _page(request, pk, form)


@login_required
@require_POST
def end_seat(request: SignedIn, pk: int) -> HttpResponse:
    """移出成员: her open cases go to others at once."""
    access.require_manager(request.user)
    seat = get_object_or_404(Seat.objects.select_related("user"), pk=pk)
    moves = leaving.unseat(seat=seat, by=request.user, now=clock.now())
    messages.success(request, _("{name}已离开专班。").format(name=seat.user) + moves.words())
    return redirect("team", seat.task_force_id)

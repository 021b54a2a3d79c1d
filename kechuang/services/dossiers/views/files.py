"""档案页面: one part of a file, and the forms in which the enterprise fills it in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.dossier import access
from kechuang.core.dossier.actions import OWN, note_look, stated
from kechuang.core.dossier.facts import facts, groups, last_full_year, of_group
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.models import PROFILE, YEARLY
from kechuang.core.dossier.plausible import doubts
from kechuang.core.dossier.queries import blocked
from kechuang.core.parties.access import administers
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.dossiers import actions, queries
from kechuang.services.dossiers.forms import ProfileForm, YearsForm
from kechuang.services.dossiers.page import GROUPS, YEARS, file_page
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.session import SignedIn

register_desk_list(DeskList(gettext_noop("来源不一致"), "disputes", lambda user, _today: queries.to_do(user)))


def opened(request: SignedIn, pk: int) -> Party:
    """The organisation whose file the user may open; 404 for everybody else."""
    return get_object_or_404(queries.shown_files(request.user, clock.today()), pk=pk)


def filled(request: SignedIn, pk: int) -> Party:
    """The organisation whose file the user fills in."""
    party = opened(request, pk)
    if not access.fill_file.check(request.user, party):
        raise NotAllowed(_("企业填报的数据由本单位的经办人填写。您可以在“我的单位”中申请加入该单位。"))
    return party


@login_required
@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    """一企一档: one part of the file; a look by others than its own people is noted."""
    party = opened(request, pk)
    visible = access.groups_for(request.user, party, clock.today())
    page = file_page(party, visible, request.GET.get("group", ""), clock.today())
    note_look(party=party, groups=[page.group], by=request.user, now=clock.now())
    shown = page.group == "standing" and access.own_or_checked.check(request.user, party)
    context = {
        "page": page,
        "party": party,
        "blocked": blocked(party, clock.today()) if shown else [],
        "own": access.is_own(request.user, party),
        "administers": administers.check(request.user, party),
        "checks": access.check_file.check(request.user, party),
    }
    return render(request, "dossiers/file.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn, pk: int, group: str) -> HttpResponse:
    """基本情况: what belongs to no year, of one part of the file."""
    party = filled(request, pk)
    if not any(f.code in PROFILE for f in of_group(group)):
        raise Http404
    known = stated(party, OWN, [0]).get(0, {})
    form = ProfileForm(_sent(request), group=group, initial={**known, "seen": _seen({0: known}, group)})
    if form.is_valid() and keep_form(request, party, form):
        return redirect(f"/dossiers/{pk}/?group={group}")
    context = {"party": party, "form": form, "group": group, "label": _(GROUPS[group])}
    return render(request, "dossiers/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def years(request: SignedIn, pk: int, group: str) -> HttpResponse:
    """年度数据: three years side by side, of one part of the file."""
    party = filled(request, pk)
    asked = [f for f in of_group(group) if f.code in YEARLY] if group in groups() else []
    if not asked:
        raise Http404
    form = years_form(_sent(request), party, group)
    if form.is_valid() and keep_form(request, party, form):
        return redirect(f"/dossiers/{pk}/?group={group}")
    return years_page(request, party, form, group)


def years_form(sent: Any, party: Party, group: str) -> YearsForm:
    """The form of one part, or of all with an empty ``group``, with what the enterprise has stated."""
    asked = [f for f in facts().values() if f.code in YEARLY and group in ("", f.group)]
    last = last_full_year(clock.today())
    shown = [last - ago for ago in range(YEARS)]
    known = stated(party, OWN, shown)
    initial: dict[str, Any] = {f"{f.code}_{y}": known.get(y, {}).get(f.code) for f in asked for y in shown}
    form = YearsForm(sent, facts=asked, years=shown, initial=initial)
    form.initial["seen"] = _seen({y: known.get(y, {}) for y in shown}, group)
    for year in {r.paid_on.year for r in party.financings.filter(source=OWN)}:
        name = f"equity_raised_{year}"
        if name in form.fields:
            form.fields[name].disabled = True
            form.fields[name].help_text = _("由股权融资清单合计")
    return form


def years_page(
    request: SignedIn, party: Party, form: YearsForm, group: str, *, note: str = "", problem: str = ""
) -> HttpResponse:
    """The page of the form; ``note`` says where what stands in it comes from, ``problem`` why a file was refused."""
    label = _(GROUPS[group]) if group else ""
    context = {"party": party, "form": form, "group": group, "label": label, "note": note, "problem": problem}
    wrong = form.errors and not note
    return render(request, "dossiers/years.html", context, status=422 if wrong or problem else 200)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _seen(known: dict[int, dict[str, Any]], group: str) -> dict[str, dict[str, str | None]]:
    """What the form shows, as text, so that a colleague's save in the meantime is noticed."""
    wanted = [f.code for f in facts().values() if group in ("", f.group)]
    return {
        str(year): {name: None if row.get(name) is None else text(row[name]) for name in wanted if name in _of(year)}
        for year, row in known.items()
    }


def _of(year: int) -> tuple[str, ...]:
    return YEARLY if year else PROFILE


def keep_form(request: SignedIn, party: Party, form: Any, note: str = "") -> bool:
    """Keep what was stated; False with the reason on the form where that is refused. ``note`` goes to the history."""
    try:
        given = form.cleaned_data.get("seen") or {}
        seen = {int(year): dict(row) for year, row in given.items()}
    except (AttributeError, ValueError, TypeError):
        seen = {}
    return _keep(request, party, form, form.values(), seen, note)


def _keep(
    request: SignedIn,
    party: Party,
    form: Form,
    values: dict[int, dict[str, Any]],
    seen: dict[int, dict[str, Any]],
    note: str,
) -> bool:
    try:
        outcome = actions.fill(party=party, values=values, seen=seen, by=request.user, now=clock.now(), note=note)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    words = _("已保存，更新了 %(n)s 项。") % {"n": outcome.count} if outcome.count else _("没有变化。")
    messages.success(request, words)
    for year, row in sorted(values.items(), reverse=True):
        for doubt in doubts(row).values():
            messages.warning(request, _("%(year)s 年：%(doubt)s，请核对。") % {"year": year, "doubt": _(doubt)})
    if outcome.opened:
        told = _("有 %(n)s 项与其他来源不一致，已提交主管部门核对；核对前按未知计算。")
        messages.warning(request, told % {"n": len(outcome.opened)})
    return True


@case_page("dossiers")
def case(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """核对办件: what is to be settled stands on the page of the organisation's disputes."""
    return redirect("dossier_disputes", case.applicant_id)

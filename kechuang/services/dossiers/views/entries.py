"""清单页面: add, change and take out entries; declare a list complete; the single-use mark."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.dossier import access
from kechuang.core.dossier.actions import OWN, declare_kept
from kechuang.core.dossier.entries import LISTS, add_entry, change_entry, mark_used, remove_entry
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.dossiers.forms import QualificationForm
from kechuang.services.dossiers.lists import HELD, Held, initial_of
from kechuang.services.dossiers.views.files import filled, opened
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


def _held(held: str) -> Held:
    if held not in HELD:
        raise Http404
    return HELD[held]


def _back(party: Party, held: Held) -> HttpResponse:
    return redirect(f"/dossiers/{party.pk}/?group={held.group}")


def _source(request: SignedIn, party: Party) -> str:
    """In whose name the user enters something: the enterprise's own, else the authority's."""
    if access.fill_file.check(request.user, party):
        return OWN
    if access.check_file.check(request.user, party):
        return "authority"
    raise NotAllowed(_("清单由本单位的经办人填写，主管部门可以补充核定的条目。"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int, held: str) -> HttpResponse:
    """新增一条."""
    party, kept = opened(request, pk), _held(held)
    source = _source(request, party)
    form = kept.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = add_entry(
                party=party, held=held, content=form.cleaned_data, by=request.user, now=clock.now(), source=source
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            _told(request, form, row)
            return _back(party, kept)
    return _page(request, party, held, form)


def _told(request: SignedIn, form: Any, row: Any) -> None:
    messages.success(request, _("已保存。"))
    if not getattr(row, "number_checked", True):
        messages.warning(request, _("编号“%(number)s”的校验位不符，请核对证书。") % {"number": row.number})
    if isinstance(form, QualificationForm) and (odd := form.odd_number()):
        messages.warning(request, odd)


def _page(request: SignedIn, party: Party, held: str, form: Any, entry: Any = None) -> HttpResponse:
    context = {"party": party, "held": held, "list": HELD[held], "form": form, "entry": entry}
    return render(request, "dossiers/entry.html", context, status=422 if form.errors else 200)


def _entry(party: Party, held: str, number: int) -> Any:
    return get_object_or_404(LISTS[held].objects.filter(party=party), pk=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, pk: int, held: str, number: int) -> HttpResponse:
    """修改一条: by whoever may enter its source."""
    party, kept = opened(request, pk), _held(held)
    entry = _entry(party, held, number)
    access.require_source(request.user, party, entry.source)
    form = kept.form(request.POST if request.method == "POST" else None, initial=initial_of(entry, kept))
    if form.is_valid():
        seen = parse_datetime(request.POST.get("seen", "")) if request.POST.get("seen") else None
        try:
            row = change_entry(entry=entry, content=form.cleaned_data, seen=seen, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            _told(request, form, row)
            return _back(party, kept)
    return _page(request, party, held, form, entry)


@login_required
@require_POST
def remove(request: SignedIn, pk: int, held: str, number: int) -> HttpResponse:
    """删除一条."""
    party, kept = opened(request, pk), _held(held)
    remove_entry(entry=_entry(party, held, number), by=request.user, now=clock.now())
    messages.success(request, _("已删除，原内容保留在留痕里。"))
    return _back(party, kept)


@login_required
@require_POST
def complete(request: SignedIn, pk: int, held: str) -> HttpResponse:
    """声明清单完整，或撤回声明."""
    party, kept = filled(request, pk), _held(held)
    declared = request.POST.get("kept") == "1"
    declare_kept(party=party, held=held, kept=declared, by=request.user, now=clock.now())
    messages.success(request, _("已声明清单完整。") if declared else _("已撤回声明。"))
    return _back(party, kept)


@login_required
@require_POST
def use(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """标记已用于高企申请: once and for all."""
    party = opened(request, pk)
    mark_used(right=_entry(party, "rights", number), on=clock.today(), by=request.user, now=clock.now())
    messages.success(request, _("已标记。这项知识产权不能再次用于高企申请。"))
    return _back(party, HELD["rights"])

"""起草页面: copy a policy to a draft, change its parts, run examples and a dry run, hand in, approve."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.dossier.facts import catalogue
from kechuang.core.dossier.wording import words
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.core.policy import access, actions, editing
from kechuang.core.policy.dryrun import SIZE_LABELS
from kechuang.core.policy.models import DryRun, PackVersion
from kechuang.core.policy.queries import latest, to_approve, under_way
from kechuang.core.policy.waiting import choices
from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.examples import differences as failing
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused, Problem, read_pack
from kechuang.kit.rules.reading_aloud import differences
from kechuang.services.policies import approval, drafting
from kechuang.web import clock
from kechuang.web.extend import DeskList, register_desk_list

register_desk_list(
    DeskList(gettext_noop("规则包审定"), "policy_drafts", lambda user, _today: to_approve(user).count() or None)
)

PARTS = {
    "parameters": gettext_lazy("参数"),
    "define": gettext_lazy("中间量"),
    "require": gettext_lazy("条件"),
    "route": gettext_lazy("另一条路"),
    "examples": gettext_lazy("算例"),
    "text": gettext_lazy("全文"),
}


def _today() -> date:
    return timezone.localdate(clock.now())


def _draft(request: HttpRequest, pk: int) -> PackVersion:
    rows = PackVersion.objects.select_related("author", "approver", "assignee", "on_behalf_of", "based_on", "document")
    return get_object_or_404(access.work_on.filter(request.user, rows), pk=pk)


def _pack(version: PackVersion) -> tuple[Pack | None, list[Problem]]:
    try:
        return read_pack(version.text, catalogue(), file=f"{version.code}.toml"), []
    except PackRefused as refused:
        return None, list(refused.problems)


@login_required
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """起草与审定: what is under way in the officer's place."""
    require_officer(request.user)
    rows = under_way(access.work_on.filter(request.user, PackVersion.objects.all()))
    context = {"drafts": rows, "mine": set(to_approve(request.user).values_list("pk", flat=True)), "today": _today()}
    return render(request, "policies/drafts.html", context)


@login_required
@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """复制为草稿."""
    version = latest(code)
    if version is None:
        raise Http404
    draft = actions.copy_to_draft(version=version, by=request.user, now=clock.now())
    return redirect("policy_draft", draft.pk)


@dataclass
class _Editor:
    """一个部分的表单: its forms and what saving does with them."""

    form: Any
    changed: Callable[[], str]
    is_set: bool = False
    names: dict[str, str] = field(default_factory=dict)


def _editor(part: str, version: PackVersion, pack: Pack | None, data: Any) -> _Editor:
    """The form of a part; faulty drafts can be mended in their text alone."""
    if part == "text" or pack is None:
        text = drafting.TextForm(data, initial={"text": version.text})
        return _Editor(text, lambda: str(text.cleaned_data["text"]).replace("\r\n", "\n"))
    if part == "parameters":
        form = drafting.ParametersForm(data, pack=pack, on=_today())
        return _Editor(
            form,
            lambda: editing.set_parameters(version.text, pack, form.values, since=form.cleaned_data["since"]),
        )
    if part == "examples":
        examples = drafting.ExampleSet(data, initial=drafting.example_rows(pack), prefix="e")
        return _Editor(examples, lambda: editing.set_examples(version.text, drafting.kept(examples)), is_set=True)
    formulas = drafting.FormulaSet(data, initial=drafting.formula_rows(pack, part), prefix="f")
    names = {code: words().label(fact) for code, fact in catalogue().items()}
    return _Editor(
        formulas,
        lambda: editing.set_formulas(version.text, part, drafting.kept(formulas), catalogue()),
        is_set=True,
        names=names,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """一份草稿: its parts as forms, what is wrong with it, its dry runs, what to do next."""
    version = _draft(request, pk)
    pack, problems = _pack(version)
    part = request.GET.get("part", "parameters")
    part = part if part in PARTS and pack is not None else "text"
    editable = access.edit_draft.check(request.user, version)
    editor = _editor(part, version, pack, request.POST if request.method == "POST" else None)
    if request.method == "POST" and editor.form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            number = int(seen) if seen.isascii() and seen.isdigit() else -1
            actions.save_draft(draft=version, text=editor.changed(), seen=number, by=request.user, now=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("已保存。"))
            return redirect(f"{request.path}?part={part}")
    examples = _examples(pack)
    context = {
        "version": version,
        "parts": PARTS.items(),
        "part": part,
        "editor": editor,
        "editable": editable,
        "may_approve": access.approve_draft.check(request.user, version),
        "approvers": choices(version, _today()) if editable or version.assignee_id else (),
        "problems": problems,
        "examples": examples,
        "wrong": sum(bool(problems) for _name, problems in examples),
        "columns": 7 if version.kind == "benefit" else 5,
        "run": _shown_run(version.dry_runs.filter(digest=version.digest).first()),
        "differences": _differences(version, pack),
        "today": _today(),
        "seen": request.POST.get("seen", version.revision),
    }
    return render(request, "policies/draft.html", context, status=200 if request.method != "POST" else 422)


def _examples(pack: Pack | None) -> list[tuple[str, list[str]]]:
    return [] if pack is None else [(e.name, failing(pack, e)) for e in pack.examples]


def _differences(version: PackVersion, pack: Pack | None) -> Any:
    if pack is None or version.based_on is None:
        return ()
    old, _problems = _pack(version.based_on)
    return differences(old, pack, words(), _today()) if old is not None else ()


def _shown_run(run: DryRun | None) -> dict[str, Any] | None:
    """A dry run with the names of those who change sides."""
    if run is None:
        return None
    names = Party.objects.in_bulk([*run.totals["gains"], *run.totals["loses"]])
    by_size = {size: run.totals["by_size"][size] for size in (*SIZE_LABELS, "") if size in run.totals["by_size"]}
    sides = {side: [names[pk] for pk in run.totals[side] if pk in names] for side in ("gains", "loses")}
    return {"run": run, **run.totals, **sides, "by_size": by_size}


@login_required
@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """试算."""
    version = _draft(request, pk)
    on = parse_date(request.POST.get("on", "")) or _today()
    try:
        actions.run_dry(version=version, on=on, by=request.user, now=clock.now())
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("试算完成。"))
    return redirect("policy_draft", version.pk)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """提交、审定、退回、转交、放弃."""
    version = _draft(request, pk)
    now, note = clock.now(), request.POST.get("note", "")[:2000]
    given = request.POST.get("approver", "")
    chosen = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "submit": (
            lambda: approval.submit(draft=version, note=note, approver=chosen, by=request.user, now=now),
            _("已提交审定。"),
        ),
        "approve": (lambda: approval.approve(version=version, by=request.user, now=now), _("已发布。")),
        "return": (lambda: approval.send_back(version=version, reason=note, by=request.user, now=now), _("已退回。")),
        "hand-on": (
            lambda: approval.hand_on(version=version, receiver=chosen or 0, note=note, by=request.user, now=now),
            _("已转交。"),
        ),
        "drop": (lambda: actions.drop_draft(draft=version, by=request.user, now=now), _("已放弃，仍可在留痕中查到。")),
    }
    if step not in steps:
        raise Http404
    do, done = steps[step]
    try:
        do()
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        messages.error(request, refusal.message)
        return redirect("policy_draft", version.pk)
    messages.success(request, done)
    return redirect("policy", version.code) if step == "approve" else redirect("policy_drafts")

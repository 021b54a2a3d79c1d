"""主管部门页面: prepare a draft, register stages, extend, moderate, answer, publish what became of each comment."""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.core.parties.access import posts, require_officer
from kechuang.core.parties.models import Post
from kechuang.core.policy.access import work_on
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import under_way
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.consultations import access, actions, commenting, queries
from kechuang.services.consultations.forms import DraftForm, ExtendForm, StageForm
from kechuang.services.consultations.models import Comment, Consultation, Stage
from kechuang.services.consultations.packtext import text_of
from kechuang.services.consultations.splitting import joined
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.session import SignedIn


def _waiting(user: Any, _today: date) -> int | None:
    return queries.to_answer(user).count() or None


register_desk_list(DeskList(gettext_noop("待答复的意见"), "answer_comments", _waiting))


def managed(request: HttpRequest, case: int) -> Consultation:
    """A consultation by the number of its case, for its officers; NotAllowed for others who see it."""
    row = get_object_or_404(access.see.filter(request.user, queries.with_everything()), case=case)
    if not access.manage.check(request.user, row):
        raise NotAllowed(_("征求意见由主管部门办理。"))
    return row


def done(form: Form, act: Callable[[], Any]) -> Any:
    """What the action gives; None where it is refused and the form must be shown again with the reason."""
    try:
        return act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _districts(user: Any) -> list[tuple[str, str]]:
    scopes = set(posts(user, Post.Role.OFFICER).values_list("district", flat=True))
    labels = vocab.labels("district")
    city = [("", _("市级"))] if "" in scopes else []
    return city + [(code, labels[code]) for code in labels if "" in scopes or code in scopes]


def _versions(user: Any) -> Any:
    return under_way(work_on.filter(user, PackVersion.objects.all()))


def _text(form: DraftForm) -> str:
    data = form.cleaned_data
    version: PackVersion | None = data["version"]
    return str(data["text"]) or (text_of(version, clock.today()) if version is not None else "")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """新建征求意见: typed, pasted, or from the draft of a rule pack."""
    require_officer(request.user)
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        districts=_districts(request.user),
        versions=_versions(request.user),
        initial={"key": secrets.token_hex(16), "version": request.GET.get("version", "")},
    )
    if form.is_valid():
        data = form.cleaned_data

        def act() -> Consultation:
            return actions.prepare(
                draft=form.draft(_text(form)),
                district=data["district"],
                by=request.user,
                now=clock.now(),
                form_key=data["key"],
            )

        if row := done(form, act):
            messages.success(request, _("已保存。请核对切分的条款，登记起草步骤，然后开始征求意见。"))
            return redirect("case", row.case_id)
    context = {"form": form, "title": _("新建征求意见"), "row": None}
    return render(request, "consultations/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """改草案: while it is prepared."""
    row = managed(request, pk)
    if not access.edit.check(request.user, row):
        messages.info(request, _("征求意见已经开始，草案不能再改。"))
        return redirect("case", pk)
    clauses = list(row.clauses.all())
    initial = {
        "title": row.title,
        "summary": row.summary,
        "version": row.version_id,
        "text": joined((c.chapter, c.text) for c in clauses),
        "audience": row.audience,
        "invited": "\n".join(str(one.party) for one in row.invitations.select_related("party")),
        "days": row.days,
        "seen": row.revision,
    }
    sent = request.POST if request.method == "POST" else None
    form = DraftForm(sent, districts=None, versions=_versions(request.user), initial=initial)
    if form.is_valid():
        number = form.cleaned_data["seen"]
        seen = -1 if number is None else number
        act = lambda: actions.change(  # noqa: E731
            row=row, draft=form.draft(_text(form)), seen=seen, by=request.user, now=clock.now()
        )
        if done(form, act):
            messages.success(request, _("已保存。"))
            return redirect("case", pk)
    context = {"form": form, "title": _("改草案"), "row": row, "clauses": clauses}
    return render(request, "consultations/edit.html", context, status=422 if form.errors else 200)


@case_page("consultations")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """办件页: where the consultation stands, its clauses, stages, comments to answer."""
    row = queries.with_everything().get(case=case)
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "row": row,
        "clauses": queries.clauses(row),
        "stages": row.stages.filter(removed_at=None).select_related("material"),
        "stage_form": StageForm(),
        "may_edit": access.edit.check(request.user, row),
        "may_stage": access.add_stage.check(request.user, row),
        "manages": access.manage.check(request.user, row),
        "invited": row.invitations.select_related("party"),
        "counts": queries.counts(row),
        "outcomes": Comment.Outcome.choices,
        "held": row.comments.filter(case__state="held").count(),
        "waiting": row.comments.filter(case__state="waiting").count(),
    }
    return render(request, "consultations/case.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_stage(request: SignedIn, pk: int) -> HttpResponse:
    """登记起草步骤."""
    row = managed(request, pk)
    form = StageForm(request.POST, request.FILES) if request.method == "POST" else StageForm()
    if form.is_valid():
        data = form.cleaned_data
        file = data["file"]
        act = lambda: actions.add_stage(  # noqa: E731
            row=row,
            kind=data["kind"],
            on=data["on"],
            who=data["who"],
            text=data["text"],
            by=request.user,
            now=clock.now(),
            name=file.name if file else "",
            chunks=file.chunks() if file else (),
        )
        if done(form, act):
            messages.success(request, _("已登记。"))
            return redirect("case", pk)
    context = {"form": form, "row": row, "title": _("登记起草步骤"), "button": _("登记")}
    return render(request, "consultations/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove_stage(request: SignedIn, pk: int) -> HttpResponse:
    """撤下起草步骤."""
    stage = get_object_or_404(Stage.objects.select_related("consultation"), pk=pk)
    row = managed(request, stage.consultation.case_id)
    actions.remove_stage(stage=stage, by=request.user, now=clock.now())
    messages.success(request, _("已撤下，仍可在留痕中查到。"))
    return redirect("case", row.case_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedIn, pk: int) -> HttpResponse:
    """延长期限."""
    row = managed(request, pk)
    require_step(row.case, "extend", request.user)
    form = ExtendForm(request.POST if request.method == "POST" else None, initial={"days": row.days + 5})
    if form.is_valid():
        data = form.cleaned_data
        act = lambda: actions.extend(row=row, **data, by=request.user, now=clock.now())  # noqa: E731
        if later := done(form, act):
            messages.success(request, _("已延长到 {day}。").format(day=later.closes_on))
            return redirect("case", pk)
    context = {"form": form, "row": row, "title": _("延长期限"), "button": _("延长")}
    return render(request, "consultations/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def group(request: SignedIn, pk: int) -> HttpResponse:
    """归并意见: those ticked come under one heading."""
    row = managed(request, pk)
    numbers = [int(n) for n in request.POST.getlist("comment") if n.isascii() and n.isdigit() and len(n) < 18]
    rows = list(row.comments.filter(pk__in=numbers).select_related("case", "consultation__case"))
    if not rows:
        messages.error(request, _("请先勾选要归并的意见。"))
        return redirect("consultation_comments", row.pk)
    topic = request.POST.get("topic", "").replace("\0", "")
    try:
        count = commenting.group(comments=rows, topic=topic, by=request.user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已归并 {count} 条意见，可以一并答复。").format(count=count))
    return redirect("consultation_comments", row.pk)

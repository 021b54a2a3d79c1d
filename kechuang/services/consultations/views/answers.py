"""答复页面: what waits for me, one comment with its moderation or answer, the result and its publication."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import require_officer
from kechuang.kit.refusal import NotAllowed
from kechuang.services.consultations import access, actions, commenting, queries
from kechuang.services.consultations.forms import AnswerForm, ModerateForm, NewClauseForm, ResultForm, TraceForm
from kechuang.services.consultations.models import Comment, Consultation
from kechuang.services.consultations.views.officers import done, managed
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.extend import Outcome, case_page
from kechuang.web.session import SignedIn


def _comments() -> Any:
    return Comment.objects.select_related("consultation__case", "clause", "case", "party", "user", "answered_by")


@login_required
@require_safe
def waiting(request: SignedIn) -> HttpResponse:
    """待答复的意见: assigned to the user."""
    require_officer(request.user)
    context = {"rows": queries.to_answer(request.user), "today": clock.today()}
    return render(request, "consultations/waiting.html", context)


@case_page("consultation_comments")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """办件页: a comment, for its author and the officers."""
    comment = _comments().get(case=case)
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "comment": comment,
        "row": comment.consultation,
        "manages": access.answers.check(request.user, comment),
    }
    return render(request, "consultations/comment.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """审核或答复一条意见."""
    comment = get_object_or_404(access.see_comment.filter(request.user, _comments()), case=pk)
    if not access.answers.check(request.user, comment):
        raise NotAllowed(_("意见由主管部门审核和答复。"))
    held = comment.case.state == "held"
    others = queries.together(comment)
    sent = request.POST if request.method == "POST" else None
    initial = {"outcome": comment.outcome, "answer": comment.answer}
    form = ModerateForm(sent) if held else AnswerForm(sent, others=len(others), initial=initial)
    if form.is_valid():
        taken = _moderated(request, comment, form) if held else _answered(request, comment, others, form)
        if taken:
            return redirect("answer_comment", pk) if taken == "show" else redirect("case", pk)
    context = {"comment": comment, "row": comment.consultation, "form": form, "others": others, "held": held}
    context["settled"] = comment.case.state not in ("held", "waiting", "answered")
    return render(request, "consultations/answer.html", context, status=422 if form.errors else 200)


def _moderated(request: SignedIn, comment: Comment, form: Any) -> str:
    data = form.cleaned_data
    show = data["decision"] == "show"
    act = lambda: commenting.moderate(  # noqa: E731
        comment=comment, show=show, reason=data["reason"], by=request.user, now=clock.now()
    )
    if not done(form, act):
        return ""
    messages.success(request, _("已通过审核，请答复。") if show else _("已设为不公开。"))
    return str(data["decision"])


def _answered(request: SignedIn, comment: Comment, others: list[Comment], form: Any) -> str:
    data = form.cleaned_data
    rows = [comment, *(others if data.get("together") else [])]
    act = lambda: commenting.answer(  # noqa: E731
        comments=rows, outcome=data["outcome"], text=data["answer"], by=request.user, now=clock.now()
    )
    if not done(form, act):
        return ""
    messages.success(request, _("已答复 {count} 条意见。").format(count=len(rows)))
    return "answer"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: SignedIn, pk: int) -> HttpResponse:
    """修改后的条文和公布: what each clause became; published when every comment has its answer."""
    row = managed(request, pk)
    if row.case.state != "answering":
        messages.info(request, _("修改后的条文在期限届满之后、公布之前填写。"))
        return redirect("case", pk)
    sent = request.POST if request.method == "POST" else None
    clauses = list(row.clauses.all())
    adding = sent is not None and "add" in sent
    form = ResultForm(sent if not adding else None, clauses=clauses, initial={"result": row.result})
    more = NewClauseForm(sent if adding else None, prefix="new")
    if adding and more.is_valid():
        data = more.cleaned_data
        if done(more, lambda: actions.add_clause(row=row, **data, by=request.user, now=clock.now())):
            messages.success(request, _("已新增一条。"))
            return redirect("consultation_result", pk)
    if form.is_valid() and (taken := _kept(request, row, form, publish=sent is not None and "publish" in sent)):
        return redirect("consultation", row.pk) if taken == "published" else redirect("consultation_result", pk)
    context = {
        "row": row,
        "form": form,
        "more": more,
        "lacking": row.comments.filter(case__state__in=access.WAITING).count(),
    }
    wrong = bool(form.errors or more.errors)
    return render(request, "consultations/result.html", context, status=422 if wrong else 200)


def _kept(request: SignedIn, row: Consultation, form: ResultForm, *, publish: bool) -> str:
    now, text = clock.now(), form.cleaned_data["result"]

    def keep() -> str:
        actions.keep_result(row=row, finals=form.finals, result=text, by=request.user, now=now)
        return "kept"

    if not done(form, keep):
        return ""
    if not publish:
        messages.success(request, _("已保存。"))
        return "kept"
    if not done(form, lambda: actions.publish(row=row, by=request.user, now=now)):
        return ""
    messages.success(request, _("采纳情况已公布。"))
    return "published"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trace(request: SignedIn, pk: int) -> HttpResponse:
    """正式文件: where the text was published in the end."""
    row = managed(request, pk)
    initial = {"document": row.document_id, "url": row.result_url}
    form = TraceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        if done(form, lambda: actions.trace(row=row, **data, by=request.user, now=clock.now())):
            messages.success(request, _("已保存。"))
            return redirect("consultation", row.pk)
    context = {"form": form, "row": row, "title": _("正式文件"), "button": _("保存")}
    return render(request, "consultations/form.html", context, status=422 if form.errors else 200)

"""公众页面: what is open, a draft clause by clause, a comment with or without login, what became of each."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.queries import state_of
from kechuang.core.parties.access import holds_office
from kechuang.kit.refusal import Refusal
from kechuang.services.consultations import access, queries
from kechuang.services.consultations.commenting import Said, comment
from kechuang.services.consultations.forms import CommentForm
from kechuang.services.consultations.models import Comment, Consultation
from kechuang.services.consultations.service import WORKFLOW
from kechuang.services.consultations.shown import table
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.session import private
from kechuang.web.visitors import origin

PAGE, COMMENTS = 20, 50
TYPED = "consultation:{}"  # what was typed when the session had ended
TABS = {
    "open": gettext_lazy("正在征求"),
    "answering": gettext_lazy("正在答复"),
    "published": gettext_lazy("已公布采纳情况"),
}


def seen(request: HttpRequest, pk: int) -> Consultation:
    """A consultation that the user may see, or 404."""
    return get_object_or_404(access.see.filter(request.user, queries.with_everything()), pk=pk)


def number(request: HttpRequest) -> int:
    """The page asked for."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """征求意见: what is open, what was."""
    officer = holds_office(request.user)
    tabs = {"drafting": _("起草中"), **TABS, "dropped": _("已终止")} if officer else TABS
    state = request.GET.get("state", "")
    q = request.GET.get("q", "").replace("\0", "")[:100]
    pages = Paginator(queries.consultations(request.user, state if state in tabs else "", q), PAGE)
    here = pages.get_page(number(request))
    context = {
        "rows": [(row, _(state_of(row.case).label)) for row in here],
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "tabs": tabs.items(),
        "state": state if state in tabs else "",
        "q": q,
        "officer": officer,
    }
    return render(request, "consultations/list.html", context)


@require_safe
@private
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """一份征求意见稿: its stages, its clauses with their comments, and in the end the table."""
    row = seen(request, pk)
    published = row.case.state == "published"
    context = {
        "row": row,
        "state": WORKFLOW.states[row.case.state],
        "clauses": queries.clauses(row),
        "stages": row.stages.filter(removed_at=None).select_related("material"),
        "counts": queries.counts(row),
        "outcomes": Comment.Outcome.choices,
        "total": row.comments.filter(access.shown.q(request.user)).count(),
        "whole": row.comments.filter(access.shown.q(request.user), clause=None).count(),
        "invited": row.invitations.select_related("party"),
        "may_comment": access.comment_on.check(request.user, row) and not _over(row),
        "manages": access.manage.check(request.user, row),
        "table": table(request.user, row) if published else [],
    }
    return render(request, "consultations/consultation.html", context)


def _over(row: Consultation) -> bool:
    return row.closes_on is not None and row.closes_on < clock.today()


@require_safe
@private
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """意见清单: by clause, outcome and group; officers also see what waits for moderation."""
    row = seen(request, pk)
    given = {name: request.GET.get(name, "").replace("\0", "")[:80] for name in queries.FILTERS}
    pages = Paginator(queries.comments(request.user, row, given), COMMENTS)
    here = pages.get_page(number(request))
    topics = row.comments.exclude(topic="").order_by("topic").values_list("topic", flat=True).distinct()
    context = {
        "row": row,
        "rows": here,
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "given": given,
        "clauses": row.clauses.all(),
        "topics": topics,
        "outcomes": [*Comment.Outcome.choices, (queries.UNANSWERED, _("还没有答复"))],
        "manages": access.manage.check(request.user, row),
        "hidden": access.HIDDEN,
    }
    return render(request, "consultations/comments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """提意见: anybody, signed in or not; nothing is lost when a session has ended meanwhile."""
    row = seen(request, pk)
    if not access.comment_on.check(request.user, row):
        messages.info(request, _("现在不在征求意见的期限内。"))
        return redirect("consultation", pk)
    parties = queries.askers(request.user, row) if request.user.is_authenticated else None
    sent = request.POST if request.method == "POST" else None
    form = CommentForm(sent, row=row, parties=parties, initial=_typed(request, row))
    lost = sent is not None and parties is None and sent.get("signed") == "1"
    if lost and sent is not None:
        form = _kept(request, row, sent)
    elif form.is_valid() and (made := _said(request, row, form)) is not None:
        request.session.pop(TYPED.format(row.pk), None)
        return redirect("comment_receipt", made.token)
    context = {"row": row, "form": form, "lost": lost, "clauses": row.clauses.all()}
    return render(request, "consultations/say.html", context, status=422 if form.errors or lost else 200)


def _typed(request: HttpRequest, row: Consultation) -> dict[str, Any]:
    """What was typed before, and the clause that the address names."""
    typed: dict[str, Any] = dict(request.session.get(TYPED.format(row.pk), {}))
    asked = request.GET.get("clause", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 5:
        typed["clause"] = row.clauses.filter(number=int(asked)).first()
    return typed


def _kept(request: HttpRequest, row: Consultation, sent: QueryDict) -> CommentForm:
    """The form of a visitor, with what she typed while she was signed in."""
    kept = {name: sent.get(name, "").replace("\0", "")[:3000] for name in ("clause", "text")}
    request.session[TYPED.format(row.pk)] = kept
    return CommentForm(None, row=row, parties=None, initial=kept)


def _said(request: HttpRequest, row: Consultation, form: CommentForm) -> Comment | None:
    data, now = form.cleaned_data, clock.now()
    said = Said(
        text=data["text"],
        clause=data["clause"],
        party=data.get("party"),
        name=data.get("name", ""),
        contact=data.get("contact", ""),
        origin="" if request.user.is_authenticated else origin(request, now),
        form_key=form.form_key,
    )
    try:
        return comment(row=row, said=said, by=request.user, now=now)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        add_refusal(form, refusal)
        return None


@require_safe
@private
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """回执: whoever has the number of a comment reads what became of it, without a login."""
    rows = Comment.objects.select_related("consultation", "clause", "case", "party")
    found = rows.filter(token=token).first()
    if found is None:
        raise Http404
    context = {"comment": found, "row": found.consultation, "state": _(state_of(found.case).label)}
    context["address"] = request.build_absolute_uri()
    context["own"] = access.own_comment.check(request.user, found)
    return render(request, "consultations/receipt.html", context)

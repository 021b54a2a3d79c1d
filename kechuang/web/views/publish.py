"""发布页面: write a new listing or change one, for every kind; drafts that the page keeps by itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.publishing import Outcome, is_saved, made_from, send_form
from kechuang.core.catalogue.models import get
from kechuang.core.market import access, actions, queries
from kechuang.core.market.kinds import ListingKind
from kechuang.core.parties.queries import parties_in_roles, parties_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.web import clock, editor
from kechuang.web.editor import Sent
from kechuang.web.navigation import kinds
from kechuang.web.session import private
from kechuang.web.views.search import kind_or_404


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """发布: what can be published, and by whom."""
    services = [get(kind.service) for kind in kinds()]
    rows = [
        (s, parties_in_roles(request.user, s.audience).exists() or not request.user.is_authenticated) for s in services
    ]
    return render(request, "web/publish.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_listing(request: HttpRequest, service: str) -> HttpResponse:
    """新发布: an empty form, for people who act for an organisation of the right sort."""
    kind = kind_or_404(service)
    if not parties_in_roles(request.user, get(kind.service).audience).exists():
        context = {"service": get(kind.service), "mine": parties_of(request.user)}
        return render(request, "web/no_party.html", context, status=403)
    if request.method == "POST":
        return _send(request, kind, None)
    page = editor.editor(request.user, kind)
    given: dict[str, Any] = {name: request.GET[name][:20_000] for name in ("title", "text") if name in request.GET}
    if request.GET.get("from") == "asked":  # what was tried on the match page goes on from there
        given |= request.session.get("asked", {})
    page.form.initial |= given
    editor.restore(page, request.GET.get("draft", ""))
    editor.ask(page, page.form.initial)
    return render(request, "web/edit.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def edit_listing(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """修改: the newest wording of an own listing, with remarks and questions beside the fields."""
    kind = kind_or_404(service)
    listing = own_listing(request.user, kind, pk)
    if request.method == "POST":
        return _send(request, kind, listing)
    page = editor.editor(request.user, kind, listing)
    if page.step is None and page.case is not None:
        messages.warning(request, _("现在不能修改：请先办理下面的步骤，或等待审核结束。"))
        return redirect("case", page.case.pk)
    editor.restore(page, request.GET.get("draft", ""))
    editor.ask(page, page.form.initial)
    if "check" in request.GET:
        editor.check(page)
    return render(request, "web/edit.html", {"page": page})


def own_listing(user: Any, kind: ListingKind, pk: int) -> Any:
    """A listing that the user may change; 404 where she may not see it, a refusal where she may not change it."""
    rows = queries.listings(kind.service)
    listing = get_object_or_404(access.view_listing.filter(user, rows), pk=pk)
    if not access.edit_listing.check(user, listing):
        raise NotAllowed(_("只有发布单位的经办人可以修改。如果您是该单位的人员，请先在“我的单位”中申请成为经办人。"))
    return listing


def _send(request: HttpRequest, kind: ListingKind, listing: Any) -> HttpResponse:
    sent = Sent.read(request.POST)
    user: Any = request.user
    form = kind.form(request.POST)
    if not form.is_valid():
        return _again(request, kind, listing, sent, form, 422)
    party = parties_in_roles(user, get(kind.service).audience).filter(pk=sent.party or 0).first()
    try:
        outcome = send_form(
            service=kind.service,
            content=form.cleaned_data,
            by=user,
            now=clock.now(),
            party=party,
            listing=listing,
            version=sent.version,
            key=sent.key,
            submit=sent.submit,
            confirmed=sent.confirmed,
        )
    except NotAllowed:
        raise
    except Stale as stale:
        return _again(request, kind, listing or made_from(sent.key, kind.service, user), sent, form, 409, stale=stale)
    except Refusal as refusal:
        editor.add_refusal(form, refusal)
        return _again(request, kind, listing, sent, form, 422)
    actions.drop_draft(user=user, subject=editor.subject(kind.service, listing, sent.key))
    return _saved(request, outcome, sent)


def _saved(request: HttpRequest, outcome: Outcome, sent: Sent) -> HttpResponse:
    listing, case = outcome.listing, outcome.case
    if outcome.handed_in:
        due = _("，{day} 前答复").format(day=case.due_on) if case.due_on else ""
        messages.success(request, _("已提交审核，由主管部门办理{due}。您会收到通知。").format(due=due))
        return redirect("case", case.pk)
    url = reverse("edit_listing", args=[listing.service, listing.pk])
    if sent.submit:
        return redirect(f"{url}?check=1")
    messages.success(request, _("已保存，尚未提交审核。"))
    return redirect(url)


def _again(
    request: HttpRequest,
    kind: ListingKind,
    listing: Any,
    sent: Sent,
    form: Any,
    status: int,
    *,
    stale: Stale | None = None,
) -> HttpResponse:
    """The page once more with everything that was typed; a draft of it is kept."""
    page = editor.editor(request.user, kind, listing, form=form, party=sent.party)
    if sent.key and (data := editor.as_data(request.POST)):
        subject = editor.subject(kind.service, listing, sent.key)
        actions.keep_draft(user=request.user, subject=subject, data=data, now=clock.now())
        page.key = sent.key
        page.drafts = [d for d in page.drafts if d.subject != subject]
    if stale:
        editor.differ(page, form.cleaned_data, stale.message)
    elif sent.version is not None:
        page.version = sent.version
    return render(request, "web/edit.html", {"page": page}, status=status)


@login_required
@require_POST
def keep_draft(request: HttpRequest, service: str, pk: int | None = None) -> HttpResponse:
    """自动保存: keeps what is being typed, and answers with the time and the questions that it leaves open."""
    kind = kind_or_404(service)
    listing = own_listing(request.user, kind, pk) if pk else None
    sent, data = Sent.read(request.POST), editor.as_data(request.POST)
    page = editor.editor(request.user, kind, listing, key=sent.key)
    kept = None
    if sent.key and data and not _is_saved(kind, listing, sent, request.POST, request.user):
        subject = editor.subject(kind.service, listing, sent.key)
        kept = actions.keep_draft(user=request.user, subject=subject, data=data, now=clock.now())
    editor.ask(page, editor.typed_content(kind.service, request.POST))
    too_long = data is None and any(request.POST.get(name) for name in ("title", "text"))
    return render(request, "web/edit.html#kept", {"page": page, "kept": kept, "too_long": too_long})


def _is_saved(kind: ListingKind, listing: Any, sent: Sent, post: QueryDict, user: Any) -> bool:
    """Whether what was typed is already in the record, so that a late autosave leaves no ghost."""
    there = listing or made_from(sent.key, kind.service, user)
    return there is not None and is_saved(there, editor.typed_content(kind.service, post))


@login_required
@require_POST
def drop_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """丢弃草稿: throw one's own draft away and go on where one was."""
    draft = get_object_or_404(queries.drafts(request.user), pk=pk)
    actions.drop_draft(user=request.user, subject=draft.subject)
    messages.success(request, _("草稿已丢弃。"))
    service, number, _key = draft.subject.split(":")
    if request.POST.get("next") == "desk":
        return redirect(f"{reverse('desk')}?tab=drafts")
    return redirect("new_listing", service) if number == "new" else redirect("edit_listing", service, number)

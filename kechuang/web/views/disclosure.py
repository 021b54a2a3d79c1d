"""分级公开页面: accept an agreement, read what is behind it, see who read what, publish one's own text."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.disclosure import access, actions, queries
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market import access as market
from kechuang.core.market.models import Tier
from kechuang.core.market.queries import listings
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.nda_forms import AcceptForm, EndForm, NdaTextForm
from kechuang.web.people_forms import show
from kechuang.web.session import SignedIn, private
from kechuang.web.tiers import opening, view_of
from kechuang.web.tiers import protected as protected_part
from kechuang.web.views.search import kind_or_404

VIEWS = 50


def _listing(request: HttpRequest, service: str, pk: int) -> Any:
    """A listing that the user may see, or 404."""
    rows = listings(kind_or_404(service).service)
    return get_object_or_404(market.view_listing.filter(request.user, rows), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def nda(request: SignedIn, service: str, pk: int) -> HttpResponse:
    """保密协议: the whole text and its version; accepted by a tick and a button, for oneself or one's party."""
    listing = _listing(request, service, pk)
    if access.may_read(Tier.NDA).check(request.user, listing):
        return redirect("protected", service, pk)
    text = queries.text_for(listing.party)
    sent = request.POST if request.method == "POST" else None
    form = AcceptForm(sent, user=request.user, text=text.pk if text else None)
    status, stale = 422 if form.errors else 200, ""
    if form.is_valid():
        seen, behalf = form.cleaned_data["text"], form.signs_for()
        try:
            actions.accept(listing=listing, seen=seen, behalf=behalf, by=request.user, now=clock.now())
        except Stale as changed:
            status, stale, text = 409, changed.message, queries.text_for(listing.party)
            form = AcceptForm(user=request.user, text=text.pk if text else None)
        else:
            messages.success(request, _("已签署。每次查看和下载都会留痕，下载的文件带您的水印。"))
            return redirect("protected", service, pk)
    context = {"listing": listing, "text": text, "form": form, "stale": stale}
    context["ended"] = queries.shut_out(request.user, listing.party)
    context["outdated"] = queries.accepted_before(request.user, listing.party)
    return render(request, "web/nda.html", context, status=status)


@login_required
@require_safe
@private
def protected(request: SignedIn, service: str, pk: int) -> HttpResponse:
    """受保护的内容: what lies behind the agreement, with the reader's name; those who may not are asked to accept."""
    listing = _listing(request, service, pk)
    panel = protected_part(request.user, listing, clock.now())
    if panel is None:
        return redirect("nda", service, pk)
    context = {"listing": listing, "panel": panel, "reader": queries.reader_words(request.user, listing.party)}
    context["mine"] = market.owner.check(request.user, listing)
    return render(request, "web/protected.html", context)


@login_required
@require_safe
def readers(request: SignedIn, service: str, pk: int) -> HttpResponse:
    """查看记录: for the owner's people: who accepted which text, who viewed what when."""
    listing = _listing(request, service, pk)
    if not market.owner.check(request.user, listing):
        raise NotAllowed(_("查看记录只给发布单位的经办人看。"))
    pages = Paginator(queries.views(listing), VIEWS)
    rows = pages.get_page(request.GET.get("page"))
    context = {
        "listing": listing,
        "acceptances": queries.acceptances(Q(party=listing.party)),
        "views": [view_of(event) for event in rows],
        "page": Page(rows.number, pages.num_pages),
        "total": pages.count,
        "form": EndForm(),
    }
    return render(request, "web/readers.html", context)


@require_safe
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """协议文本: any version, old ones too; nothing in it is secret."""
    row = get_object_or_404(NdaText.objects.select_related("party"), pk=pk)
    return render(request, "web/nda_text.html", {"text": row})


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """我签署的保密协议."""
    rows = queries.acceptances(Q(user=request.user))
    return render(request, "web/nda_acceptances.html", {"rows": rows, "open": opening(request.user)})


def _acceptance(request: SignedIn, pk: int) -> NdaAcceptance:
    rows = queries.acceptances(Q(pk=pk))
    return get_object_or_404(access.view_acceptance.filter(request.user, rows), pk=pk)


@login_required
@require_safe
def acceptance(request: SignedIn, pk: int) -> HttpResponse:
    """签署凭证: who accepted exactly which text, for whom, when; for both sides."""
    return _evidence(request, _acceptance(request, pk), EndForm(), 200)


def _evidence(request: SignedIn, row: NdaAcceptance, form: EndForm, status: int) -> HttpResponse:
    may_end = access.end_acceptance.check(request.user, row)
    return render(request, "web/nda_acceptance.html", {"row": row, "form": form, "may_end": may_end}, status=status)


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """终止: by the disclosing party's people, with a reason that the other side sees."""
    row, form = _acceptance(request, pk), EndForm(request.POST)
    if not form.is_valid():
        return _evidence(request, row, form, 422)
    actions.end_acceptance(acceptance=row, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
    messages.success(request, _("已终止，对方会收到原因。"))
    return redirect("nda_acceptance", pk)


@login_required
@require_POST
def readmit(request: SignedIn, pk: int) -> HttpResponse:
    """重新允许签署."""
    row = _acceptance(request, pk)
    actions.readmit(acceptance=row, by=request.user, now=clock.now())
    messages.success(request, _("已允许对方重新签署，对方会收到通知。"))
    return redirect("nda_acceptance", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def party_text(request: SignedIn, pk: int) -> HttpResponse:
    """本单位的保密协议: the text in force, own versions, a new version by an admin."""
    party = get_object_or_404(access.see_text.filter(request.user, Party.objects.all()), pk=pk)
    held = queries.text_for(party)
    start = {"seen": held.pk, "title": held.title, "text": held.text} if held else {}
    form = NdaTextForm(request.POST if request.method == "POST" else None, initial=start)
    status, stale = 422 if form.errors else 200, ""
    if form.is_valid():
        try:
            actions.publish_text(party=party, by=request.user, now=clock.now(), **form.cleaned_data)
        except NotAllowed:
            raise
        except Stale as changed:
            status, stale, held = 409, changed.message, queries.text_for(party)
            form = NdaTextForm(initial=form.cleaned_data | {"seen": held.pk if held else None})
        except Refusal as refusal:
            show(form, refusal)
            status = 422
        else:
            messages.success(request, _("新版本已启用。"))
            return redirect("party_nda", pk)
    context: dict[str, Any] = {"party": party, "held": held, "form": form, "stale": stale}
    context |= {"versions": queries.texts_of(party), "may_publish": access.publish_text.check(request.user, party)}
    return render(request, "web/party_nda.html", context, status=status)


@login_required
@require_POST
def drop_text(request: SignedIn, pk: int) -> HttpResponse:
    """改用本市通用文本."""
    party = get_object_or_404(access.see_text.filter(request.user, Party.objects.all()), pk=pk)
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None
    actions.drop_text(party=party, seen=number, by=request.user, now=clock.now())
    messages.success(request, _("已停用本单位的文本，现在用本市通用文本。"))
    return redirect("party_nda", pk)

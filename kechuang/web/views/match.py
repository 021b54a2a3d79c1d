"""匹配页面: try a need without an account, the answer to a need, verdicts, and needs that an offer may answer."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kechuang.core.market import access as market
from kechuang.core.market.forms import vocab
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching import access, actions, queries
from kechuang.core.matching.advice import improvements, in_short
from kechuang.core.matching.score import REFUSALS, Asked
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.extend import Pair, asides, links

LONGEST = 4000


class AskForm(forms.Form):
    """试一试: a need in one's own words; the rest is optional."""

    q = forms.CharField(
        label=gettext_lazy("遇到了什么技术难题？"),
        min_length=4,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("请用自己的话写出难题，例如在哪道工序、出现什么现象。"),
            "min_length": gettext_lazy("再多写几个字：在哪道工序、出现什么现象？"),
            "max_length": gettext_lazy("请控制在 4000 字以内，先写最关键的现象。"),
        },
    )
    industry = CodeField(label=gettext_lazy("产业"), choices=vocab("industry"), required=False)
    district = CodeField(label=gettext_lazy("所在区市"), choices=vocab("district"), required=False)


def match_text(request: HttpRequest) -> HttpResponse:
    """看看谁能解决: answers a text that anybody typed; nothing is kept."""
    given = request.POST if request.method == "POST" else request.GET
    form = AskForm(given if "q" in given else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        asked = Asked(data["q"], industry=[data["industry"]] if data["industry"] else [], district=data["district"])
        context |= _shown(queries.bundle(asked, clock.today()), request.user)
        request.session["asked"] = {"text": data["q"], "industry": asked.industry, "district": asked.district}
    elif form.is_bound:
        status = 422
    return render(request, "web/match_text.html", context, status=status)


def _shown(bundle: queries.Bundle, user: Any, need: Need | None = None) -> dict[str, Any]:
    """What the templates need beside the bundle; ``links`` by the number of the offer."""
    offers = [a.offer for a in (*bundle.answers, *bundle.further)]
    found = links(user, [Pair(need, offer) for offer in offers])
    terms = list(dict.fromkeys(t for a in bundle.answers[:5] for t in a.score.terms))
    best = bundle.answers[0].score if bundle.answers else None
    return {
        "bundle": bundle,
        "links": {offer.pk: row for offer, row in zip(offers, found, strict=True)},
        "terms": terms,
        "hints": improvements(best, _) if best and best.score < 75 else [],
        "refusals": {code: _(words) for code, (words, _feature) in REFUSALS.items()},
    }


def _need(request: HttpRequest, pk: int) -> Need:
    """A need whose matches the user may see, else 404."""
    rows = access.see_matches.filter(request.user, Need.objects.select_related("party"))
    return get_object_or_404(rows, pk=pk)


@require_GET
def need_match(request: HttpRequest, pk: int) -> HttpResponse:
    """解决方案: the bundle for a need, with verdict buttons for those who may judge."""
    need = _need(request, pk)
    return render(request, "web/need_match.html", _context(request, need))


def _context(request: HttpRequest, need: Need) -> dict[str, Any]:
    bundle = queries.bundle(queries.asked(need), clock.today(), need=need)
    beside = asides(request.user, need, page="match")
    context = {"need": need, "may_judge": access.judge.check(request.user, need), "asides": beside}
    return context | _shown(bundle, request.user, need)


@require_POST
def judge(request: HttpRequest, pk: int, offer: int) -> HttpResponse:
    """合适/不合适: keeps a verdict and answers with the list in its new order."""
    need = _need(request, pk)
    thing = get_object_or_404(market.view_listing.filter(request.user, Offer.objects.all()), pk=offer)
    verdict = request.POST.get("verdict", "")
    error = ""
    try:
        if verdict == "undo":
            actions.unjudge(need=need, offer=thing, by=request.user, now=clock.now())
        elif verdict in ("fits", "unfit"):
            actions.judge(
                need=need,
                offer=thing,
                fits=verdict == "fits",
                reason=request.POST.get("reason", ""),
                note=request.POST.get("note", ""),
                by=request.user,
                now=clock.now(),
            )
        else:
            raise Refusal(_("请选择“合适”或“不合适”。"))
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        error = refusal.message
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(f"{reverse('need_match', args=[need.pk])}#a{thing.pk}")
    context = _context(request, need) | {"error": error, "judged": thing.pk}
    return render(request, "web/need_match.html#answers", context)


@require_GET
def offer_needs(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """可能用得上的需求: published needs that an offer may answer."""
    offers = Offer.objects.filter(service=service).select_related("party")
    offer = get_object_or_404(market.view_listing.filter(request.user, offers), pk=pk)
    if service != queries.MAIN:
        raise Http404
    found = [(n, score) for n, score in queries.needs_for(offer, clock.today()) if n.status == Status.PUBLIC]
    beside = links(request.user, [Pair(need, offer) for need, _score in found])
    rows = [
        {"need": need, "score": score, "why": in_short(score, _("；")), "terms": score.terms, "links": row}
        for (need, score), row in zip(found, beside, strict=True)
    ]
    return render(request, "web/offer_needs.html", {"offer": offer, "rows": rows})


@require_POST
def why(request: HttpRequest) -> HttpResponse:
    """最接近的一句: the sentence of one offer that is nearest in meaning to a text; asked for when a card is opened."""
    form = AskForm({"q": request.POST.get("q", "")})
    number = request.POST.get("offer", "")
    if not form.is_valid() or not number.isdigit():
        raise Http404
    rows = market.public.filter(request.user, Offer.objects.all())
    offer = get_object_or_404(rows, pk=int(number))
    sentence = queries.nearest(form.cleaned_data["q"], offer)
    return render(request, "web/_sentence.html", {"sentence": sentence, "terms": []})

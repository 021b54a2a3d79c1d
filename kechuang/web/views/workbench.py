"""经纪人工作台页面: cases by clock, load, and the candidates of one need side by side."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.market import access as market
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching import access, actions, judging
from kechuang.core.matching.score import NAMES, REFUSALS
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock
from kechuang.web.workbench import workbench as workbench_page

MOST = 50  # answers refused at once


@login_required
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """经纪人工作台: what I follow, what there is to judge, how much it is."""
    access.require_bench(request.user)
    page = workbench_page(request.user, request.GET, clock.now(), clock.today())
    return render(request, "web/workbench.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """候选并排: the best answers of one need in columns; POST judges one of them, or refuses several at once."""
    access.require_bench(request.user)
    rows = access.bench.filter(request.user, Need.objects.select_related("party"))
    need = get_object_or_404(rows, pk=pk)
    error = _decide(request, need) if request.method == "POST" else None
    if request.method == "POST" and error is None:
        return redirect("candidates", pk=need.pk)
    pairs = judging.candidates(request.user, need)
    context = {
        "need": need,
        "pairs": pairs,
        "terms": list(dict.fromkeys(t for p in pairs for t in p.terms)),
        "features": [(name, _(NAMES.get(name, name))) for name in judging.labels_of(pairs)],
        "refusals": {code: _(words) for code, (words, _feature) in REFUSALS.items()},
        "error": error,
        "chosen": set(request.POST.getlist("offer")),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "web/candidates.html", context, status=error.status if error else 200)


def _decide(request: HttpRequest, need: Need) -> Refusal | None:
    """Keep the verdict that the form brought; the refusal where there is one."""
    single = request.POST.get("fits", "")
    numbers = [single] if single else request.POST.getlist("offer")
    known = [int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 19][:MOST]
    offers = list(market.view_listing.filter(request.user, Offer.objects.filter(pk__in=known)))
    try:
        if single and not offers:
            raise Refusal(_("这项成果已经不在了，请刷新页面。"))
        if single:
            actions.judge(need=need, offer=offers[0], fits=True, by=request.user, now=clock.now())
            messages.success(request, _("已判合适：%(title)s") % {"title": offers[0].title})
            return None
        reason = request.POST.get("reason", "")
        count = actions.judge_many(need=need, offers=offers, reason=reason, by=request.user, now=clock.now())
        messages.success(request, ngettext("%d 项已判不合适。", "%d 项已判不合适。", count) % count)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return refusal
    return None

"""评判页面: pairs of need and achievement one after the other, by keyboard, by touch, or as plain forms."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.market.models import Need, Offer
from kechuang.core.matching import access, actions, judging
from kechuang.core.matching.score import REFUSALS
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.workbench import today_so_far

LONGEST_LIST = 4_000  # characters of the list of pairs that a page has already


@login_required
@require_safe
@never_cache
def judge_next(request: HttpRequest) -> HttpResponse:
    """评判匹配: the pair that is the most useful to judge now, and the ones that follow."""
    access.require_bench(request.user)
    pairs = judging.queue(request.user, clock.now())
    first = judging.pair(request.user, *pairs[0]) if pairs else None
    return _page(request, first, pairs)


@login_required
@require_safe
@never_cache
def judge_queue(request: HttpRequest) -> HttpResponse:
    """待评判: more pairs for a page that has judged its own; ``without`` names those that it has, as 12-34,12-35."""
    access.require_bench(request.user)
    held = [n.split("-") for n in request.GET.get("without", "")[:LONGEST_LIST].split(",")]
    without = [(int(n[0]), int(n[1])) for n in held if len(n) == 2 and all(x.isascii() and x.isdigit() for x in n)]
    pairs = judging.queue(request.user, clock.now(), without=without)
    return JsonResponse({"pairs": pairs, "undecided": judging.open_count(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def judge_pair(request: HttpRequest, need: int, offer: int) -> HttpResponse:
    """一对: shown as a page or as the part that the page swaps in; POST keeps a verdict, or takes it back."""
    access.require_bench(request.user)
    if request.method == "POST":
        both = judging.both(request.user, need, offer)
        if both is None:
            raise Http404
        return _verdict(request, *both)
    pair = judging.pair(request.user, need, offer)
    if pair is None:
        raise Http404
    if request.GET.get("part"):
        return render(request, "web/judging.html#pair", _context(pair))
    others = judging.queue(request.user, clock.now(), without=[(need, offer)])
    return _page(request, pair, [(need, offer), *others])


def _context(pair: judging.Pair | None) -> dict[str, Any]:
    return {"pair": pair, "refusals": [(code, _(words)) for code, (words, _feature) in REFUSALS.items()]}


def _page(request: HttpRequest, pair: judging.Pair | None, pairs: list[judging.Numbers]) -> HttpResponse:
    context = _context(pair) | {
        "pairs": pairs,
        "undecided": judging.open_count(request.user),
        "today": today_so_far(request.user, clock.now()),
    }
    return render(request, "web/judging.html", context)


def _verdict(request: HttpRequest, need: Need, offer: Offer) -> HttpResponse:
    """Keep what the form or the script brought; a script is answered with JSON, a form goes on to the next pair."""
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    try:
        _keep(need, offer, verdict or ("unfit" if reason else ""), reason, request.user)
    except Refusal as refusal:
        if wants_json:
            return JsonResponse({"error": refusal.message}, status=refusal.status)
        if refusal.status != Refusal.status:
            raise
        messages.error(request, refusal.message)
        return redirect("judge_pair", need=need.pk, offer=offer.pk)
    if wants_json:
        return JsonResponse({"today": today_so_far(request.user, clock.now())})
    return redirect("judge_next")


def _keep(need: Need, offer: Offer, verdict: str, reason: str, user: Any) -> None:
    about: dict[str, Any] = {"need": need, "offer": offer, "by": user, "now": clock.now()}
    if verdict == "undo":
        actions.unjudge(**about)
    elif verdict == "pass":
        actions.pass_over(**about)
    elif verdict in ("fits", "unfit"):
        actions.judge(fits=verdict == "fits", reason=reason, **about)
    else:
        raise Refusal(_("请选择“合适”“不合适”或“跳过”。"))

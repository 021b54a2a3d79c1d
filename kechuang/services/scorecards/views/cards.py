"""评价卡页面: the firm confirms, the officer reviews and corrects, everybody concerned reads the result."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.cases.actions import require_step
from kechuang.core.cases.models import Case
from kechuang.core.dossier.wording import words
from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.wording import tell
from kechuang.services.scorecards import access, actions, page, queries, scoring
from kechuang.services.scorecards.forms import WHY, ConfirmForm, CorrectForm, ReviewForm, item_label
from kechuang.services.scorecards.models import Card, Round
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import Outcome, case_page
from kechuang.web.session import SignedIn


def card_of(user: Any, pk: int) -> Card:
    """A card by the number of its case, for those who may see it."""
    return get_object_or_404(queries.cards(user), case=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """核对并确认: every fact with its source; what is missing is filled in in the file, or explained."""
    card = card_of(request.user, pk)
    require_step(card.case, "confirm" if card.case.state == "confirming" else "reconfirm", request.user)
    rows = queries.stated(card)
    initial = {WHY + code: said for code, said in card.explanations.items()}
    initial |= {"seen": queries.seen_of(rows), "elements": card.elements}
    form = ConfirmForm(request.POST if request.method == "POST" else None, rows=rows, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.confirm(
                card=card,
                seen=data["seen"],
                explanations=form.explanations(),
                elements=data["elements"],
                by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            # the figures of now are on the page, so the next click stands by these
            form.data = {**request.POST.dict(), "seen": initial["seen"]}
        else:
            messages.success(request, _("已确认，等待评定。"))
            return redirect("case", pk)
    context = {
        "card": card,
        "form": form,
        "facts": [(row, form.why(row.code)) for row in page.fact_rows(rows)],
        "verdict": tell(queries.live(card), words()),
        "opened": queries.opened(card.party),
    }
    return render(request, "scorecards/confirm.html", context, status=422 if form.errors else 200)


def _assessed(card: Card, verdict: Any, form: ReviewForm) -> dict[str, Any]:
    facts = verdict.pack.facts
    return {
        "card": card,
        "form": form,
        "verdict": tell(verdict, words()),
        "explanations": [(words().label(facts[c]), said) for c, said in card.explanations.items() if c in facts],
        "open_items": [item_label(one.item) for one in scoring.open_items(verdict)],
        "opened": queries.opened(card.party),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, pk: int) -> HttpResponse:
    """评定: points where the rules leave a range, remarks by item."""
    card = card_of(request.user, pk)
    require_step(card.case, "review", request.user)
    if card.verdict is None:
        raise Refusal(_("企业还没有确认数据。"))
    verdict = queries.again(card.verdict)
    form = ReviewForm(request.POST if request.method == "POST" else None, verdict=verdict, initial=_initial(card))
    if form.is_valid():
        try:
            actions.review(card=card, settled=form.settled(), remarks=form.remarks(), by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已评定，待全部企业评定后一起公布。"))
            return redirect("scorecard_round", card.round_id)
    context = _assessed(card, verdict, form) | {"title": _("评定"), "button": _("确认评定")}
    return render(request, "scorecards/assess.html", context, status=422 if form.errors else 200)


def _initial(card: Card) -> dict[str, Any]:
    points = {f"points_{code}": value for code, value in card.settled.items()}
    return points | {f"remark_{code}": said for code, said in card.remarks.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """更正结果: by the file as it is now, as a further version with its reason."""
    card = card_of(request.user, pk)
    require_step(card.case, "correct", request.user)
    verdict = queries.live(card)
    form = CorrectForm(request.POST if request.method == "POST" else None, verdict=verdict, initial=_initial(card))
    if form.is_valid():
        try:
            actions.correct(
                card=card,
                settled=form.settled(),
                remarks=form.remarks(),
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已更正，企业已收到通知；原来的结果保留。"))
            return redirect("case", pk)
    context = _assessed(card, verdict, form) | {"title": _("更正结果"), "button": _("确认更正")}
    return render(request, "scorecards/assess.html", context, status=422 if form.errors else 200)


@case_page("scorecards")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """评价办件: what was confirmed, and after the publication the score, item by item, beside median and last year."""
    card = queries.cards(request.user).get(case=case)
    result, before = queries.result_of(card), queries.year_before(card)
    published = card.round.state == Round.State.PUBLISHED and result is not None
    median, medians = queries.medians(card.round) if published else (None, {})
    kept = result.verdict if result is not None else card.verdict
    verdict = queries.again(kept) if kept is not None else None
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "card": card,
        "result": result,
        "items": page.item_rows(result, medians, before) if result is not None else [],
        "before": before,
        "median": median,
        "fewest": scoring.FEWEST,
        "corrections": card.results.order_by("-number") if result is not None and result.number > 1 else (),
        "verdict": tell(verdict, words()) if verdict is not None else None,
        "explanations": _assessed(card, verdict, ReviewForm(verdict=verdict))["explanations"] if verdict else [],
        "opened": queries.opened(card.party),
        "office": access.assess_card.check(request.user, card),
    }
    return render(request, "scorecards/case.html", context, status=outcome.status)

"""企业页面: what the list is, one's own result with reasons and the nearest way in, consent, appeal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.dossier.consents import give_consent
from kechuang.core.dossier.models import Consent
from kechuang.core.parties.access import acts_for, administers, holds_office
from kechuang.core.parties.models import Party, Post
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.credit import access, appeals, queries, shown
from kechuang.services.credit.forms import AppealForm
from kechuang.services.credit.models import Entry
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list
from kechuang.web.session import SignedIn

VIEWS = 20  # looks that a firm is shown

register_desk_list(
    DeskList(gettext_noop("白名单结果"), "credit", lambda user, _today: len(queries.own_firms(user)) or None)
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """科技信贷白名单: what it is, by which rule, and where each role goes on."""
    today = clock.today()
    found = queries.current(today)
    user = request.user
    context = {
        "list": found,
        "rule": queries.rule_on(today),
        "count": queries.standing(found, today).count() if found is not None else 0,
        "firms": queries.own_firms(user),
        "bank": access.is_bank(user),
        "officer": holds_office(user),
        "days": queries.appeal_days(),
    }
    return render(request, "credit/home.html", context)


def _party(request: SignedIn, pk: int) -> Party:
    return get_object_or_404(access.see_result.filter(request.user, Party.objects.filter(kind="enterprise")), pk=pk)


@login_required
@require_safe
def result(request: SignedIn, pk: int) -> HttpResponse:
    """本单位结果: of the version in force, by today's file, who may see it and who has looked."""
    party, today = _party(request, pk), clock.today()
    found = queries.current(today)
    entry = Entry.objects.filter(edition=found, party=party).select_related("edition__version", "party").first()
    rule = queries.rule_on(today)
    context = {
        "party": party,
        "list": found,
        "own": acts_for.check(request.user, party),
        "history": [shown.row(one, shown.conditions_of(one.edition)) for one in queries.history(party)[:10]],
        "verdict": shown.told(rule, party, today) if rule else None,
        "rule": rule,
        "consents": _consents(party, today),
        "may_consent": administers.check(request.user, party),
        "views": queries.views_of(party)[:VIEWS],
    }
    if found is not None and entry is not None:
        context |= _of_entry(request.user, entry, today)
    return render(request, "credit/result.html", context)


def _consents(party: Party, today: Any) -> list[Consent]:
    rows = Consent.objects.filter(party=party, withdrawn_at=None, since__lte=today, until__gt=today)
    rows = rows.filter(groups__contains=queries.PARTS).select_related("to_party")
    return [row for row in rows if row.to_role == Post.Role.FINANCIER or row.to_party_id]


def _of_entry(user: Any, entry: Entry, today: Any) -> dict[str, Any]:
    last = queries.appeal_until(entry.edition)
    stands = entry.group == Entry.Group.IN and entry.left_at is None
    made = queries.appeal_of(entry)
    open_ = not stands and made is None and last is not None and today <= last
    return {
        "row": shown.row(entry, shown.conditions_of(entry.edition)),
        "stands": stands,
        "decisions": shown.decisions(user, entry.party, today) if entry.blocked or entry.left_at else [],
        "appeal": made,
        "appeal_until": last,
        "may_appeal": open_ and access.own_entry.check(user, entry),
    }


@login_required
@require_POST
def consent(request: SignedIn, pk: int) -> HttpResponse:
    """授权: let financial institutions see the result while the version is valid."""
    party, today = _party(request, pk), clock.today()
    found = queries.current(today)
    try:
        if found is None:
            raise Refusal(_("现在没有有效的名单，不需要授权。"))
        if any(row.to_role for row in _consents(party, today)):
            raise Refusal(_("已经授权，不用重复办理。"))
        give_consent(
            party=party,
            to_party=None,
            to_role=Post.Role.FINANCIER,
            groups=queries.PARTS,
            since=today,
            until=found.valid_until,
            purpose="科技信贷白名单",
            by=request.user,
            now=clock.now(),
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("已授权金融机构查看，随时可以在企业档案里撤回。"))
    return redirect("credit_result", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: SignedIn, pk: int) -> HttpResponse:
    """申诉: against the result of the version in force."""
    rows = access.own_entry.filter(request.user, Entry.objects.select_related("edition__version", "party"))
    entry = get_object_or_404(rows.filter(edition__state="published"), pk=pk)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = appeals.appeal(entry=entry, text=form.cleaned_data["text"], by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("申诉已提交，%(due)s 前答复。您会收到通知。") % {"due": made.case.due_on})
            return redirect("case", made.case_id)
    context = {
        "entry": entry,
        "row": shown.row(entry, shown.conditions_of(entry.edition)),
        "form": form,
        "until": queries.appeal_until(entry.edition),
    }
    return render(request, "credit/appeal.html", context, status=422 if form.errors else 200)


@case_page("credit")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """申诉办件: what the firm says, the result before and after, and what today's file would give."""
    found = case.credit_appeal
    today = clock.today()
    entry = found.entry
    rule = entry.edition.version
    known = shown.conditions_of(entry.edition)
    context = {
        "file": case_file(request.user, case, today, outcome),
        "appeal": found,
        "entry": entry,
        "before": shown.kept(found.before, known),
        "after": shown.kept(found.after, known) if found.after else None,
        "verdict": shown.told(rule, case.applicant, today),
        "decisions": shown.decisions(request.user, case.applicant, today),
        "officer": access.decides.check(request.user, case),
    }
    return render(request, "credit/case.html", context, status=outcome.status)

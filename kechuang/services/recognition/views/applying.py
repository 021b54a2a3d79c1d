"""申报页面: what one can apply for and when, the file's facts with the verdict, and the page of a case."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.dossier.queries import blocked
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.core.policy.queries import pack_of
from kechuang.core.publicity import queries as publicity
from kechuang.core.tiers.ladder import Rung
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules.verdicts import Verdict
from kechuang.kit.rules.wording import tell
from kechuang.services.recognition import access, actions, queries
from kechuang.services.recognition.integrity import revoked_in
from kechuang.services.recognition.models import Application
from kechuang.services.recognition.shown import kept_facts
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.extend import Outcome, case_page
from kechuang.web.file_facts import file_facts
from kechuang.web.session import SignedIn


@require_safe
def recognition(request: HttpRequest) -> HttpResponse:
    """资格认定: each rung with its window, as far as announced, and what one has there."""
    today = clock.today()
    rows = []
    for rung in queries.rungs():
        mine = queries.candidates(request.user, rung, today) if request.user.is_authenticated else []
        found = queries.campaign(rung, today, mine[0].district if mine else "")
        version = queries.version_of(rung, today)
        own = list(queries.own(request.user, rung.code)[:3]) if mine else []
        rows.append((rung, found, version, own, pack_of(version).about if version is not None else {}))
    notices = publicity.filtered(publicity.running(), service=actions.SERVICE).count()
    context = {"rows": rows, "notices": notices, "today": today}
    return render(request, "recognition/recognition.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn, code: str) -> HttpResponse:
    """申报: what the file says and what follows from it, before anything is sent."""
    rung, today = queries.rung_of(code), clock.today()
    version = queries.version_of(rung, today) if rung is not None else None
    if rung is None or version is None:
        raise Http404
    parties = queries.candidates(request.user, rung, today)
    if not parties:
        return render(request, "recognition/nobody.html", {"rung": rung}, status=403)
    party, refusal = _party(request, parties), ""
    if request.method == "POST":
        try:
            return _started(request, party, rung)
        except NotAllowed:
            raise
        except Refusal as refused:
            refusal = refused.message
    found = queries.campaign(rung, today, party.district)
    verdict = queries.live(version, party, today)
    context = {
        "rung": rung,
        "party": party,
        "parties": parties,
        "pack": pack_of(version),
        "version": version,
        "campaign": found,
        "closed": "" if found.open else actions.closed_words(found),
        "verdict": tell(verdict, words()),
        "range": points_range(verdict),
        "ready": queries.may_go_on(verdict),
        "file_facts": file_facts(pack_of(version), party, today),
        "blocked": blocked(party, today),
        "revoked": revoked_in(party, rung, found.year),
        "held": queries.held(party, rung, today),
        "refusal": refusal,
    }
    return render(request, "recognition/apply.html", context, status=422 if refusal else 200)


def _party(request: SignedIn, parties: list[Party]) -> Party:
    wanted = request.POST.get("party") or request.GET.get("party", "")
    return next((party for party in parties if str(party.pk) == wanted), parties[0])


def _started(request: SignedIn, party: Party, rung: Rung) -> HttpResponse:
    """A draft; with the button "submit" it is handed in at once, or stays a draft with the reason."""
    row = actions.start(party=party, rung=rung, by=request.user, now=clock.now())
    if "submit" not in request.POST:
        messages.success(request, _("已存为草稿，还没有提交。"))
        return redirect("case", row.case_id)
    try:
        done = advance(case=row.case, step="submit", by=request.user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.warning(request, _("已存为草稿，还没有提交：%(why)s") % {"why": refusal.message})
    else:
        messages.success(request, _("已提交，%(due)s 前预审。您会收到通知。") % {"due": done.due_on})
    return redirect("case", row.case_id)


def points_range(verdict: Verdict) -> tuple[int, int] | None:
    """The points from low to high while experts have not scored; None where they are certain or there are none."""
    score = verdict.score
    return (score.low, score.high) if score is not None and score.low != score.high else None


@case_page("recognition")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """认定办件: the verdict of the day on which it was handed in, frozen; while it is a draft that of today."""
    row = queries.with_everything().get(case=case)
    rung, today = queries.rung_of(row.rung), clock.today()
    verdict = _verdict(row, rung)
    found = queries.campaign(rung, today, row.party.district) if rung is not None else None
    draft = case.state == "draft"
    context = {
        "file": case_file(request.user, case, today, outcome),
        "row": row,
        "rung": rung,
        "verdict": tell(verdict, words()) if verdict is not None else None,
        "range": points_range(verdict) if verdict is not None else None,
        "closed": actions.closed_words(found) if draft and found is not None and not found.open else "",
        "facts": _facts(row, verdict),
        "own": access.applicant.check(request.user, case),
        "officer": access.handle_application.check(request.user, row),
        "materials": pack_of(row.verdict.version).about.get("materials", []) if row.verdict is not None else [],
    }
    return render(request, "recognition/case.html", context, status=outcome.status)


def _verdict(row: Application, rung: Rung | None) -> Verdict | None:
    if row.verdict is not None and row.case.state != "draft":
        return queries.again(row.verdict)
    version = queries.version_of(rung, clock.today()) if rung is not None else None
    return queries.live(version, row.party, clock.today()) if version is not None else None


def _facts(row: Application, verdict: Verdict | None) -> list[Any]:
    """The facts of a draft as the file says them now; those handed in as they were then, with their sources."""
    if verdict is None:
        return []
    if row.case.state == "draft":
        return list(file_facts(verdict.pack, row.party, clock.today()))
    return kept_facts(verdict, row.case.data.get("sources", {}))

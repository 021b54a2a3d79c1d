"""政策提问页面: a question on a policy with its answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kechuang.core.cases.models import Case
from kechuang.core.policy.queries import latest
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.extend import Outcome, case_page


@case_page("policies")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """提问办件: the words of the asker, the policy, the answer."""
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "policy": latest(str(case.data.get("policy", ""))),
        "text": case.data.get("text", ""),
        "public": case.data.get("public", False),
    }
    part = "#work" if getattr(request, "htmx", False) else ""
    return render(request, f"policies/question.html{part}", context, status=outcome.status)

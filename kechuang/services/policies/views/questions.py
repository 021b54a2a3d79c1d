"""政策提问页面: a question on a policy with its answer, kept as FAQ or taken out of it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import require_officer
from kechuang.core.policy.queries import latest
from kechuang.services.policies import access, actions
from kechuang.services.policies.models import Faq
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.extend import Outcome, case_page
from kechuang.web.session import SignedIn


@case_page("policies")
def show(request: HttpRequest, case: Case, outcome: Outcome) -> HttpResponse:
    """提问办件: the words of the asker, the policy, the answer."""
    context = {
        "file": case_file(request.user, case, clock.today(), outcome),
        "policy": latest(str(case.data.get("policy", ""))),
        "text": case.data.get("text", ""),
        "public": case.data.get("public", False),
    }
    return render(request, "policies/question.html", context, status=outcome.status)


class FaqForm(forms.Form):
    """常见问题表: the question and the answer as everybody will read them."""

    question = forms.CharField(label=gettext_lazy("问题"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    answer = forms.CharField(label=gettext_lazy("答复"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5}))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keep_faq(request: SignedIn, pk: int) -> HttpResponse:
    """列入常见问题: from an answered question."""
    require_officer(request.user)
    rows = Case.objects.filter(service="policies", state="answered")
    case = get_object_or_404(access.answers_question.filter(request.user, rows), pk=pk)
    initial = {"question": case.data.get("text", ""), "answer": case.note}
    form = FaqForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        actions.keep_faq(case=case, **form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("已列入常见问题。"))
        return redirect("policy", case.data["policy"])
    return render(request, "policies/faq.html", {"form": form, "case": case}, status=422 if form.errors else 200)


@login_required
@require_POST
def drop_faq(request: SignedIn, pk: int) -> HttpResponse:
    """移出常见问题."""
    faq = get_object_or_404(Faq.objects.filter(removed_at=None).select_related("case"), pk=pk)
    actions.drop_faq(faq=faq, by=request.user, now=clock.now())
    messages.success(request, _("已移出常见问题。"))
    return redirect("policy", faq.code)

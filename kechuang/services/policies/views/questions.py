"""政策提问页面: a question on a policy with its answer, kept as FAQ or taken out of it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.core.policy.queries import latest
from kechuang.kit.refusal import Refusal
from kechuang.services.policies import access, actions, queries
from kechuang.services.policies.models import Faq
from kechuang.web import clock
from kechuang.web.casefile import case_file
from kechuang.web.editor import add_refusal
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


class AskForm(forms.Form):
    """提问表: for which organisation, the words, and whether the answer may be shown to others."""

    party = forms.ModelChoiceField(
        Party.objects.none(), label=gettext_lazy("以哪个单位提问"), empty_label=gettext_lazy("请选择")
    )
    text = forms.CharField(label=gettext_lazy("问题或建议"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    public = forms.BooleanField(label=gettext_lazy("答复可以公开（不显示单位名称）"), required=False, initial=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, code: str) -> HttpResponse:
    """提问: to the bureau, about one policy."""
    found = latest(code)
    if found is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    askers = queries.askers(request.user)
    form.fields["party"].queryset = askers  # type: ignore[attr-defined]
    form.fields["party"].initial = askers[0] if len(askers) == 1 else None
    if form.is_valid():
        try:
            case = actions.ask(version=found, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已提交，{due} 前答复。您会收到通知。").format(due=case.due_on))
            return redirect("case", case.pk)
    return render(request, "policies/ask.html", {"form": form, "version": found}, status=422 if form.errors else 200)


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

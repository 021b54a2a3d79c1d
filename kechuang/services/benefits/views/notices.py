"""公示页面: what is under public notice, objections and their decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.benefits import access, objections, queries
from kechuang.services.benefits.forms import DecisionForm, ObjectionForm
from kechuang.services.benefits.models import Objection
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """公示: name, amount and reason, nothing else."""
    return render(request, "benefits/notices.html", {"rows": queries.on_notice()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: SignedIn, pk: int) -> HttpResponse:
    """提出异议: by anybody who has signed in."""
    benefit = get_object_or_404(access.under_notice.filter(request.user, queries.with_everything()), case=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            objections.object_to(benefit=benefit, text=text, by=request.user, now=clock.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("异议已收到，公示暂停。处理结果会通知您。"))
            return redirect("benefit_notices")
    return render(
        request, "benefits/object.html", {"benefit": benefit, "form": form}, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """处理异议: with a reason that the objector reads."""
    rows = Objection.objects.select_related("benefit__party", "benefit__version", "benefit__case", "by")
    objection = get_object_or_404(access.decide_objection.filter(request.user, rows), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            objections.decide(
                objection=objection, upheld=data["upheld"], answer=data["answer"], by=request.user, now=clock.now()
            )
        except NotAllowed:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("异议已处理，结果已通知提出人。"))
            return redirect("case", objection.benefit.case_id)
    context = {"objection": objection, "benefit": objection.benefit, "form": form}
    return render(request, "benefits/decide.html", context, status=422 if form.errors else 200)

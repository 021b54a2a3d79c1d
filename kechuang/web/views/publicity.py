"""公示页面: what is under public notice, objections and their decision; for all services."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.catalogue.models import get
from kechuang.core.publicity import access, actions
from kechuang.core.publicity.models import Objection, PublicNotice
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.notice_forms import DecisionForm, ObjectionForm
from kechuang.web.public_notices import notice_page
from kechuang.web.session import SignedIn


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """公示: name, matter and amount of every notice, nothing else."""
    return render(request, "web/public_notices.html", {"page": notice_page(request.user, request.GET)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: SignedIn, pk: int) -> HttpResponse:
    """提出异议: by anybody who has signed in."""
    rows = access.under_notice.filter(request.user, PublicNotice.objects.select_related("case__applicant"))
    notice = get_object_or_404(rows, pk=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            actions.object_to(notice=notice, text=text, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("异议已收到，公示暂停。处理结果会通知您。"))
            return redirect("public_notices")
    context = {"notice": notice, "service": get(notice.case.service), "form": form}
    return render(request, "web/object.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """处理异议: with a reason that the objector reads."""
    rows = Objection.objects.select_related("notice__case__applicant", "by")
    objection = get_object_or_404(access.decide_objection.filter(request.user, rows), pk=pk)
    notice = objection.notice
    form = DecisionForm(request.POST if request.method == "POST" else None, service=notice.case.service)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.decide(
                objection=objection, upheld=data["upheld"], answer=data["answer"], by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("异议已处理，结果已通知提出人。"))
            return redirect("case", notice.case_id)
    context = {"objection": objection, "notice": notice, "service": get(notice.case.service), "form": form}
    return render(request, "web/decide_objection.html", context, status=422 if form.errors else 200)

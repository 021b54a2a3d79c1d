"""更正走访记录的页面."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.visits import access, actions, correcting
from kechuang.services.visits.forms import CorrectionForm
from kechuang.services.visits.views.visits import visit_of
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """更正走访记录: with a reason; both wordings stay."""
    visit = visit_of(request.user, pk)
    if not access.work_on_visit.check(request.user, visit):
        raise NotAllowed(_("走访记录由走访单位和主管部门更正。"))
    if visit.case.state != "done":
        raise Refusal(_("还没有记录的走访不用更正：请直接记录走访。"))
    initial = {name: getattr(visit, name) for name in actions.LOGGED}
    initial["version"] = correcting.version_of(visit)
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        given = {"content": data, "reason": data["reason"], "version": data["version"]}
        try:
            correcting.correct(visit=visit, by=request.user, now=clock.now(), **given)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已更正，企业会收到通知；改动前的内容留在页面上。"))
            return redirect("case", pk)
    context = {"form": form, "visit": visit, "title": _("更正走访记录"), "button": _("保存更正")}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)

"""材料页面: upload, download, removal."""

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.core.cases import access
from kechuang.core.cases.actions import attach, remove_material
from kechuang.core.cases.delivery import deliver
from kechuang.core.cases.models import Material
from kechuang.core.cases.tiers import change_tier
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock
from kechuang.web.case_forms import MaterialForm
from kechuang.web.editor import add_refusal
from kechuang.web.extend import Outcome
from kechuang.web.views.cases import case_of, show


@login_required
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """上传材料: what is wrong with a file is said at the field."""
    user: Any = request.user
    case = case_of(user, pk)
    form = MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            attach(
                case=case,
                name=file.name,
                chunks=file.chunks(),
                label=form.cleaned_data["label"],
                tier=form.cleaned_data["tier"],
                by=user,
                now=clock.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("材料已上传。"))
            return redirect(f"{reverse('case', args=[pk])}#materials")
    return show(request, case, Outcome(upload=form, status=422))


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下载材料: always as a file, never shown inside a page; a protected one with the reader's name on it."""
    rows = Material.objects.filter(removed_at=None).select_related("document", "case__offer", "case__need")
    material = get_object_or_404(access.view_material.filter(request.user, rows), pk=pk)
    sent = deliver(material=material, by=request.user, now=clock.now())
    file = sent.path.open("rb") if sent.content is None else io.BytesIO(sent.content)
    response = FileResponse(file, as_attachment=True, filename=sent.name, content_type=sent.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def tier(request: HttpRequest, pk: int) -> HttpResponse:
    """改谁可以看: to fewer at any time, to more while the wording may be edited; else the page says why not."""
    user: Any = request.user
    rows = Material.objects.filter(removed_at=None).select_related("case", "document")
    material = get_object_or_404(access.view_material.filter(user, rows), pk=pk)
    given, seen = request.POST.get("tier", ""), request.POST.get("seen", "")
    try:
        changed = change_tier(material=material, tier=given, seen=seen, by=user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        return show(request, case_of(user, material.case_id), Outcome(refusal=refusal.message, status=refusal.status))
    words = _("“{label}”现在：{tier}。").format(label=changed.label, tier=changed.get_tier_display())
    messages.success(request, words)
    return redirect(f"{reverse('case', args=[material.case_id])}#materials")


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下材料: out of sight; the record of it stays."""
    user: Any = request.user
    rows = Material.objects.filter(removed_at=None).select_related("case", "document")
    material = get_object_or_404(access.view_material.filter(user, rows), pk=pk)
    try:
        remove_material(material=material, by=user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        return show(request, case_of(user, material.case_id), Outcome(refusal=refusal.message, status=refusal.status))
    messages.success(request, _("材料已撤下。"))
    return redirect(f"{reverse('case', args=[material.case_id])}#materials")

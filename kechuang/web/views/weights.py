"""权重页面: versions of the learned weights with their figures, for officers; the city's officers adopt."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.core.matching import access, adoption
from kechuang.core.matching.models import Weights
from kechuang.core.matching.score import NAMES
from kechuang.core.matching.weighting import version_in_force, weighing
from kechuang.core.parties.access import is_city_officer
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock


def _rows(before: Any, after: Any) -> list[tuple[str, float, float, float]]:
    """Feature in words, weight before, weight after, change."""
    return [(_(NAMES.get(n, n)), old, after.get(n, old), after.get(n, old) - old) for n, old in before.items()]


@login_required
@require_safe
def weights(request: HttpRequest) -> HttpResponse:
    """匹配权重: those in force, and all versions."""
    access.require_weights(request.user)
    present = version_in_force()
    context = {
        "present": present,
        "rows": _rows(weighing(None).weights, weighing(present).weights),
        "versions": Weights.objects.select_related("rival", "adopted_by", "retired_by"),
        "may_adopt": is_city_officer(request.user),
    }
    return render(request, "web/weights.html", context)


@login_required
@require_safe
def version(request: HttpRequest, version: int) -> HttpResponse:
    """权重版本: what was learned, from how much, and how it did on the needs held back."""
    access.require_weights(request.user)
    found = get_object_or_404(Weights.objects.select_related("rival", "adopted_by", "retired_by"), version=version)
    present = version_in_force()
    context = {
        "version": found,
        "rows": _rows(found.before, found.weights),
        "obstacles": _("；").join(adoption.obstacles_of(found)),
        "may_adopt": is_city_officer(request.user)
        and found.better
        and not found.in_force
        and found.rival_id == (present.pk if present else None),
    }
    return render(request, "web/weights_version.html", context)


@login_required
@require_POST
def adopt(request: HttpRequest, version: int) -> HttpResponse:
    """启用一版权重."""
    access.require_adopter(request.user)
    found = get_object_or_404(Weights, version=version)
    try:
        adoption.adopt(version=found, by=request.user, now=clock.now())
        messages.success(request, _("已启用 w%(n)d，匹配随后在后台重算。") % {"n": found.version})
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("weights_version", version=found.version)


@login_required
@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    """退回上一版权重."""
    try:
        former = adoption.roll_back(by=request.user, now=clock.now())
        name = f"w{former.version}" if former else _("代码中写定的权重")
        messages.success(request, _("已退回：%(name)s。匹配随后在后台重算。") % {"name": name})
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("weights")

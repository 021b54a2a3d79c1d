"""修改历史: the versions of a listing and the differences between any two; giving up a change."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kechuang.core.cases.publishing import drop_change as drop_pending
from kechuang.core.cases.queries import publication_case
from kechuang.core.market import access, queries
from kechuang.core.market.models import Revision
from kechuang.web import clock
from kechuang.web.session import private
from kechuang.web.tiers import compared
from kechuang.web.views.publish import own_listing
from kechuang.web.views.search import kind_or_404


@login_required
@require_safe
@private
def history(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """修改历史: who wrote what when; two versions side by side in words."""
    kind = kind_or_404(service)
    listing = get_object_or_404(access.view_history.filter(request.user, queries.listings(service)), pk=pk)
    versions = list(queries.revisions(listing))
    new = _chosen(versions, request.GET.get("new"), -1)
    old = _chosen(versions, request.GET.get("old"), max(versions.index(new) - 1, 0) if new else 0)
    differ = compared(listing, old, new, by=request.user, now=clock.now()) if old and new else []
    context = {
        "kind": kind,
        "listing": listing,
        "case": publication_case(listing),
        "versions": list(reversed(versions)),
        "old": old,
        "new": new,
        "changes": differ,
    }
    return render(request, "web/history.html", context)


def _chosen(versions: list[Revision], wanted: Any, otherwise: int) -> Revision | None:
    found = next((v for v in versions if str(v.pk) == wanted), None)
    return found or (versions[otherwise] if versions else None)


@login_required
@require_POST
def drop_change(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """放弃修改: a change of a published wording that was not approved."""
    listing = own_listing(request.user, kind_or_404(service), pk)
    drop_pending(listing=listing, by=request.user, now=clock.now())
    messages.success(request, _("已放弃未审核的修改，公开的内容不变。"))
    return redirect("listing", service, pk)

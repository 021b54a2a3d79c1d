"""我的密钥: make, look at and revoke the keys with which one's programs call the API; the reference of the API."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.keys.actions import create_key, revoke_key
from kechuang.core.keys.models import Scope
from kechuang.core.keys.queries import keys_of
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock
from kechuang.web.api.manual import manual
from kechuang.web.key_forms import KeyForm
from kechuang.web.people_forms import show
from kechuang.web.session import SignedIn


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: SignedIn) -> HttpResponse:
    """我的密钥: the secret of a new key is shown here once, and kept nowhere."""
    form = KeyForm(request.POST if request.method == "POST" else None, user=request.user)
    made, secret = None, ""
    if form.is_valid():
        try:
            made, secret = create_key(user=request.user, by=request.user, now=clock.now(), **form.cleaned_data)
        except NotAllowed:
            raise
        except Refusal as refusal:
            show(form, refusal)
        else:
            form = KeyForm(user=request.user)
    context = {
        "keys": keys_of(request.user),
        "form": form,
        "made": made,
        "secret": secret,
        "scopes": dict(Scope.choices),
        "now": clock.now(),
    }
    return render(request, "web/keys.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """停用密钥: at once."""
    key = revoke_key(key=get_object_or_404(keys_of(request.user), pk=pk), by=request.user, now=clock.now())
    messages.success(request, _("密钥“{name}”已停用。").format(name=key.name))
    return redirect("keys")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """接口说明: written from the OpenAPI description, so that it says what the program does."""
    return render(request, "web/api.html", {"manual": manual(), "calls": settings.API_CALLS_PER_MINUTE})

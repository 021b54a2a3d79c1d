"""平台页面: the contact person of a platform."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kechuang.core.market.access import edit_listing, view_listing
from kechuang.core.market.queries import listings
from kechuang.kit.refusal import NotAllowed
from kechuang.services.platforms.actions import FIELDS, save_contact
from kechuang.services.platforms.forms import ContactForm
from kechuang.services.platforms.models import PlatformContact
from kechuang.web import clock
from kechuang.web.session import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: SignedIn, pk: int) -> HttpResponse:
    """平台联系人: the people of the platform's organisation say whom to call."""
    platform = get_object_or_404(view_listing.filter(request.user, listings("platforms")), pk=pk)
    if not edit_listing.check(request.user, platform):
        raise NotAllowed(_("平台联系人由平台所在单位的经办人填写。"))
    known = PlatformContact.objects.filter(offer=platform).first()
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(known, name) for name in FIELDS} if known else None,
    )
    if form.is_valid():
        save_contact(platform=platform, content=form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("平台联系人已保存，登录用户可以看到。"))
        return redirect("listing", "platforms", pk)
    context = {"platform": platform, "form": form}
    return render(request, "platforms/contact.html", context, status=422 if form.errors else 200)

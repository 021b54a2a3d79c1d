"""账户页面: demo logins, profile, notices."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from kechuang.core.notices.actions import mark_read, prefer, prefer_language
from kechuang.core.notices.queries import notices_of, wants_digest
from kechuang.core.parties.actions import save_profile
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.demo_people import demo_user
from kechuang.web.people_forms import ProfileForm
from kechuang.web.session import SignedIn, unattended

PAGE = 30
STOP_POLLING = 286  # htmx's word for "do not ask again"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """演示登录: one click, only in a demo, only as one of its fictional people."""
    user = demo_user(request.POST.get("email", ""))
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    messages.success(request, _("已以“{name}”的身份登录演示城市。").format(name=user))
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target) if safe else redirect(settings.LOGIN_REDIRECT_URL)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    """个人资料: name and phone number."""
    user = request.user
    form = ProfileForm(
        request.POST if request.method == "POST" else None, initial={"name": user.name, "phone": user.phone}
    )
    if form.is_valid():
        save_profile(user=user, by=user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("个人资料已保存。"))
        return redirect("profile")
    context = {"form": form, "daily": wants_digest(user)}
    return render(request, "web/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def notice_mode(request: SignedIn) -> HttpResponse:
    """通知方式: single mails at once, or everything in one mail a day."""
    daily = request.POST.get("daily") == "1"
    prefer(user=request.user, daily=daily, by=request.user, now=clock.now())
    words = _("以后所有通知合并为每天一封邮件。") if daily else _("以后每一步即时发邮件，提醒合并为每日摘要。")
    messages.success(request, words)
    return redirect("profile")


@require_http_methods(["GET", "HEAD", "POST"])
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """切换语言: of the interface; of somebody who has signed in also the frame of her mails."""
    if request.method == "POST" and request.user.is_authenticated:
        language = request.POST.get("language", "")
        prefer_language(user=request.user, language=language, by=request.user, now=clock.now())
    return set_language(request)


@login_required
@require_safe
def notices(request: SignedIn) -> HttpResponse:
    """我的通知: newest first, the unread ones marked."""
    only_unread = request.GET.get("unread") == "1"
    rows = notices_of(request.user)
    pages = Paginator(rows.filter(read_at=None) if only_unread else rows, PAGE)
    here = pages.get_page(request.GET.get("page"))
    context = {"notices": here.object_list, "page": Page(here.number, pages.num_pages), "only_unread": only_unread}
    return render(request, "web/notices.html", context)


@login_required
@require_safe
def notice(request: SignedIn, pk: int) -> HttpResponse:
    """打开通知: marks it and leads to what it is about."""
    row = get_object_or_404(notices_of(request.user), pk=pk)
    mark_read(user=request.user, notice=row.pk, now=clock.now())
    inside = url_has_allowed_host_and_scheme(row.url, None)
    return HttpResponseRedirect(row.url) if row.url and inside else redirect("notices")


@login_required
@require_POST
def read_notices(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """标为已读: one or all."""
    if pk is not None:
        get_object_or_404(notices_of(request.user), pk=pk)
    mark_read(user=request.user, notice=pk, now=clock.now())
    return redirect("notices")


@unattended
@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """未读数: the header asks once a minute; that keeps no session alive, and ends with it."""
    status = 200 if request.user.is_authenticated else STOP_POLLING
    return render(request, "web/_unread.html", {"asked_again": True}, status=status)

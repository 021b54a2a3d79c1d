"""主管部门页面: verification of organisations, posts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases import leaving
from kechuang.core.notices import membership
from kechuang.core.parties import access, queries, verification
from kechuang.core.parties.actions import JOIN_REFUSALS, appoint
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.verification import RETURN_REASONS
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.people_forms import AppointForm, RegisterForm, show
from kechuang.web.session import SignedIn

PAGE = 50


@login_required
@require_safe
def unverified(request: SignedIn) -> HttpResponse:
    """单位核验: organisations that wait for the officer, and requests that only an officer can decide."""
    access.require_officer(request.user)
    pages = Paginator(queries.unverified(request.user), PAGE)
    here = pages.get_page(request.GET.get("page"))
    context = {
        "parties": here,
        "page": Page(here.number, pages.num_pages),
        "requests": queries.requests_without_admin(request.user),
        "reasons": {code: _(words) for code, words in RETURN_REASONS.items()},
        "join_reasons": {code: _(words) for code, words in JOIN_REFUSALS.items()},
        "may_appoint": access.is_city_officer(request.user),
    }
    return render(request, "web/unverified.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_party(request: SignedIn) -> HttpResponse:
    """登记单位: an officer registers an organisation of her scope; its people join it later."""
    access.require_officer(request.user)
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            party = verification.enter_party(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show(form, refusal)
        else:
            words = _("已登记“%(name)s”，视为已核验。它的经办人申请加入时，由您或同事确认。")
            messages.success(request, words % {"name": party.name})
            return redirect("party", party.pk)
    return render(request, "web/enter_party.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def verify_party(request: SignedIn, pk: int) -> HttpResponse:
    """通过核验."""
    party = get_object_or_404(access.view_party.filter(request.user, Party.objects.all()), pk=pk)
    membership.verify(party=party, by=request.user, now=clock.now())
    messages.success(request, _("“{name}”已通过核验。").format(name=party.name))
    return redirect("unverified_parties")


@login_required
@require_POST
def return_party(request: SignedIn, pk: int) -> HttpResponse:
    """退回更正: with a reason that reaches the organisation."""
    party = get_object_or_404(access.view_party.filter(request.user, Party.objects.all()), pk=pk)
    leaving.send_back(
        party=party,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", "")[:200].replace("\0", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("“{name}”已退回，对方会收到原因。").format(name=party.name))
    return redirect("unverified_parties")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def posts(request: SignedIn) -> HttpResponse:
    """岗位: who holds which post; officers of the city appoint."""
    access.require_city_officer(request.user)
    form = AppointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        post = appoint(
            user=data["email"],
            role=data["role"],
            district=data["district"],
            party=data["uscc"],
            by=request.user,
            now=clock.now(),
        )
        words = _("已任命 {name} 为{role}。")
        messages.success(request, words.format(name=post.user, role=post.get_role_display()))
        return redirect("posts")
    context = {"form": form, "posts": queries.posts_in_force(request.user)}
    return render(request, "web/posts.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """结束岗位."""
    access.require_city_officer(request.user)
    post = get_object_or_404(access.see_post.filter(request.user, Post.objects.all()), pk=pk)
    moves = leaving.end_post(post=post, by=request.user, now=clock.now())
    messages.success(request, _("岗位已结束。") + moves.words())
    return redirect("posts")

"""订阅页面: saved searches, what is new in them, strong matches, what is muted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.alerts import actions, queries
from kechuang.core.alerts.models import Mute, SavedSearch
from kechuang.web import clock
from kechuang.web.browse import Page, asked
from kechuang.web.saved_searches import address_of, muted_rows, name_of, new_cards, rows
from kechuang.web.session import SignedIn
from kechuang.web.views.search import kind_or_404

PAGE = 20
LARGEST = 2**63 - 1


@login_required
@require_safe
def searches(request: SignedIn) -> HttpResponse:
    """我的订阅: saved searches with what is new, how often mails come, and what is muted."""
    found = muted_rows(request.user)
    context = {
        "rows": rows(request.user),
        "most": actions.MOST_SEARCHES,
        "frequencies": SavedSearch.Frequency.choices,
        "muted": found,
        "matches_off": any(r.mute.what == Mute.What.MATCHES and not r.mute.kind for r in found),
    }
    return render(request, "web/saved_searches.html", context)


@login_required
@require_POST
def save(request: SignedIn) -> HttpResponse:
    """保存检索: one click on the page of results."""
    service = request.POST.get("service", "")
    if service:
        kind_or_404(service)
    query = asked(QueryDict(request.POST.get("query", "")), service)
    search, new = actions.save_search(
        text=query.text,
        kinds=query.kinds,
        facets=query.facets,
        name=name_of(query),
        by=request.user,
        now=clock.now(),
    )
    if new:
        words = _("已保存检索：{name}。有新结果时每天 07:30 发一封邮件到 {email}，没有就不发。可以在这里改频率或停发。")
        messages.success(request, words.format(name=search.name, email=request.user.email))
    else:
        messages.info(request, _("这个检索以前已经保存，名称是：{name}。").format(name=search.name))
    return HttpResponseRedirect(f"{reverse('saved_searches')}#s{search.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: SignedIn, pk: int) -> HttpResponse:
    """一个保存的检索: what is new since a mark (GET); its name and frequency (POST)."""
    found = get_object_or_404(queries.searches_of(request.user), pk=pk)
    if request.method == "POST":
        found = actions.change_search(
            search=found,
            name=request.POST.get("name"),
            frequency=request.POST.get("frequency"),
            by=request.user,
            now=clock.now(),
        )
        words = _("“{name}”已改：{often}。").format(name=found.name, often=found.get_frequency_display())
        messages.success(request, words)
        return redirect("saved_searches")
    mark = request.GET.get("after", "")
    after = min(int(mark), LARGEST) if mark.isascii() and mark.isdigit() and len(mark) < 20 else found.seen_mark
    context = {
        "search": found,
        "words": name_of(found.query),
        "cards": new_cards(found, after),
        "all_url": address_of(found.query),
        "frequencies": SavedSearch.Frequency.choices,
    }
    return render(request, "web/saved_search.html", context)


@login_required
@require_POST
def look(request: SignedIn, pk: int) -> HttpResponse:
    """看新结果: they count as seen from now on."""
    found = get_object_or_404(queries.searches_of(request.user), pk=pk)
    after = actions.look(search=found, by=request.user, now=clock.now())
    return HttpResponseRedirect(f"{reverse('saved_search', args=[pk])}?after={after}")


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """删除检索: nothing more is told of it."""
    found = get_object_or_404(queries.searches_of(request.user), pk=pk)
    actions.end_search(search=found, by=request.user, now=clock.now())
    messages.success(request, _("已删除检索“{name}”，不会再为它发邮件。").format(name=found.name))
    return redirect("saved_searches")


@login_required
@require_safe
def matches(request: SignedIn) -> HttpResponse:
    """我的高匹配: pairs of an own need or achievement and somebody else's that fit strongly, the newest first."""
    hidden = queries.muted(request.user)
    told = [row for row in queries.told_to(request.user) if not queries.hides_pair(hidden, row)]
    pages = Paginator(told, PAGE)
    here = pages.get_page(request.GET.get("page"))
    pairs = [(row, *queries.sides(row), queries.why(row.pair)) for row in here]
    return render(request, "web/my_matches.html", {"pairs": pairs, "page": Page(here.number, pages.num_pages)})


@login_required
@require_POST
def mute(request: SignedIn) -> HttpResponse:
    """不感兴趣: a listing, its kind, the matches of an own listing, or all matches."""
    kind, ref = request.POST.get("kind", ""), request.POST.get("ref", "0")
    number = int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 16 else 0
    scope, now = request.POST.get("scope", ""), clock.now()
    if scope == Mute.What.MATCHES:
        actions.mute(what=Mute.What.MATCHES, kind=kind, ref=number, by=request.user, now=now)
    else:
        actions.mute_scope(kind=kind, ref=number, scope=scope, by=request.user, now=now)
    messages.success(request, _("以后不再向您提起。在“我的订阅”里可以恢复。"))
    return _back(request)


@login_required
@require_POST
def unmute(request: SignedIn, pk: int) -> HttpResponse:
    """恢复提示."""
    row = get_object_or_404(queries.mutes_of(request.user), pk=pk)
    actions.unmute(mute=row, by=request.user, now=clock.now())
    messages.success(request, _("已恢复提示。"))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target) if safe else redirect("saved_searches")

"""检索页面: search, the list of one kind, suggestions, comparison."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kechuang.core.catalogue.models import Service, get
from kechuang.core.market.kinds import ListingKind, listing_kind, listing_kinds
from kechuang.core.search.cached import cached
from kechuang.core.search.kinds import get_kind
from kechuang.core.search.queries import suggest as suggestions
from kechuang.web.browse import asked, browse
from kechuang.web.facts import compared

MOST_COMPARED = 4


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """检索: one box for everything."""
    return _list(request, None)


@require_safe
def service(request: HttpRequest, service: str) -> HttpResponse:
    """一类信息的列表: achievements, needs, platforms, brokers."""
    return _list(request, get(kind_or_404(service).service))


def _list(request: HttpRequest, row: Service | None) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    results = _results(request, row)
    text = asked(request.GET).text
    if htmx and not htmx.history_restore_request:
        response = HttpResponse(results)
    else:
        context = {"results": results, "text": text, "service": row, "query_text": "" if row else text}
        response = render(request, "web/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _results(request: HttpRequest, row: Service | None) -> str:
    """Filters and cards as HTML; visitors without a login share them until the index changes."""

    def made() -> str:
        context = {"found": browse(request.GET, row.code if row else ""), "service": row}
        return render_to_string("web/search.html#browse", context, request)

    if request.user.is_authenticated:
        return made()
    return cached(f"browse/{get_language()}/{request.get_full_path()}", made)


def kind_or_404(code: str) -> ListingKind:
    """The kind of listing with this code, or 404."""
    try:
        return listing_kind(code)
    except KeyError:
        raise Http404 from None


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """搜索建议: options for the search box."""
    found = suggestions(request.GET.get("q", "").replace("\0", "")[:40])
    known = {k.service for k in listing_kinds()}
    return render(request, "web/suggest.html", {"suggestions": [s for s in found if not s.kind or s.kind in known]})


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """比较: up to four things of one kind, side by side."""
    chosen: dict[str, list[int]] = {}
    for item in dict.fromkeys(request.GET.getlist("a")):
        code, _, number = item.partition(":")
        if number.isascii() and number.isdigit() and len(number) < 16:
            chosen.setdefault(code, []).append(int(number))
    code = next(iter(chosen), "")
    rows = get_kind(kind_or_404(code).service).load(chosen[code]) if code else {}
    listings = [rows[number] for number in chosen.get(code, []) if number in rows][:MOST_COMPARED]
    table = compared(listings) if len(listings) > 1 else []
    only = request.GET.get("only") == "differences"
    return render(
        request,
        "web/compare.html",
        {
            "listings": listings,
            "rows": [row for row in table if row.differs or not only],
            "only": only,
            "service": code,
            "left_out": sum(map(len, chosen.values())) - len(listings),
        },
    )

"""给机器读的页面: RSS, sitemap, robots.txt. The public tier only."""

from django.conf import settings
from django.contrib.sitemaps import views as sitemaps
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from kechuang.web.feeds import ListingFeed, feed_query, unknown
from kechuang.web.sitemaps import sections
from kechuang.web.views.search import kind_or_404

KEPT = 600  # seconds that a reader may keep a feed
# Pages of persons, and lists that can be filtered without end.
_PRIVATE = ("/my/", "/desk/", "/cases/", "/accounts/", "/mail/", "/search/", "/suggest/", "/compare/", "/match/", "/*?")


@conditional_page
@require_safe
def feed(request: HttpRequest, service: str) -> HttpResponse:
    """最新发布的信息流."""
    kind_or_404(service)
    wrong = unknown(request.GET, feed_query(request.GET, service))
    if wrong:
        words = _("没有这样的筛选值：{values}。请在列表页选好条件，再复制“RSS”的地址。").format(
            values=_("、").join(wrong)
        )
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
    response = ListingFeed()(request, service)
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """站点地图的目录."""
    return sitemaps.index(request, sections(), sitemap_url_name="sitemap_part")


@require_safe
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    """站点地图的一部分."""
    return sitemaps.sitemap(request, sections(), section)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: a demo city is fiction and stays out of search engines."""
    closed = ["/"] if settings.DEMO else _PRIVATE
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

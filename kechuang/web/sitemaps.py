"""站点地图 sitemaps: every public page, for search engines: one part per kind, at most 5 000 addresses a file."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from kechuang.core.market.models import Status
from kechuang.core.market.queries import listings
from kechuang.core.parties.access import view_party
from kechuang.core.parties.models import Party
from kechuang.web.navigation import kinds

if TYPE_CHECKING:  # generic for mypy only
    Part = Sitemap[Any]
else:
    Part = Sitemap
MOST = 5_000


class Pages(Part):
    """常设页面: the home page, the lists, the catalogue."""

    limit = MOST

    def items(self) -> list[str]:
        return [
            reverse("home"),
            reverse("catalogue"),
            *(reverse("service", args=[kind.service]) for kind in kinds()),
        ]

    def location(self, item: str) -> str:
        return item


class Listings(Part):
    """公开的信息: of one kind."""

    limit = MOST

    def __init__(self, service: str) -> None:
        self.service = service

    def items(self) -> QuerySet[Any]:
        return listings(self.service).filter(status=Status.PUBLIC).order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("listing", args=[self.service, item.pk])

    def lastmod(self, item: Any) -> datetime:
        at: datetime = item.published_at
        return at


class Parties(Part):
    """单位主页: of organisations that have been verified."""

    limit = MOST

    def items(self) -> QuerySet[Party]:
        return view_party.filter(None, Party.objects.filter(verified_at__isnull=False)).order_by("pk")

    def location(self, item: Party) -> str:
        return reverse("party", args=[item.pk])


def sections() -> dict[str, type[Part] | Part]:
    """All parts by name."""
    return {"pages": Pages(), "parties": Parties(), **{kind.service: Listings(kind.service) for kind in kinds()}}

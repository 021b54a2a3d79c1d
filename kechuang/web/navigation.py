"""导航 navigation: the links of the header and what the footer must say."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from kechuang.core.market.kinds import ListingKind, listing_kinds
from kechuang.core.vocab.region import region

# The order in which kinds are named everywhere; those of later rows follow.
_FIRST = ("achievements", "needs", "platforms", "brokers")
# Label, URL name, its arguments.
_LINKS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (gettext_lazy("找成果"), "service", ("achievements",)),
    (gettext_lazy("找需求"), "service", ("needs",)),
    (pgettext_lazy("全部", "平台"), "service", ("platforms",)),
    (pgettext_lazy("全部", "经纪人"), "service", ("brokers",)),
    (gettext_lazy("联盟"), "alliances", ()),
    (gettext_lazy("政策"), "policies", ()),
    (gettext_lazy("发布"), "publish", ()),
    (gettext_lazy("工作台"), "desk", ()),
)
_FOOTER = {
    "host": gettext_noop("主办单位"),
    "operator": gettext_noop("承办单位"),
    "icp": gettext_noop("ICP备案号"),
    "police": gettext_noop("公安备案号"),
    "site_code": gettext_noop("政府网站标识码"),
    "phone": gettext_noop("联系电话"),
    "email": gettext_noop("电子邮箱"),
    "address": gettext_noop("联系地址"),
}


@dataclass(frozen=True)
class Link:
    """导航项: ``here`` where the page is this one or lies below it."""

    label: str
    url: str
    here: bool


@dataclass(frozen=True)
class FooterItem:
    """页脚项: an empty value is shown as 待填, for the body that runs the site."""

    label: str
    value: str


def links(request: HttpRequest) -> list[Link]:
    """The main navigation; a page that this installation lacks is left out."""
    found = []
    for label, name, arguments in _LINKS:
        try:
            url = reverse(name, args=arguments)
        except NoReverseMatch:
            continue
        found.append(Link(str(label), url, request.path.startswith(url)))
    return found


def kinds() -> list[ListingKind]:
    """The kinds of listings in the order of the navigation."""
    return sorted(listing_kinds(), key=lambda k: _FIRST.index(k.service) if k.service in _FIRST else len(_FIRST))


def footer() -> list[FooterItem]:
    """What the region must fill in, in its order."""
    given = region()["footer"]
    return [FooterItem(_(_FOOTER.get(key, key)), str(given.get(key, ""))) for key in given["to_fill"]]

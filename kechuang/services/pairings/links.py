"""结对链接: the button, and what stands beside on a platform's page."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.market.models import Offer, Status
from kechuang.core.parties.queries import parties_of
from kechuang.services.pairings import queries
from kechuang.web import clock
from kechuang.web.extend import Aside, Link, Pair


def platform_links(user: Any, pairs: Sequence[Pair]) -> Sequence[Sequence[Link]]:
    """一键联系: for everybody but the platform's own people."""
    own = set(parties_of(user).values_list("pk", flat=True)) if any(_platform(p) for p in pairs) else set()
    return [_links(platform, own) if (platform := _platform(pair)) else [] for pair in pairs]


def _platform(pair: Pair) -> Offer | None:
    offer = pair.offer
    fits = offer is not None and pair.need is None and offer.service == "platforms"
    return offer if fits and offer is not None and offer.status == Status.PUBLIC else None


def _links(platform: Offer, own: set[int]) -> list[Link]:
    if platform.party_id in own:
        return [Link(_("看收到的联系和结对"), reverse("pairings"))]
    return [Link(_("一键联系"), reverse("ask_platform", args=[platform.pk]), main=True)]


def platform_aside(_user: Any, listing: Any) -> Aside:
    """答复与结对: how long the platform takes to answer, and with how many it is paired."""
    answering = queries.answering([listing], clock.now())[listing.pk]
    context = {"answering": answering, "fewest": queries.FEWEST, "running": queries.running(listing)}
    return Aside("pairings/aside.html", context)

"""对接的链接 links: what stands beside answers, achievements and needs: ask, offer, introduce, or look at it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.cases import access as cases
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.queries import MAIN
from kechuang.core.parties.access import my_parties
from kechuang.services.introductions import access, queries
from kechuang.services.introductions.models import Introduction
from kechuang.web.extend import Link, Pair


def introduction_links(user: Any, pairs: Sequence[Pair]) -> list[list[Link]]:
    """For each pair what the user may do: a few queries for all pairs of a page."""
    both = [(p.need, p.offer) for p in pairs if p.need is not None and p.offer is not None]
    known = _of_pairs(user, both)
    mine = set(my_parties(user)) if user.is_authenticated else set()
    counts = queries.counted(user, [p.need or p.offer for p in pairs if (p.need is None) != (p.offer is None)])  # type: ignore[misc]
    found: list[list[Link]] = []
    for pair in pairs:
        if pair.need is not None and pair.offer is not None:
            found.append(known.get((pair.need.pk, pair.offer.pk), []))
        elif pair.offer is not None:
            found.append(_of_offer(pair.offer, mine, counts))
        else:
            found.append(_of_need(user, pair.need, mine, counts) if pair.need is not None else [])
    return found


def _of_pairs(user: Any, both: list[tuple[Need, Offer]]) -> dict[tuple[int, int], list[Link]]:
    if not both or not user.is_authenticated:
        return {}
    labels = {
        Introduction.Origin.ASKER: _("请求对接"),
        Introduction.Origin.OWNER: _("愿意提供给这个需求"),
        Introduction.Origin.BROKER: _("撮合对接"),
        Introduction.Origin.OFFICER: _("撮合对接"),
    }
    there = queries.open_between([n.pk for n, _offer in both], [o.pk for _need, o in both])
    seen = Case.objects.filter(cases.view_case.q(user), pk__in=[case.pk for case in there.values()])
    visible = set(seen.values_list("pk", flat=True)) if there else set()
    found: dict[tuple[int, int], list[Link]] = {}
    for (need, offer), origin in zip(both, access.origins(user, both), strict=True):
        case = there.get((need.pk, offer.pk))
        if case is not None and case.pk in visible:
            label = _("对接：{state}").format(state=_(state_of(case).label))
            found[need.pk, offer.pk] = [Link(label, reverse("case", args=[case.pk]))]
        elif case is None and origin:
            url = f"{reverse('new_introduction')}?need={need.pk}&offer={offer.pk}"
            found[need.pk, offer.pk] = [Link(labels[Introduction.Origin(origin)], url, main=True)]
    return found


def _of_offer(offer: Offer, mine: set[int], counts: dict[tuple[str, int], tuple[int, int]]) -> list[Link]:
    if offer.service != MAIN:
        return []
    found = _count("offer", offer.pk, counts)
    if offer.party_id not in mine and offer.status == Status.PUBLIC:
        found.insert(0, Link(_("请求对接"), f"{reverse('new_introduction')}?offer={offer.pk}", main=True))
    return found


def _of_need(user: Any, need: Need, mine: set[int], counts: dict[tuple[str, int], tuple[int, int]]) -> list[Link]:
    found = _count("need", need.pk, counts)
    if mine and need.party_id not in mine and need.status == Status.PUBLIC and _has_offers(user):
        found.insert(0, Link(_("用我的成果对接"), f"{reverse('new_introduction')}?need={need.pk}"))
    return found


def _has_offers(user: Any) -> bool:
    rows = Offer.objects.filter(Q(party__in=my_parties(user)), status=Status.PUBLIC, service=MAIN)
    return bool(rows.exists())


def _count(name: str, number: int, counts: dict[tuple[str, int], tuple[int, int]]) -> list[Link]:
    """The introductions that hang on a listing, for those who may see any of them."""
    total, live = counts.get((name, number), (0, 0))
    if not total:
        return []
    label = _("对接 {total} 件，进行中 {live} 件").format(total=total, live=live)
    return [Link(label, f"{reverse('introductions')}?{name}={number}")]

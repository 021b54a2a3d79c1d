"""分级公开查询: the text in force, contents as far as a reader may see them, acceptances and views."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.core.audit.models import Event
from kechuang.core.audit.queries import history
from kechuang.core.disclosure import access
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market.models import PROTECTED, Listing, Tier
from kechuang.core.parties.models import Mandate, Party
from kechuang.core.parties.queries import parties_of

VIEW = "view_tier"  # the verb under which every view of a protected tier is recorded


def text_for(party: Party) -> NdaText | None:
    """The agreement in force for a party: its own, else the city's; None where the city's was never loaded."""
    rows = NdaText.objects.filter(Q(party=party) | Q(party=None), ended_at=None)
    return rows.select_related("party").order_by("party_id").first()


def texts_of(party: Party) -> QuerySet[NdaText]:
    """All versions of a party's own agreement, newest first."""
    return NdaText.objects.filter(party=party).select_related("by")


def tiers_for(user: Any, listing: Listing) -> frozenset[str]:
    """The tiers of a listing that the user may read."""
    return frozenset(tier for tier in Tier.values if access.may_read(tier).check(user, listing))


def readable(user: Any, rows: QuerySet[Any]) -> dict[str, set[int]]:
    """For each protected field the numbers of those listings in which the user may read it."""
    return {
        name: set(access.may_read(tier).filter(user, rows).values_list("pk", flat=True))
        for name, tier in PROTECTED.items()
    }


def open_part(content: Mapping[str, Any], tiers: Collection[str]) -> dict[str, Any]:
    """A content without the fields above these tiers."""
    return {name: value for name, value in content.items() if PROTECTED.get(name, Tier.PUBLIC) in tiers}


def protected_in(content: Mapping[str, Any]) -> set[str]:
    """The protected tiers of which a content says something."""
    return {str(tier) for name, tier in PROTECTED.items() if content.get(name)}


def current(user: Any, party: Party) -> NdaAcceptance | None:
    """The user's acceptance that opens what the party shows under its agreement."""
    return access.in_force_for(user).filter(party=party).select_related("text", "behalf").first()


def shut_out(user: Any, party: Party) -> NdaAcceptance | None:
    """The acceptance that the party has ended, if the user was not readmitted since."""
    rows = NdaAcceptance.objects.filter(user=user, party=party, ended_at__isnull=False, readmitted_at=None)
    return rows.order_by("-ended_at").first()


def accepted_before(user: Any, party: Party) -> NdaAcceptance | None:
    """The user's last acceptance of any text of this party."""
    return NdaAcceptance.objects.filter(user=user, party=party, ended_at=None).select_related("text").first()


def accepted_for(receiver: Party, discloser: Party) -> QuerySet[NdaAcceptance]:
    """What people who still act for ``receiver`` have accepted for it towards ``discloser``, of whatever version."""
    people = Mandate.objects.filter(party=receiver, state=Mandate.State.ACTIVE).values("user")
    rows = acceptances(Q(behalf=receiver, party=discloser, ended_at=None, user__in=people))
    return rows.order_by("at", "pk")


def acceptances(rows: Q) -> QuerySet[NdaAcceptance]:
    """Acceptances with what a list shows of them."""
    related = ("user", "behalf", "party", "text__party", "offer", "need", "ended_by")
    return NdaAcceptance.objects.filter(rows).select_related(*related)


def views(listing: Listing) -> QuerySet[Event]:
    """Who viewed which protected part of a listing when, newest first."""
    return history(listing).filter(verb=VIEW).order_by("-id")


def reader_words(user: Any, party: Party) -> str:
    """The reader as a watermark names her: her name, and the organisation for which she reads."""
    accepted = current(user, party)
    place = accepted.behalf if accepted is not None else parties_of(user).order_by("pk").first()
    return f"{user} · {place}" if place else str(user)

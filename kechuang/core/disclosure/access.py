"""分级公开权限: who may read which tier of a listing, who sees and ends acceptances, who publishes a text."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market import access as market
from kechuang.core.market.models import Tier
from kechuang.core.parties import access as parties
from kechuang.kit.access import EVERYTHING, Rule, signed_in


def in_force_for(user: Any) -> QuerySet[NdaAcceptance]:
    """The user's acceptances that open something now: not ended, of the text in force, for a party she still serves."""
    own_text = NdaText.objects.filter(party=OuterRef("party"), ended_at=None)
    rows = NdaAcceptance.objects.filter(user=user, ended_at=None, text__ended_at=None)
    rows = rows.filter(Q(behalf=None) | Q(behalf__in=parties.my_parties(user)))
    return rows.filter(Q(text__party=F("party")) | Q(text__party=None) & ~Exists(own_text))


def _accepted(user: Any) -> Q:
    return Q(party__in=in_force_for(user).values("party_id"))


# The owner's people and the officers in whose scope a listing lies read all of it; others only while it is public.
_concerned = market.owner | market.officer
_RULES: dict[str, Rule] = {
    Tier.PUBLIC: market.view_listing,
    Tier.SIGNED_IN: _concerned | market.public & signed_in(lambda _user: EVERYTHING),
    Tier.NDA: _concerned | market.public & signed_in(_accepted),
    Tier.CASE: _concerned,
}


def may_read(tier: str) -> Rule:
    """The rule over offers or needs that opens this tier of them."""
    return _RULES[tier]


own_acceptance = signed_in(lambda user: Q(user=user))
disclosing = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
view_acceptance = own_acceptance | disclosing | parties.officer_of("party__district")
end_acceptance = disclosing
publish_text = parties.administers
see_text = parties.acts_for | parties.supervises

"""对接权限: who follows an introduction up, who may take it over, who may end it. All rules are on cases."""

from typing import Any

from django.db.models import Q

from kechuang.core.cases.access import applicant, counterpart, officer, team
from kechuang.core.market import access as market
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.access import is_city_officer, my_parties, posts
from kechuang.core.parties.models import Post
from kechuang.core.taskforces.access import member_of
from kechuang.core.taskforces.models import Seat
from kechuang.kit.access import EVERYTHING, NOTHING, signed_in
from kechuang.services.introductions.models import Introduction

# The task force and the officers log contacts, keep private remarks and move the case.
worker = team | officer
side = applicant | counterpart
anyone = worker | side
broker = member_of("task_force", Seat.Role.BROKER)
# Who has taken it up, and the officers, may give it to somebody else.
holder = signed_in(lambda user: Q(introduction__claimed_at__isnull=False, carers__broker=user.pk)) & team
hand_on = holder | officer
# Officers of the city, and the bureau's seat in the team that has it, may give it to another team.
move_team = member_of("task_force", Seat.Role.SECTION) | signed_in(
    lambda user: EVERYTHING if is_city_officer(user) else NOTHING
)


def origins(user: Any, pairs: list[tuple[Need, Offer]]) -> list[str]:
    """For each pair the capacity in which the user may propose an introduction; empty where she may not."""
    if not user.is_authenticated or not pairs:
        return [""] * len(pairs)
    mine = set(my_parties(user))
    is_broker = posts(user, Post.Role.BROKER).exists()
    needs = Need.objects.filter(pk__in={need.pk for need, _offer in pairs})
    supervised = set(market.officer.filter(user, needs).values_list("pk", flat=True))

    def origin(need: Need, offer: Offer) -> str:
        if need.party_id == offer.party_id:
            return ""
        if need.party_id in mine:
            return str(Introduction.Origin.ASKER)
        if offer.party_id in mine:
            return str(Introduction.Origin.OWNER)
        if need.pk in supervised:
            return str(Introduction.Origin.OFFICER)
        return str(Introduction.Origin.BROKER) if is_broker else ""

    return [origin(need, offer) for need, offer in pairs]

"""联盟权限: secretariat, officers of the district, members and organisers."""

from typing import Any

from django.db.models import Q

from kechuang.core.cases.access import applicant, officer
from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, everyone, signed_in
from kechuang.services.alliances.models import Alliance, Membership

# Of an alliance.
view_alliance = everyone
secretary = signed_in(lambda user: Q(secretariat__in=parties.my_parties(user)))
manage_alliance = secretary | parties.officer_of("district")


def _mine(user: Any) -> Q:
    return Q(
        pk__in=Membership.objects.filter(party__in=parties.my_parties(user), case__state="member").values("alliance")
    )


belongs = signed_in(_mine)
# Counts of single members are for those who belong to the alliance and those who look after it.
see_scores = belongs | manage_alliance


def _of_secretariat(user: Any) -> Q:
    mine = Alliance.objects.filter(secretariat__in=parties.my_parties(user))
    own = Q(membership__alliance__in=mine) | Q(activity__alliance__in=mine)
    return own & ~Q(applicant__in=parties.my_parties(user))


# Of a case, be it a membership or an activity. Nobody of the secretariat decides about the secretariat's own case.
secretariat = signed_in(_of_secretariat)
decide = secretariat | officer
see_case = applicant | decide

# Of a membership and of an activity, by their cases.
see_membership = signed_in(lambda user: Q(party__in=parties.my_parties(user))) | signed_in(
    lambda user: Q(alliance__in=manage_alliance.filter(user, Alliance.objects.all()))
)
_organises = signed_in(lambda user: Q(case__applicant__in=parties.my_parties(user)))
_looks_after = signed_in(lambda user: Q(alliance__in=manage_alliance.filter(user, Alliance.objects.all())))
PUBLIC_STATES = ("open", "reporting", "done", "cancelled")
run_activity = _organises | _looks_after
# Sent back, its organiser changes it; published, also those who look after the alliance.
change_activity = (Rule(lambda _user: Q(case__state__in=("returned", "open"))) & _organises) | (
    Rule(lambda _user: Q(case__state="open")) & _looks_after
)
view_activity = Rule(lambda _user: Q(case__state__in=PUBLIC_STATES)) | run_activity

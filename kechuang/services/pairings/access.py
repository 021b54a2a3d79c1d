"""结对权限: the enterprise, the people of the platform, officers in scope."""

from django.db.models import Q

from kechuang.core.cases.access import applicant, officer
from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, signed_in
from kechuang.services.pairings.models import Pairing

# Of a case.
platform = signed_in(lambda user: Q(offer__party__in=parties.my_parties(user)))
wants_pairing = Rule(lambda _user: Q(pairing__kind=Pairing.Kind.PAIRING))
asks_question = Rule(lambda _user: Q(pairing__kind=Pairing.Kind.QUESTION))
sides = applicant | platform
see_case = sides | officer

# Of a pairing.
see_pairing = (
    signed_in(lambda user: Q(party__in=parties.my_parties(user)))
    | signed_in(lambda user: Q(platform__party__in=parties.my_parties(user)))
    | parties.officer_of("case__district")
)

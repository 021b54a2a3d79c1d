"""国企创新评价权限: officers of the owner's place, a firm for its own card."""

from django.db.models import Q

from kechuang.core.cases import access as cases
from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, signed_in

# Of an owner, a round, a card.
manage_owner = parties.officer_of("district")
manage_round = parties.officer_of("owner__district")
_office = parties.officer_of("round__owner__district")
_own = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
see_card = _own | _office
assess_card = _office
# Of a case.
firm = cases.applicant
officer: Rule = cases.officer

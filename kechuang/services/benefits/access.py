"""兑付权限: the claimant, officers of the district and of the city; checker and reviewer are two people."""

from django.db.models import Q

from kechuang.core.cases import access as cases
from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, signed_in
from kechuang.services.benefits.models import Benefit

# Of a case.
claimant = cases.applicant
officer = cases.officer
not_checker = signed_in(lambda user: ~Q(pk__in=Benefit.objects.filter(checker=user).values("case")))
reviewer = officer & not_checker

# Of a benefit.
_own = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
_office = parties.officer_of("case__district") & Rule(lambda _user: ~Q(case__state="draft"))
see_benefit = _own | _office
handle_benefit = _office

# A run of the whole city is of the city's officers.
see_run = parties.officer_of("district")
own_file = signed_in(lambda user: Q(by=user))

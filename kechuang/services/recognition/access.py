"""资格认定权限: the firm applies, the district pre-checks, the city recommends; the two are different people."""

from django.db.models import Q

from kechuang.core.cases import access as cases
from kechuang.core.parties import access as parties
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.services.recognition.models import Application

# Of a case.
applicant = cases.applicant
officer = cases.officer
city = Rule(lambda user: EVERYTHING if parties.is_city_officer(user) else NOTHING)
city_desk = city & Rule(lambda _user: ~Q(state="draft"))
not_checker = signed_in(lambda user: ~Q(pk__in=Application.objects.filter(checker=user).values("case")))
recommender = city_desk & not_checker

# Of an application.
_own = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
_office = parties.officer_of("case__district") & Rule(lambda _user: ~Q(case__state="draft"))
see_application = _own | _office
handle_application = _office
see_outcome = Rule(lambda _user: Q(granted_on__isnull=False))
# Of a batch.
see_batch = city

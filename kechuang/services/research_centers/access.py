"""云上研发中心权限: the enterprise, the officers of its district, and everybody for the public register."""

from django.db.models import Q

from kechuang.core.cases.access import applicant, officer
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party
from kechuang.kit.access import Rule, signed_in
from kechuang.services.research_centers.models import Center

ON_REGISTER = ("registered", "confirming")

# Of a case.
sides = applicant | officer

# Of a centre.
own_center = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
office_of_center = parties.officer_of("case__district") & Rule(lambda _user: ~Q(case__state="draft"))
see_center = own_center | office_of_center
public_center = Rule(lambda _user: Q(case__state__in=ON_REGISTER))
keep_records = own_center & Rule(lambda _user: Q(registered_on__isnull=False))

# Of an activity record.
see_activity = signed_in(lambda user: Q(center__in=see_center.filter(user, Center.objects.all())))

# Of an inquiry's case: the people of the centre, with whom it stands.
asked_center = signed_in(lambda user: Q(inquiry__center__party__in=parties.my_parties(user)))

# Of an enterprise, for the coverage and its roll.
count_enterprise = parties.supervises
see_roll = signed_in(lambda user: Q(party__in=count_enterprise.filter(user, Party.objects.all())))

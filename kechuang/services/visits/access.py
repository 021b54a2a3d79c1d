"""走访权限: visitors, those who go along, the enterprise, officers in scope."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.core.cases.access import applicant, officer
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.kit.refusal import NotAllowed
from kechuang.services.visits.models import Companion, Visit
from kechuang.services.visits.units import units_of

# Of a visit.
own_visit = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
made_visit = signed_in(lambda user: Q(unit__in=parties.my_parties(user)))
along = signed_in(lambda user: Q(pk__in=Companion.objects.filter(user=user).values("visit")))
office_of_visit = parties.officer_of("case__district")
work_on_visit = made_visit | office_of_visit
see_visit = own_visit | work_on_visit | along
see_private = work_on_visit

# Of the case of a visit, and of the case of a problem.
_by_unit = signed_in(lambda user: Q(visit__in=(made_visit | along).filter(user, Visit.objects.all())))
_by_unit_of_problem = signed_in(
    lambda user: Q(problem__visit__in=(made_visit | along).filter(user, Visit.objects.all()))
)
visits_case = signed_in(lambda user: Q(visit__unit__in=parties.my_parties(user))) | officer
answers_case = _by_unit_of_problem | officer
see_visit_case = _by_unit
see_problem_case = _by_unit_of_problem
raised_it = applicant

# Of a problem.
see_problem = signed_in(lambda user: Q(visit__in=see_visit.filter(user, Visit.objects.all())))
work_on_problem = signed_in(lambda user: Q(visit__in=(work_on_visit | along).filter(user, Visit.objects.all())))
own_problem = signed_in(lambda user: Q(visit__party__in=parties.my_parties(user)))


def _visitable(user: Any) -> Q:
    """Officers visit enterprises of their scope; brokers and platform heads any but their own."""
    units = units_of(user)
    found = parties.supervises.q(user)
    if any(unit.party is not None for unit in units):
        found |= EVERYTHING
    return found & ~Q(pk__in=parties.my_parties(user)) if units else NOTHING


# Of an enterprise: who may visit it, and so sees when it was last visited and by which unit.
visit_firm = signed_in(_visitable) & Rule(lambda _user: Q(kind="enterprise"))


def require_visitor(user: Any) -> None:
    """Pages of visitors: raises NotAllowed for everybody else."""
    if not units_of(user):
        raise NotAllowed(
            _("走访由主管部门、技术经纪人和平台负责人办理；经纪人和平台负责人须先在“我的单位”中加入所在单位。")
        )


def may_visit(user: Any, party: Party) -> bool:
    """Whether the user may visit an enterprise."""
    return visit_firm.check(user, party)

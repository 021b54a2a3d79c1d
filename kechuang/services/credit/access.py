"""白名单权限: officers of the city run and confirm, banks read whom consent shows, a firm sees its own result."""

from typing import Any

from django.db.models import Q

from kechuang.core.cases import access as cases
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Post
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.services.credit.models import CreditList

# Of a version: drafts belong to the city, what is published to every officer.
_published = Q(state=CreditList.State.PUBLISHED)


def _office(user: Any) -> Q:
    if parties.is_city_officer(user):
        return EVERYTHING
    return _published if parties.holds_office(user) else NOTHING


see_list = signed_in(_office)
approve_list = signed_in(
    lambda user: Q(state=CreditList.State.DRAFT) & ~Q(by=user) if parties.is_city_officer(user) else NOTHING
)
drop_list = signed_in(lambda user: Q(state=CreditList.State.DRAFT) if parties.is_city_officer(user) else NOTHING)
# Of an entry.
see_entry = parties.officer_of("district")
own_entry = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
# Of an organisation.
see_result = parties.acts_for | parties.supervises
# Of a case.
appellant = cases.applicant
decides: Rule = cases.officer


def is_bank(user: Any) -> bool:
    """Whether the user reads the list for a bank or another financial institution."""
    return user.is_authenticated and parties.posts(user, Post.Role.FINANCIER).exists()


def reads_list(user: Any) -> bool:
    """Whether the list for banks is open to the user: their people, and officers, who see what banks see."""
    return is_bank(user) or parties.holds_office(user)

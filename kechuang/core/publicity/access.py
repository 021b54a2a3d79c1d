"""公示权限: everybody sees notices; who has signed in objects, not to one's own; officers decide, not their own."""

from django.db.models import Q

from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, signed_in

NOTICE, OBJECTED = "notice", "objected"  # the states of a case under public notice
under_notice = Rule(lambda _user: Q(case__state__in=(NOTICE, OBJECTED)))
object_to = signed_in(
    lambda user: Q(case__state__in=(NOTICE, OBJECTED)) & ~Q(case__applicant__in=parties.my_parties(user))
)
decide_objection = parties.officer_of("notice__case__district") & signed_in(lambda user: ~Q(by=user))

"""办件权限: applicant, officer and who else may see or move a case."""

from django.db.models import Q

from kechuang.core.market.models import Status
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Post
from kechuang.kit.access import Rule, signed_in

applicant = signed_in(lambda user: Q(applicant__in=parties.my_parties(user)))
officer = parties.officer_of("district") & Rule(lambda _user: ~Q(state="draft"))
broker = parties.holder_of(Post.Role.BROKER)
# A broker sees what concerns a need (to word it better), not other people's achievements under review.
need_broker = signed_in(lambda _user: Q(need__isnull=False) & ~Q(state="draft")) & broker
view_case = applicant | officer | need_broker
handle_case = officer

_public = Q(public=True, removed_at=None) & (Q(case__offer__status=Status.PUBLIC) | Q(case__need__status=Status.PUBLIC))
view_material = (
    Rule(lambda _user: _public)
    | signed_in(lambda user: Q(case__applicant__in=parties.my_parties(user)))
    | parties.officer_of("case__district")
)

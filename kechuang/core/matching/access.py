"""匹配权限: who may see a need's matches and judge them."""

from django.db.models import Q

from kechuang.core.market import access as market
from kechuang.core.market.models import Status
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Post
from kechuang.kit.access import Rule

# On needs. Anybody who may read a need may see what would answer it.
see_matches = market.view_listing
_handed_in = Rule(lambda _user: ~Q(status=Status.DRAFT))
judge = market.owner | market.officer | (parties.holder_of(Post.Role.BROKER) & _handed_in)

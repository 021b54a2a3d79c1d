"""发布信息权限: who may see, change and answer offers and needs. Works for offers and needs alike."""

from typing import Any

from django.db.models import Q

from kechuang.core.market.models import Status
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Post
from kechuang.kit.access import NOTHING, Rule, signed_in

public = Rule(lambda _user: Q(status=Status.PUBLIC))
owner = signed_in(lambda user: Q(party__in=parties.my_parties(user)))
officer = parties.officer_of("district") & Rule(lambda _user: ~Q(status=Status.DRAFT))


def _broker(user: Any) -> Q:
    if not parties.posts(user, Post.Role.BROKER).exists():
        return NOTHING
    return Q(published_at__isnull=False) | Q(service="needs", status__in=(Status.REVIEW, Status.LONG_TERM))


# Brokers see what has once been public, help to word needs under review and keep the long-term list in sight.
broker = signed_in(_broker)
view_listing = public | owner | officer | broker
view_history = owner | officer | broker
edit_listing = owner

"""匹配权限: who may see a need's matches and judge them, and who decides about the weights."""

from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.market import access as market
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Post
from kechuang.kit.refusal import NotAllowed

# On needs. Anybody who may read a need may see what would answer it.
see_matches = market.view_listing
judge = market.owner | market.officer | market.broker
# On needs, too: those whose pairs come to the workbench of brokers and officers.
bench = market.officer | market.broker


def require_bench(user: Any) -> None:
    """The workbench is for brokers and officers: raises NotAllowed for everybody else."""
    roles = (Post.Role.BROKER, Post.Role.OFFICER)
    if not (user.is_authenticated and any(parties.posts(user, role).exists() for role in roles)):
        raise NotAllowed(_("经纪人工作台由技术经纪人和主管部门使用。成为技术经纪人后，由市级主管部门为您设置岗位。"))


def require_weights(user: Any) -> None:
    """The weights are seen by all officers: raises NotAllowed for everybody else."""
    parties.require_officer(user)


def require_adopter(user: Any) -> None:
    """Weights change every answer of the city, so officers of the whole city decide: raises NotAllowed otherwise."""
    if not parties.is_city_officer(user):
        raise NotAllowed(_("启用和退回权重由市级主管部门决定。"))

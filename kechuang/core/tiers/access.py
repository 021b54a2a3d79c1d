"""梯度权限: who enters windows, sets thresholds and keeps lists; what was announced everybody reads."""

from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.parties.access import is_city_officer, officer_of, posts
from kechuang.core.parties.models import Post
from kechuang.kit.access import Rule, everyone
from kechuang.kit.refusal import NotAllowed

see_window: Rule = everyone
keep_window: Rule = officer_of("district")


def may_keep(user: Any, district: str) -> bool:
    """Whether the user may enter windows of a district; the city's without district."""
    if not user.is_authenticated:
        return False
    scopes = set(posts(user, Post.Role.OFFICER).values_list("district", flat=True))
    return "" in scopes or (bool(district) and district in scopes)


def require_keeper(user: Any, district: str) -> None:
    """The city's windows are entered by officers of the city, a district's also by its own: raises NotAllowed."""
    if not may_keep(user, district):
        raise NotAllowed(_("全市的申报窗口由市级主管部门填写；区市主管部门可以填写本区市的窗口。"))


def require_city(user: Any) -> None:
    """Thresholds and lists are kept by officers of the whole city: raises NotAllowed for everybody else."""
    if not is_city_officer(user):
        raise NotAllowed(_("遴选门槛和名单由市级主管部门维护。"))

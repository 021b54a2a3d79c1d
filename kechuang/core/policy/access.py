"""政策权限: everyone reads what is published; officers of a place draft for it, and another one approves."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.core.parties.access import holds_office, is_city_officer, posts
from kechuang.core.parties.models import Post
from kechuang.core.policy.models import PackVersion
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in
from kechuang.kit.refusal import NotAllowed

published = Rule(lambda _user: Q(state=PackVersion.State.PUBLISHED))


def _office(user: Any) -> Q:
    if is_city_officer(user):
        return EVERYTHING
    districts = posts(user, Post.Role.OFFICER).values_list("district", flat=True)
    return Q(level="district", district__in=districts)


# Officers see what is under way in their place; city officers all of it.
work_on = signed_in(
    lambda user: _office(user) & ~Q(state=PackVersion.State.PUBLISHED) if holds_office(user) else NOTHING
)
edit_draft = work_on & signed_in(lambda user: Q(author=user, state=PackVersion.State.DRAFT))
# What is handed in is approved by the one with whom it waits; her office may give it to another one.
hand_on = work_on & signed_in(lambda _user: Q(state=PackVersion.State.SUBMITTED))
approve_draft = hand_on & signed_in(lambda user: Q(assignee=user) & ~Q(author=user))


def may_draft(user: Any, version: PackVersion) -> bool:
    """Whether the user may copy a published version to a draft: an officer of its place."""
    return holds_office(user) and PackVersion.objects.filter(_office(user), pk=version.pk).exists()


def may_draft_for(user: Any, district: str) -> bool:
    """Whether the user may draft a new pack for the city (empty) or for a district."""
    own = posts(user, Post.Role.OFFICER).filter(district=district) if holds_office(user) else Post.objects.none()
    return is_city_officer(user) or bool(district and own.exists())


def require_drafter(user: Any, version: PackVersion) -> None:
    """Drafts from a published version are made by officers of its place: raises NotAllowed for everybody else."""
    if not may_draft(user, version):
        raise NotAllowed(_("规则包由主管部门起草：市级政策由市级主管部门，区（市）政策由该区（市）主管部门。"))

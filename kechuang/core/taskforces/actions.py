"""专班写入: set up, change and retire teams; who takes and leaves a seat. Officers of the whole city do it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.audit.queries import history
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.taskforces.access import require_manager
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal, Stale

FIELDS = ("name", "section", "industry", "districts")


def _content(team: TaskForce) -> dict[str, Any]:
    return {name: getattr(team, name) for name in FIELDS} | {"platform": team.platform_id}


def version_of(team: TaskForce) -> int:
    """How many things have happened to the team: grows with every change."""
    return history(team).count()


@transaction.atomic
def create_team(
    *,
    code: str,
    name: str,
    section: str,
    industry: Sequence[str],
    districts: Sequence[str],
    platform: Party | None,
    by: User | None,
    now: datetime,
    fictional: bool = False,
) -> TaskForce:
    """Set up a team; a code is used once. ``by`` None is the person who runs the installation."""
    if by is not None:
        require_manager(by)
    try:
        with transaction.atomic():
            team = TaskForce.objects.create(
                code=code.strip(),
                name=name.strip(),
                section=section.strip(),
                industry=list(industry),
                districts=list(districts),
                platform=platform,
                fictional=fictional,
            )
    except IntegrityError as error:
        message = _("已有编号为“{code}”的专班，请换一个编号。").format(code=code)
        raise Refusal(message, fields={"code": message}) from error
    record(team, "create", by=by, now=now, after={"code": team.code} | _content(team))
    return team


@transaction.atomic
def change_team(
    *,
    task_force: TaskForce,
    name: str,
    section: str,
    industry: Sequence[str],
    districts: Sequence[str],
    platform: Party | None,
    by: User | None,
    now: datetime,
    version: int | None = None,
) -> TaskForce:
    """Change what a team cares for. ``version`` is what the form was opened with; raises Stale where it has grown."""
    if by is not None:
        require_manager(by)
    team = TaskForce.objects.select_for_update(of=("self",)).get(pk=task_force.pk)
    before = _content(team)
    if version is not None and version != version_of(team):
        raise Stale(_("这个专班刚被别人修改过。请刷新页面，核对后再改。"))
    team.name, team.section, team.platform = name.strip(), section.strip(), platform
    team.industry, team.districts = list(industry), list(districts)
    if before != _content(team):
        team.save()
        record(team, "change", by=by, now=now, before=before, after=_content(team))
    return team


@transaction.atomic
def retire_team(*, task_force: TaskForce, retired: bool, by: User, now: datetime) -> TaskForce:
    """Retire a team, or take it into service again. A retired one gets no new work but finishes what it has."""
    require_manager(by)
    team = TaskForce.objects.select_for_update(of=("self",)).get(pk=task_force.pk)
    if team.retired == retired:
        raise Refusal(_("这个专班已经停用。") if retired else _("这个专班没有停用。"))
    team.retired = retired
    team.save(update_fields=["retired"])
    record(team, "retire" if retired else "resume", by=by, now=now, after={"retired": retired})
    return team


@transaction.atomic
def seat(*, task_force: TaskForce, user: User, role: str, by: User | None, now: datetime) -> Seat:
    """Give a person a seat in a team; one who has it keeps it. The seat needs the post or mandate that goes with it."""
    if by is not None:
        require_manager(by)
    team = TaskForce.objects.select_for_update(of=("self",)).get(pk=task_force.pk)
    require_seat(team, user, role)
    found, created = Seat.objects.get_or_create(
        task_force=team, user=user, role=role, until=None, defaults={"since": now}
    )
    if created:
        record(team, "seat", by=by, now=now, after={"user": user.pk, "role": role}, note=str(found))
    return found


def require_seat(team: TaskForce, user: User, role: str) -> None:
    """Raise Refusal unless the person can take this seat in the team."""
    if role not in Seat.Role.values:
        raise Refusal(_("没有这种角色，请从列表中选择。"), fields={"role": _("请从列表中选择一种角色。")})
    if team.retired:
        raise Refusal(_("这个专班已经停用，不能增加成员。请先恢复。"))
    if not user.is_active or not may_sit(user, role, team.platform_id):
        message = _("{name}不能担任{role}：{needed}").format(
            name=user, role=Seat.Role(role).label, needed=_NEEDED[role]()
        )
        raise Refusal(message, fields={"email": message})


_NEEDED: dict[str, Callable[[], str]] = {
    Seat.Role.SECTION: lambda: _("需要市级主管部门岗位。"),
    Seat.Role.LIAISON: lambda: _("需要主管部门岗位。"),
    Seat.Role.PLATFORM: lambda: _("需要平台负责人岗位，或平台单位的授权。"),
    Seat.Role.BROKER: lambda: _("需要技术经纪人岗位。"),
}


def may_sit(user: User, role: str, platform: int | None) -> bool:
    """Whether the person has the post (or for a platform the mandate) that a seat in this role needs."""
    posts = Post.objects.filter(user=user, until=None)
    if role == Seat.Role.SECTION:
        return posts.filter(role=Post.Role.OFFICER, district="").exists()
    if role == Seat.Role.LIAISON:
        return posts.filter(role=Post.Role.OFFICER).exists()
    if role == Seat.Role.BROKER:
        return posts.filter(role=Post.Role.BROKER).exists()
    mandates = Mandate.objects.filter(user=user, party=platform, state=Mandate.State.ACTIVE)
    return posts.filter(role=Post.Role.PLATFORM_HEAD).exists() or mandates.exists()


@transaction.atomic
def unseat(*, seat: Seat, by: User, now: datetime) -> Seat:
    """Take a person out of a team; what stands in her to-do is handed over by ``core.cases.leaving``."""
    require_manager(by)
    TaskForce.objects.select_for_update(of=("self",)).get(pk=seat.task_force_id)
    seat = Seat.objects.select_related("user", "task_force").get(pk=seat.pk)
    if seat.until is not None:
        raise Refusal(_("该成员已经离开专班。"))
    return _end(seat, by=by, now=now)


@transaction.atomic
def vacate(*, user: User, by: User, now: datetime) -> int:
    """End the seats for which the person no longer has the post or mandate; returns how many."""
    seats = Seat.objects.filter(user=user, until=None).select_related("user", "task_force").order_by("pk")
    lost = [s for s in seats.select_for_update(of=("self",)) if not may_sit(user, s.role, s.task_force.platform_id)]
    for one in lost:
        _end(one, by=by, now=now)
    return len(lost)


def _said(seat: Seat) -> str:
    with main_language():
        return str(seat)


def _end(seat: Seat, *, by: User, now: datetime) -> Seat:
    seat.until = now
    seat.save(update_fields=["until"])
    before = {"user": seat.user_id, "role": seat.role}
    record(seat.task_force, "unseat", by=by, now=now, before=before, note=_said(seat))
    return seat

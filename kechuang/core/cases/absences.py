"""外出代理 absences: who is away, and the deputy who gets her waits meanwhile."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.assignment import LADDER
from kechuang.core.cases.handover import TODO, Moves, affected, reassign, tell_receivers
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import my_parties, posts
from kechuang.core.parties.models import Absence, Mandate, Post, User
from kechuang.core.taskforces.access import seated
from kechuang.core.taskforces.models import Seat
from kechuang.kit.access import signed_in
from kechuang.kit.refusal import NotAllowed, Refusal

own_absence = signed_in(lambda user: Q(user=user))


def stand_ins(user: Any) -> QuerySet[User]:
    """Who could act for the user: colleagues of her organisations, officers of her scope, then members of her teams."""
    colleagues = Mandate.objects.filter(party__in=my_parties(user), state=Mandate.State.ACTIVE)
    scopes = posts(user, Post.Role.OFFICER).values("district")
    peers = Post.objects.filter(role=Post.Role.OFFICER, until=None)
    peers = peers.filter(Q(district__in=scopes) | Q(district="")) if scopes.exists() else peers.none()
    teams = Seat.objects.filter(task_force__in=seated(user, *LADDER), until=None, role__in=LADDER)
    near = Q(pk__in=colleagues.values("user_id")) | Q(pk__in=peers.values("user_id"))
    rows = User.objects.filter(near | Q(pk__in=teams.values("user_id")), is_active=True).exclude(pk=user.pk)
    return rows.alias(far=~near).order_by("far", "name", "pk")


def absences_of(user: Any, today: date) -> QuerySet[Absence]:
    """The user's absences that last or are still to come."""
    rows = Absence.objects.filter(until__gte=today, ended_at=None).select_related("deputy")
    return own_absence.filter(user, rows).order_by("since")


def deputising(user: Any, today: date) -> QuerySet[Absence]:
    """The absences of others for which the user is the deputy, now or later."""
    rows = Absence.objects.filter(deputy=user, until__gte=today, ended_at=None)
    return rows.select_related("user").order_by("since")


@transaction.atomic
def enter_absence(
    *, deputy: User, since: date, until: date, note: str, by: User, now: datetime
) -> tuple[Absence, Moves]:
    """Enter the time that one will be away, both days included. From the first day on the deputy has one's waits.

    What the deputy may not do goes to the next one who may; the moves say who got how many.
    """
    today = timezone.localtime(now).date()
    User.objects.select_for_update().get(pk=by.pk)
    _check(by, deputy, since, until, today)
    absence = Absence.objects.create(
        user=by, deputy=deputy, since=since, until=until, note=note.strip()[:120], entered_at=now
    )
    record(by, "absence", by=by, now=now, after={"deputy": deputy.pk, "since": since, "until": until}, note=note)
    moved = reassign(cases=_mine(by), by=by, now=now) if since <= today else Counter[User]()
    took = Counter(moved)
    text = f"{by}于 {since} 至 {until} 外出，由您代理。"
    if n := moved.pop(deputy, 0):
        text += f"已有 {n} 件办件转到您的待办。"
    tell(user=deputy, text=text, url=TODO, key=f"absence:{absence.pk}", now=now)
    if moved:
        tell_receivers(moved, f"{by}外出", by=by, now=now)
    return absence, Moves(took)


def _mine(user: User) -> list[int]:
    return list(Case.objects.filter(affected(user)).values_list("pk", flat=True))


def _check(by: User, deputy: User, since: date, until: date, today: date) -> None:
    if since < today:
        raise _refused("since", _("开始日期不能早于今天。"))
    if until < since:
        raise _refused("until", _("结束日期不能早于开始日期。"))
    if not stand_ins(by).filter(pk=deputy.pk).exists():
        raise _refused("deputy", _("{name}不能代您办理，请从列表中选择同一单位、辖区或专班的人。").format(name=deputy))
    live = Absence.objects.filter(ended_at=None, since__lte=until, until__gte=since)
    if own := live.filter(user=by).first():
        words = _("与已登记的外出（{since} 至 {until}）重叠。请先结束那一次。")
        raise _refused("since", words.format(since=own.since, until=own.until))
    if hers := live.filter(user=deputy).first():
        words = _("{name}于 {since} 至 {until} 也外出，请选择其他人。")
        raise _refused("deputy", words.format(name=deputy, since=hers.since, until=hers.until))


def _refused(field: str, message: str) -> Refusal:
    return Refusal(message, fields={field: message})


@transaction.atomic
def end_absence(*, absence: Absence, by: User, now: datetime) -> int:
    """End one's absence early, or call it off; returns how many cases came back."""
    if not own_absence.check(by, absence):
        raise NotAllowed(_("只能结束自己的外出登记。"))
    row = Absence.objects.select_for_update(of=("self",)).select_related("deputy").get(pk=absence.pk)
    if row.ended_at is not None:
        raise Refusal(_("这次外出已经结束。"))
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(by, "absence_end", by=by, now=now, before={"deputy": row.deputy_id, "until": row.until})
    moved = reassign(cases=_mine(by), by=by, now=now)
    text = f"{by}已结束外出登记（{row.since} 至 {row.until}），您不再代理。"
    tell(user=row.deputy, text=text, url=TODO, key=f"absence:{row.pk}:ended", now=now)
    return moved.get(by, 0)

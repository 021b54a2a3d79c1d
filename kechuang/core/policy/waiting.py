"""审定等待 waiting: the one officer with whom a version waits that was handed in, by choice or by rule."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.parties.models import Absence, User
from kechuang.core.parties.presence import acting, away, present
from kechuang.core.parties.queries import officers
from kechuang.core.policy import access
from kechuang.core.policy.models import PackVersion
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal

APPROVE_DAYS = 5  # working days; our own choice, no source sets them


def waiting() -> QuerySet[PackVersion]:
    """All versions that wait for approval, those due first."""
    rows = PackVersion.objects.filter(state=PackVersion.State.SUBMITTED)
    return rows.select_related("author", "assignee", "on_behalf_of").order_by("due_on", "pk")


def approvers(version: PackVersion) -> list[int]:
    """Who may approve a version: officers of its place but its author, those nearest first, then those with least."""
    posts = officers(version.district if version.level == "district" else "")
    posts = posts.filter(user__is_active=True).exclude(user=version.author_id)
    load = dict(
        PackVersion.objects.filter(assignee__isnull=False)
        .order_by()
        .values_list("assignee")
        .annotate(n=Count("pk"))
        .values_list("assignee", "n")
    )
    rows = [
        (not district, load.get(user, 0), pk, user)
        for pk, district, user in posts.values_list("pk", "district", "user_id")
    ]
    return list(dict.fromkeys(user for *_order, user in sorted(rows)))


def choices(version: PackVersion, today: date) -> list[tuple[User, date | None]]:
    """Who may be chosen as approver, and until when she is away."""
    able = approvers(version)
    people = User.objects.in_bulk(able)
    rows = Absence.objects.filter(user__in=able, since__lte=today, until__gte=today, ended_at=None)
    until = dict(rows.values_list("user_id", "until"))
    return [(people[pk], until.get(pk)) for pk in able]


def assign(version: PackVersion, today: date, *, wanted: int | None = None) -> None:
    """Set with whom a version waits: the one ``wanted``, or the first one who is there. Does not save.

    Who is away is stood in for by her deputy, if he may approve as well; it comes back to her afterwards. Raises
    Refusal where nobody but the author could approve, or the one wanted may not.
    """
    able, gone = approvers(version), away(today)
    if not able:
        raise Refusal(_("除起草人外没有可以审定的工作人员，请先由市级管理员设置岗位。"))
    if wanted is not None and wanted not in able:
        message = _("所选的人不能审定这项政策，请从列表中选择另一位工作人员。")
        raise Refusal(message, fields={"approver": message})
    principal = wanted
    if principal is None:
        principal = next((pk for pk in able if present(pk, gone, able)), able[0])
    version.assignee_id = acting((principal, *able), gone, able) or principal
    version.on_behalf_of_id = principal if version.assignee_id != principal else None


def begin(version: PackVersion, today: date, *, wanted: int | None) -> None:
    """The wait begins: with whom, and until when. Does not save."""
    assign(version, today, wanted=wanted)
    version.due_on = calendar().after(today, APPROVE_DAYS)


def finish(version: PackVersion) -> None:
    """Nobody waits any more. Does not save."""
    version.assignee = version.on_behalf_of = version.due_on = None


@transaction.atomic
def hand_on(*, version: PackVersion, receiver: int, note: str, by: Any, now: datetime) -> PackVersion:
    """Give the approval to another officer, with a reason; the time does not begin anew."""
    row = PackVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if not access.hand_on.check(by, row):
        raise NotAllowed(_("转交审定由发布这项政策的主管部门进行，且只在待审定时。"))
    if not note.strip():
        message = _("请写明转交原因，会留在经过里。")
        raise Refusal(message, fields={"note": message})
    before = row.assignee_id
    assign(row, timezone.localdate(now), wanted=receiver)
    if row.assignee_id == before:
        message = _("它已经在等待这个人，或者所选的人外出、正由这个人代理。请选择另一个人。")
        raise Refusal(message, fields={"approver": message})
    _keep(row, before, note.strip(), by=by, now=now)
    return row


def sweep(*, now: datetime) -> list[PackVersion]:
    """Assign anew what waits with somebody who is away, is back, or may no longer approve. Twice changes nothing."""
    today, moved = timezone.localdate(now), []
    for pk in list(waiting().values_list("pk", flat=True)):
        with transaction.atomic():
            row = PackVersion.objects.select_for_update(of=("self",)).get(pk=pk)
            if row.state == PackVersion.State.SUBMITTED and _again(row, today, now):
                moved.append(row)
    return moved


def _again(row: PackVersion, today: date, now: datetime) -> bool:
    able, before = approvers(row), (row.assignee_id, row.on_behalf_of_id)
    if not able:  # stays where it is until somebody is appointed
        return False
    principal = row.on_behalf_of_id or row.assignee_id
    assign(row, today, wanted=principal if principal in able else None)
    if (row.assignee_id, row.on_behalf_of_id) == before:
        return False
    _keep(row, before[0], "审定人外出、返回或变动", by=None, now=now)
    return row.assignee_id != before[0]


def _keep(row: PackVersion, before: int | None, note: str, *, by: Any, now: datetime) -> None:
    row.save(update_fields=["assignee", "on_behalf_of"])
    record(row, "reassign", by=by, now=now, before={"assignee": before}, after={"assignee": row.assignee_id}, note=note)

"""审定 approval: hand in, approve, send back, hand on; whoever must act next is told, and reminded by the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.core.policy import actions, waiting
from kechuang.core.policy.models import PackVersion
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.text import noop

HEADING = noop("规则包审定")
REMIND_DAYS = 1  # working days before the time is over


@transaction.atomic
def submit(*, draft: PackVersion, note: str, approver: int | None, by: Any, now: datetime) -> PackVersion:
    """Hand in; the approver is told."""
    row = actions.submit_draft(draft=draft, note=note, approver=approver, by=by, now=now)
    _tell_waiting(row, f"“{row}”请您审定，请于 {row.due_on} 前办理。", by=by, now=now)
    return row


@transaction.atomic
def approve(*, version: PackVersion, by: Any, now: datetime) -> PackVersion:
    """Publish; the author is told."""
    row = actions.approve(version=version, by=by, now=now)
    _tell(row.author, row, f"“{row}”已由{by}审定，自 {row.effective_from} 起施行。", by=by, now=now)
    return row


@transaction.atomic
def send_back(*, version: PackVersion, reason: str, by: Any, now: datetime) -> PackVersion:
    """Give back to the author, who is told why."""
    row = actions.send_back(version=version, reason=reason, by=by, now=now)
    _tell(row.author, row, f"“{row}”被退回：{row.returned_for}", by=by, now=now)
    return row


@transaction.atomic
def hand_on(*, version: PackVersion, receiver: int, note: str, by: Any, now: datetime) -> PackVersion:
    """Give the approval to another officer; both are told."""
    giver = version.assignee
    row = waiting.hand_on(version=version, receiver=receiver, note=note, by=by, now=now)
    _tell_waiting(row, f"“{row}”转由您审定（{note.strip()}），请于 {row.due_on} 前办理。", by=by, now=now)
    _tell(giver, row, f"“{row}”已转由{row.assignee}审定：{note.strip()}", by=by, now=now)
    return row


@dataclass(frozen=True)
class Ticked:
    """What one run did: versions that changed hands, reminders given."""

    moved: int
    reminded: int


def tick(*, now: datetime) -> Ticked:
    """Find another approver for those who are away or gone; remind before the time is over, and once it is."""
    moved = waiting.sweep(now=now)
    for row in moved:
        _tell_waiting(row, f"“{row}”转到您这里审定，请于 {row.due_on} 前办理。", by=None, now=now)
    return Ticked(len(moved), sum(_remind(row, now) for row in waiting.waiting()))


def _remind(row: PackVersion, now: datetime) -> bool:
    today = timezone.localdate(now)
    if row.due_on is None or row.assignee is None or calendar().after(today, REMIND_DAYS) < row.due_on:
        return False
    late = row.due_on < today
    said = f"应于 {row.due_on} 前审定，已超期。" if late else f"请于 {row.due_on} 前审定。"
    key = f"approve:{row.pk}:{row.assignee_id}:{row.due_on}:{'late' if late else 'soon'}"
    url = reverse("policy_draft", args=[row.pk])
    text = f"“{row}”{said}"
    return tell(user=row.assignee, text=text, url=url, key=key, now=now, digest=True, heading=HEADING) is not None


def _tell_waiting(row: PackVersion, text: str, *, by: Any, now: datetime) -> None:
    stands_in = f"（您代理{row.on_behalf_of}）" if row.on_behalf_of is not None else ""
    _tell(row.assignee, row, text + stands_in, by=by, now=now)


def _tell(user: User | None, row: PackVersion, text: str, *, by: Any, now: datetime) -> None:
    if user is None or (by is not None and user.pk == by.pk):
        return
    published = row.state == PackVersion.State.PUBLISHED
    url = reverse("policy", args=[row.code]) if published else reverse("policy_draft", args=[row.pk])
    tell(user=user, text=text, url=url, key=f"pack:{row.pk}:{row.state}:{now.isoformat()}", now=now)

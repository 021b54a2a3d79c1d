"""离任 leaving: a post, a mandate or a seat ends, and all open cases of the person find another one at once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from kechuang.core.cases.handover import Moves, affected, reassign, tell_receivers
from kechuang.core.cases.models import Case
from kechuang.core.notices import membership
from kechuang.core.parties import actions as parties
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.taskforces import actions as taskforces
from kechuang.core.taskforces.models import Seat
from kechuang.kit.language import main_language


@transaction.atomic
def end_post(*, post: Post, by: User, now: datetime) -> Moves:
    """End a post and the seats that rest on it."""
    ended = parties.end_post(post=post, by=by, now=now)
    with main_language():
        why = f"{ended.user}不再担任{ended.get_role_display()}"
    return _leave(ended.user, why, by=by, now=now)


@transaction.atomic
def unseat(*, seat: Seat, by: User, now: datetime) -> Moves:
    """Take a person out of a team."""
    ended = taskforces.unseat(seat=seat, by=by, now=now)
    why = f"{ended.user}离开{ended.task_force.name}"
    return _leave(ended.user, why, by=by, now=now)


@transaction.atomic
def decide(*, mandate: Mandate, decision: str, by: User, now: datetime, reason: str = "") -> Moves:
    """Decide about a mandate; one that ends frees its person of the party's cases."""
    done = membership.decide(mandate=mandate, decision=decision, by=by, now=now, reason=reason)
    if done.state != Mandate.State.ENDED:
        return Moves()
    why = f"{done.user}不再经办{done.party.name}的事项"
    return _leave(done.user, why, by=by, now=now)


@transaction.atomic
def send_back(*, party: Party, reason: str, note: str, by: User, now: datetime) -> None:
    """Send an organisation back; where that ends the mandates of its people, its cases find somebody else."""
    membership.send_back(party=party, reason=reason, note=note, by=by, now=now)
    mine = Case.objects.filter(applicant=party, owner="applicant")
    why = f"{party.name}的经办授权已结束"
    moved = reassign(cases=mine.values_list("pk", flat=True), by=by, now=now, why=why)
    tell_receivers(moved, why, by=by, now=now)


def _leave(user: User, why: str, *, by: Any, now: datetime) -> Moves:
    taskforces.vacate(user=user, by=by, now=now)
    cases = Case.objects.filter(affected(user)).values_list("pk", flat=True)
    moved = reassign(cases=cases, by=by, now=now, why=why)
    return tell_receivers(moved, why, by=by, now=now)

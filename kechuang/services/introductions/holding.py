"""接手 holding: who follows an introduction up: taking it up, giving it back, passing it on to a colleague."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.introductions import access, queries


def locked(case: Case) -> Case:
    """The case with its row locked: of two people who act at once the second sees what the first has done.

    What hangs on the case is read after the lock: a join would show it as it was before the wait.
    """
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def require_open(case: Case) -> None:
    """Raise Refusal where the introduction has ended."""
    if state_of(case).end:
        raise Refusal(_("对接已经结束（{state}），不能再办理。").format(state=_(state_of(case).label)))


@transaction.atomic
def claim(*, case: Case, by: User, now: datetime) -> Case:
    """我来跟进: a broker of the task force takes it up. Of two at once, the second is told of the first."""
    case = locked(case)
    require_open(case)
    if not access.broker.check(by, case):
        raise NotAllowed(_("只有这个专班的技术经纪人可以接手。"))
    holder = queries.holder(case)
    if holder == by:
        return case
    if holder is not None and case.introduction.claimed_at is not None:
        since = timezone.localtime(case.introduction.claimed_at)
        words = _("{name} 已于 {since} 接手跟进。如需一起办理，请直接联系；也可以请对方转给您。")
        raise Stale(words.format(name=holder, since=f"{since:%m-%d %H:%M}"))
    _give(case, by, now)
    record(case, "claim", by=by, now=now, after={"by": by.pk})
    return case


@transaction.atomic
def give_back(*, case: Case, by: User, now: datetime, note: str) -> Case:
    """交回专班: whoever has it gives it back; the liaison, or the broker with the fewest, finds somebody."""
    case = locked(case)
    former = _held(case, by)
    if not note.strip():
        raise Refusal(_("请写明为什么交回，专班要据此安排。"), fields={"note": _("请写明原因。")})
    case.introduction.claimed_at = None
    case.introduction.save(update_fields=["claimed_at"])
    _wait_for(case, _arranger(case, former), now)
    record(case, "give_back", by=by, now=now, before={"by": former.pk}, note=note)
    if case.assignee is not None and case.assignee != by:
        text = f"交回专班：{case.title}（{note}）。请安排跟进。"
        tell(user=case.assignee, text=text, url=f"/cases/{case.pk}/", key=f"back:{case.pk}:{now:%y%m%d%H%M%S}", now=now)
    return case


@transaction.atomic
def pass_on(*, case: Case, to: User, by: User, now: datetime, note: str) -> Case:
    """转给同事: to another broker of the same task force, with a note."""
    case = locked(case)
    former = _held(case, by)
    if to.pk not in {seat.user_id for seat in queries.colleagues(case)} or to == former:
        message = _("请选择本专班的另一位技术经纪人。")
        raise Refusal(message, fields={"to": message})
    if not note.strip():
        raise Refusal(_("请写明进展和交代的事，接手的人会看到。"), fields={"note": _("请写明进展。")})
    _give(case, to, now)
    words = f"{former} → {to}：{note}"
    record(case, "pass_on", by=by, now=now, before={"by": former.pk}, after={"by": to.pk}, note=words)
    text = f"{by}把对接转给您：{case.title}（{note}）"
    tell(user=to, text=text, url=f"/cases/{case.pk}/", key=f"passed:{case.pk}:{now:%y%m%d%H%M%S}", now=now)
    return case


def _held(case: Case, by: User) -> User:
    """Who has it now; raises where nobody has, and for those who may not give it to another."""
    require_open(case)
    if not access.hand_on.check(by, case):
        raise NotAllowed(_("只有正在跟进的人和主管部门可以转交。"))
    holder = queries.holder(case)
    if holder is None:
        raise Refusal(_("还没有人接手，不用转交。本专班的技术经纪人可以直接接手。"))
    return holder


def _give(case: Case, user: User, now: datetime) -> None:
    case.introduction.claimed_at = now
    case.introduction.save(update_fields=["claimed_at"])
    _wait_for(case, user, now)


def _wait_for(case: Case, user: User | None, now: datetime) -> None:
    """From now on this person cares for the case on the side of the task force; None: the one with the fewest."""
    others = {side: carer for side, carer in case.carers.items() if side != "broker"}
    case.carers = others | ({"broker": user.pk} if user is not None else {})
    if user is None:
        case.assignee = None
    case.touched_at = now
    assign(case, timezone.localtime(now).date())
    case.save(update_fields=["assignee", "on_behalf_of", "carers", "touched_at"])


def _arranger(case: Case, former: User) -> User | None:
    """Who finds somebody else: the liaison, then another broker, then the bureau's section."""
    order = (Seat.Role.LIAISON, Seat.Role.BROKER, Seat.Role.SECTION)
    seats = [seat for role in order for seat in queries.team(case) if seat.role == role and seat.user != former]
    return seats[0].user if seats else None

"""交接 hand-over: open cases change hands, with a reason in the history of each and one notice for each receiver."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases import access
from kechuang.core.cases.assignment import assign, may_take
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Absence, User
from kechuang.kit.refusal import NotAllowed, Refusal

TODO = "/desk/?tab=todo"
SLICE = 200  # cases that the sweep locks at a time


@dataclass
class Moves:
    """交接结果: how many cases went to whom, and which stayed since the receiver may not act on them."""

    to: Counter[User] = field(default_factory=Counter)
    kept: list[Case] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many cases changed hands."""
        return sum(self.to.values())

    def words(self) -> str:
        """What the person who caused it is told; empty where nothing changed hands."""
        if not self.to:
            return ""
        each = _("、").join(_("{name} {n} 件").format(name=user, n=n) for user, n in self.to.most_common())
        return _("{n} 件待办已转给：{each}。").format(n=self.total, each=each)


def on_desk_of(user: User) -> QuerySet[Case]:
    """The open cases in a person's to-do."""
    return Case.objects.exclude(owner="").filter(assignee=user)


def movable(by: Any, giver: User) -> QuerySet[Case]:
    """Cases of ``giver`` that ``by`` may hand over: her own, for officers those in their scope."""
    rows = on_desk_of(giver)
    return rows if by.pk == giver.pk else access.officer.filter(by, rows)


@transaction.atomic
def hand_over(
    *, giver: User, receiver: User, cases: Collection[int] | None, note: str, by: User, now: datetime
) -> Moves:
    """Hand the chosen cases (None: all) from one person's to-do to another's.

    Those on which the receiver may not act stay where they are. Of two hand-overs at the same time the first one wins.
    Raises Refusal where nothing is left to hand over, the receiver is away or no reason is given.
    """
    if by.pk != giver.pk and not holds_office(by):
        raise NotAllowed(_("只能交接自己的办件；主管部门可以交接辖区内经办人的办件。"))
    _check(giver, receiver, note, timezone.localtime(now).date())
    rows = movable(by, giver).order_by("pk")
    rows = rows if cases is None else rows.filter(pk__in=cases)
    moves = Moves()
    for case in rows.select_for_update(of=("self",)):
        if receiver.pk not in may_take(case):
            moves.kept.append(case)
            continue
        _give(case, receiver)
        _note(case, giver, receiver, note.strip(), verb="hand_over", by=by, now=now)
        moves.to[receiver] += 1
    _require_some(moves, giver, receiver)
    text = f"{giver}的 {moves.total} 件办件交接给您：{note.strip()}"
    _tell(receiver, text, but=by, key=f"hand_over:{giver.pk}", now=now)
    text = f"{by}将您的 {moves.total} 件办件交接给{receiver}：{note.strip()}"
    _tell(giver, text, but=by, key=f"handed_over:{receiver.pk}", now=now)
    return moves


def _check(giver: User, receiver: User, note: str, today: date) -> None:
    if giver.pk == receiver.pk:
        message = _("请选择另一个人。")
        raise Refusal(message, fields={"receiver": message})
    if not note.strip():
        message = _("请写明交接原因，会留在每件办件的经过里。")
        raise Refusal(message, fields={"note": message})
    away = Absence.objects.filter(user=receiver, since__lte=today, until__gte=today, ended_at=None).first()
    if away is not None:
        message = _("{name}外出至 {until}，请选择其他人。").format(name=receiver, until=away.until)
        raise Refusal(message, fields={"receiver": message})


def _require_some(moves: Moves, giver: User, receiver: User) -> None:
    if moves.total:
        return
    if moves.kept:
        message = _("{name}无权办理这些办件，没有交接。请选择同一单位、辖区或专班的人。").format(name=receiver)
        raise Refusal(message, fields={"receiver": message})
    raise Refusal(_("所选办件已不在{name}的待办里，可能刚被交接或办理。请刷新页面。").format(name=giver))


def _give(case: Case, receiver: User) -> None:
    """A case that a deputy hands on stays that of the one who is away."""
    if case.on_behalf_of_id is None:
        case.carers = case.carers | {case.owner: receiver.pk}
    elif case.on_behalf_of_id == receiver.pk:
        case.on_behalf_of = None
    case.assignee = receiver
    case.save(update_fields=["assignee", "on_behalf_of", "carers"])


def _note(case: Case, old: User | None, new: User | None, why: str, *, verb: str, by: Any, now: datetime) -> None:
    record(
        case,
        verb,
        by=by,
        now=now,
        before={"assignee": old.pk if old else None},
        after={"assignee": new.pk if new else None},
        note=f"{old or '无人'} → {new or '无人'}，原因：{why}",
    )


def _tell(user: User, text: str, *, but: Any, key: str, now: datetime) -> None:
    if but is None or user.pk != but.pk:
        tell(user=user, text=text, url=TODO, key=f"{key}:{now.isoformat()}", now=now)


def affected(user: User) -> Q:
    """Cases whose assignee may change when something changes about the user: her own, and those done for her."""
    return Q(assignee=user) | Q(on_behalf_of=user)


@transaction.atomic
def reassign(*, cases: Iterable[int], by: Any, now: datetime, why: str = "") -> Counter[User]:
    """Assign the cases anew by the rule, with a reason in the history of those that change hands; tells nobody."""
    today, moved = timezone.localtime(now).date(), Counter[User]()
    rows = Case.objects.filter(pk__in=list(cases)).exclude(owner="").order_by("pk")
    for case in rows.select_related("assignee", "on_behalf_of").select_for_update(of=("self",)):
        old, before = case.assignee, (case.assignee_id, case.on_behalf_of_id, case.carers)
        stood_in_for = case.on_behalf_of
        assign(case, today)
        if before == (case.assignee_id, case.on_behalf_of_id, case.carers):
            continue
        case.save(update_fields=["assignee", "on_behalf_of", "carers"])
        if case.assignee is not None and case.assignee != old:
            _note(case, old, case.assignee, why or _reason(case, stood_in_for), verb="reassign", by=by, now=now)
            moved[case.assignee] += 1
    return moved


def _reason(case: Case, stood_in_for: User | None) -> str:
    if case.on_behalf_of is not None:
        return f"{case.on_behalf_of}外出，由代理人办理"
    if stood_in_for is not None and stood_in_for == case.assignee:
        return f"{stood_in_for}已返回"
    return "原经办人不能再办理"


def tell_receivers(moved: Counter[User], why: str, *, by: Any, now: datetime) -> Moves:
    """One notice for each receiver, with the count; gives the moves for the page."""
    for user, n in moved.items():
        _tell(user, f"{n} 件办件转到您的待办：{why}", but=by, key="reassigned", now=now)
    return Moves(moved)


def sweep(*, now: datetime) -> Moves:
    """Assign every wait anew: who is away or back, who may no longer act. Running it twice changes nothing."""
    waits = list(Case.objects.exclude(owner="").order_by("pk").values_list("pk", flat=True))
    moved = Counter[User]()
    for start in range(0, len(waits), SLICE):
        moved += reassign(cases=waits[start : start + SLICE], by=None, now=now)
    return tell_receivers(moved, "经办人外出、返回或变动", by=None, now=now)


@dataclass(frozen=True)
class Desk:
    """待办量: a person's number and name, and how many open cases she has in the officer's scope, how many late."""

    user: int
    name: str
    cases: int
    late: int


def desks(by: Any, today: date) -> list[Desk]:
    """People with open cases in the officer's scope, those with most first."""
    rows = access.officer.filter(by, Case.objects.exclude(owner="").exclude(assignee=None))
    late = Count("pk", filter=Q(due_on__lt=today))
    counted = rows.order_by().values_list("assignee", "assignee__name").annotate(n=Count("pk"), late=late)
    return [Desk(user, name, n, overdue) for user, name, n, overdue in counted.order_by("-n", "assignee")]

"""办件写入: open a case, advance it, add materials. ``advance`` is the only way a case moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases import access
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case, Material
from kechuang.core.catalogue.models import get
from kechuang.core.documents.actions import store
from kechuang.core.documents.models import Document
from kechuang.core.market.models import Need, Offer, Tier
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.workflow import Step


@transaction.atomic(savepoint=False)
def open_case(
    *,
    service: str,
    applicant: Party,
    by: Any,
    now: datetime,
    offer: Offer | None = None,
    need: Need | None = None,
    district: str = "",
    data: dict[str, Any] | None = None,
    state: str = "",
    note: str = "",
    task_force: TaskForce | None = None,
) -> Case:
    """Open a case in its workflow's first state, or in ``state`` when an existing register is taken over."""
    case = Case(
        service=service,
        applicant=applicant,
        offer=offer,
        need=need,
        district=district,
        opened_at=now,
        opened_by=by,
        data=data or {},
        task_force=task_force,
    )
    _enter(case, state or get(service).workflow.start, now)
    assign(case, timezone.localtime(now).date())
    case.save()
    record(case, "open", by=by, now=now, after={"state": case.state}, note=note)
    return case


def _enter(case: Case, name: str, now: datetime) -> None:
    state = get(case.service).workflow.states[name]
    case.state, case.since = name, now
    case.owner = state.owner or ""
    today = timezone.localtime(now).date()
    case.due_on = calendar().after(today, state.days) if state.owner and state.days else None
    case.touched_at = now
    if not case.owner:
        case.assignee = case.on_behalf_of = None


def require_step(case: Case, step: str, user: Any) -> Step:
    """The step, if the user may take it now; raises NoSuchStep for a stale page, NotAllowed for the wrong role."""
    move = get(case.service).workflow.step(case.state, step, _)
    if not move.by.check(user, case):
        raise NotAllowed(_("您的身份不能执行“{label}”。").format(label=_(move.label)))
    return move


@transaction.atomic
def advance(
    *,
    case: Case,
    step: str,
    by: Any,
    now: datetime,
    note: str = "",
    reason: str = "",
    fields: dict[str, str] | None = None,
    quiet: bool = False,
) -> Case:
    """Take a step: lock, rule, state, effect, event, notices, in one transaction.

    ``by`` None is the clock, for automatic steps only. ``reason`` is one of the step's codes; ``fields`` are remarks by
    field name; ``quiet`` enters what happened some time ago 补录 and tells nobody. Raises NoSuchStep for a stale page,
    NotAllowed for the wrong role, Refusal for a missing reason.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    move = get(case.service).workflow.step(case.state, step, _)
    if (by is None) != move.automatic or (by is not None and not move.by.check(by, case)):
        raise NotAllowed(_("您的身份不能执行“{label}”。").format(label=_(move.label)))
    require_reason(move, reason, note)
    before = case.state
    _enter(case, move.target, now)
    case.reason, case.note, case.fields = reason, note, fields or {}
    case.save()
    if move.effect:
        move.effect(case, by=by, now=now)
    assign(case, timezone.localtime(now).date())
    case.save(update_fields=["assignee", "on_behalf_of", "carers"])
    words = "；".join(w for w in (move.reasons.get(reason, ""), note) if w)
    after = {"state": case.state, "reason": reason, "fields": case.fields}
    event = record(case, step, by=by, now=now, before={"state": before}, after=after, note=words)
    if not quiet:
        _tell_other_side(case, move, words, by=by, now=now, key=f"case:{case.pk}:{event.pk}")
    return case


def require_reason(move: Step, reason: str, note: str) -> None:
    """Raise Refusal where a step lacks the reason or the note that reaches the other side."""
    if move.reasons and reason not in move.reasons:
        raise Refusal(_("请选择原因，对方会看到。"), fields={"reason": _("请从列表中选择一个原因。")})
    if move.note_required and not note.strip():
        raise Refusal(_("请写明说明，对方会看到。"), fields={"note": _("请写明具体情况和建议。")})


def _tell_other_side(case: Case, move: Step, words: str, *, by: Any, now: datetime, key: str) -> None:
    """Tell those who did not act: both sides, whoever's turn it is now, and the task force of what the clock did."""
    audience = people_of(case)
    if case.assignee is not None:
        audience.add(case.assignee)
    if by is None and case.task_force_id:
        audience |= {
            s.user for s in Seat.objects.filter(task_force=case.task_force_id, until=None).select_related("user")
        }
    text = f"{case.title}：{move.label}" + (f"（{words}）" if words else "")
    for user in audience:
        if by is None or user.pk != by.pk:
            tell(user=user, text=text, url=f"/cases/{case.pk}/", key=key, now=now)


def people_of(case: Case) -> set[User]:
    """Who acts for the applicant and, in a case between two sides, for the other side."""
    parties = {case.applicant_id, *([case.offer.party_id] if case.is_pair and case.offer else [])}
    return {m.user for m in Mandate.objects.filter(party__in=parties, state="active").select_related("user")}


@transaction.atomic
def add_material(
    *, case: Case, document: Document, label: str, by: User, now: datetime, tier: str = Tier.CASE
) -> Material:
    """Attach a document to a case: the sides, officers and the task force may. What two sides share stays private."""
    if not access.add_material.check(by, case):
        raise NotAllowed(_("只有参与办理的单位、专班和受理部门可以提交材料。"))
    tier = tier if case.service in access.publications() else Tier.CASE
    material = Material.objects.create(case=case, document=document, label=label[:80], tier=tier, added_at=now)
    record(case, "material", by=by, now=now, after={"label": material.label, "tier": tier, "sha256": document.sha256})
    return material


@transaction.atomic
def attach(
    *,
    case: Case,
    name: str,
    chunks: Iterable[bytes],
    label: str,
    by: User,
    now: datetime,
    tier: str = Tier.CASE,
) -> Material:
    """Store a file and add it to a case. A side's file is its own; an officer's or a broker's belongs to the case."""
    if not access.add_material.check(by, case):
        raise NotAllowed(_("只有参与办理的单位、专班和受理部门可以提交材料。"))
    party = None
    if access.applicant.check(by, case):
        party = case.applicant
    elif access.counterpart.check(by, case) and case.offer is not None:
        party = case.offer.party
    document = store(name=name, chunks=chunks, party=party, by=by, now=now)
    return add_material(case=case, document=document, label=label or document.name, tier=tier, by=by, now=now)


@transaction.atomic
def remove_material(*, material: Material, by: User, now: datetime) -> None:
    """Take a material out of sight; the record of it stays. What a decision rests on stays as it is."""
    if not access.own_material.check(by, material):
        raise NotAllowed(_("只有提交材料的一方可以撤下它。"))
    case = Case.objects.select_for_update(of=("self",)).get(pk=material.case_id)
    if not access.remove_material.check(by, material):
        words = _("这一件的状态是“%(state)s”，材料是办理的依据，已归档，不能撤下。需要更正的，请补充新的材料并说明。")
        raise Refusal(words % {"state": _(get(case.service).workflow.states[case.state].label)})
    material.removed_at = now
    material.save(update_fields=["removed_at"])
    record(material.case, "material_removed", by=by, now=now, before={"label": material.label})

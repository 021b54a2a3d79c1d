"""办件写入: open a case, advance it, add materials. ``advance`` is the only way a case moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang.core.audit.actions import record
from kechuang.core.cases import access
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case, Material
from kechuang.core.catalogue.models import get
from kechuang.core.documents.actions import store
from kechuang.core.documents.models import Document
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Mandate, Party, User
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
) -> Case:
    """Take a step: lock, rule, state, effect, event, notices, in one transaction.

    ``by`` None is the clock, for automatic steps only. ``reason`` is one of the step's codes; ``fields`` are remarks by
    field name. Raises NoSuchStep for a stale page, NotAllowed for the wrong role, Refusal for a missing reason.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    move = get(case.service).workflow.step(case.state, step)
    if (by is None) != move.automatic or (by is not None and not move.by.check(by, case)):
        raise NotAllowed(f"您的身份不能执行“{move.label}”。")
    _check_reason(move, reason, note)
    before = case.state
    _enter(case, move.target, now)
    case.reason, case.note, case.fields = reason, note, fields or {}
    case.save()
    if move.effect:
        move.effect(case, by=by, now=now)
    assign(case, timezone.localtime(now).date())
    case.save(update_fields=["assignee", "on_behalf_of", "carers"])
    words = "；".join(w for w in (move.reasons.get(reason, ""), note) if w)
    event = record(
        case,
        step,
        by=by,
        now=now,
        before={"state": before},
        after={"state": case.state, "reason": reason, "fields": case.fields},
        note=words,
    )
    _tell_other_side(case, move, words, by=by, now=now, key=f"case:{case.pk}:{event.pk}")
    return case


def _check_reason(move: Step, reason: str, note: str) -> None:
    if move.reasons and reason not in move.reasons:
        raise Refusal("请选择原因，对方会看到。", fields={"reason": "请从列表中选择一个原因。"})
    if move.note_required and not note.strip():
        raise Refusal("请写明说明，对方会看到。", fields={"note": "请写明具体情况和建议。"})


def _tell_other_side(case: Case, move: Step, words: str, *, by: Any, now: datetime, key: str) -> None:
    """Tell those who did not act: the applicant's people, and the one whose turn it is."""
    audience = {m.user for m in Mandate.objects.filter(party=case.applicant_id, state="active").select_related("user")}
    if case.assignee is not None:
        audience.add(case.assignee)
    text = f"{case.subject or case}：{move.label}" + (f"（{words}）" if words else "")
    for user in audience:
        if by is None or user.pk != by.pk:
            tell(user=user, text=text, url=f"/cases/{case.pk}/", key=key, now=now)


@transaction.atomic
def add_material(*, case: Case, document: Document, label: str, public: bool, by: User, now: datetime) -> Material:
    """Attach a document to a case; applicants do while it is theirs, officers at any time."""
    if not (access.applicant.check(by, case) or access.officer.check(by, case)):
        raise NotAllowed("只有申请单位和受理部门可以提交材料。")
    material = Material.objects.create(case=case, document=document, label=label[:80], public=public, added_at=now)
    record(case, "material", by=by, now=now, after={"label": material.label, "sha256": document.sha256})
    return material


@transaction.atomic
def attach(
    *, case: Case, name: str, chunks: Iterable[bytes], label: str, public: bool, by: User, now: datetime
) -> Material:
    """Store a file and add it to a case. An officer's file belongs to the case alone, not to the applicant."""
    mine = access.applicant.check(by, case)
    if not (mine or access.officer.check(by, case)):
        raise NotAllowed("只有申请单位和受理部门可以提交材料。")
    party = case.applicant if mine else None
    document = store(name=name, chunks=chunks, party=party, by=by, now=now)
    return add_material(case=case, document=document, label=label or document.name, public=public, by=by, now=now)


@transaction.atomic
def remove_material(*, material: Material, by: User, now: datetime) -> None:
    """Take a material out of sight; the record of it stays."""
    rule = access.applicant if material.document.party_id else access.officer
    if not rule.check(by, material.case):
        raise NotAllowed("只有提交材料的一方可以撤下它。")
    material.removed_at = now
    material.save(update_fields=["removed_at"])
    record(material.case, "material_removed", by=by, now=now, before={"label": material.label})

"""支付令写入: draft, approve, reject, withdraw, renew. Author and approver are two people."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger import access
from kechuang.core.ledger.amounts import exact, filled, said
from kechuang.core.ledger.flow import ORDER
from kechuang.core.ledger.models import Commitment, PaymentOrder
from kechuang.core.ledger.payees import Payee, checked, number_of, sealed
from kechuang.kit.refusal import NotAllowed, Refusal

_ENDED = ("returned", "cancelled")


@transaction.atomic
def draft(
    *,
    commitment: Commitment,
    payee: Payee,
    amount: Decimal,
    reason: str,
    purpose: str,
    by: Any,
    now: datetime,
    basis: str = "",
) -> PaymentOrder:
    """Draft an order out of a commitment, once for each reason; a retry gives the order that is there.

    An order that came back is not drafted again but renewed, so that nobody pays twice by pressing a button twice.
    """
    amount, payee = exact(amount), checked(payee)
    held = _held(commitment, payee, by)
    last = PaymentOrder.objects.filter(reason=reason).order_by("-attempt").first()
    if last is not None:
        return _same(last, held, payee, amount)
    return _drafted(held, payee, amount, reason, purpose, basis, None, by=by, now=now)


def _held(commitment: Commitment, payee: Payee, by: Any) -> Commitment:
    row = Commitment.objects.select_for_update(of=("self",)).select_related("line").get(pk=commitment.pk)
    if not access.spend.check(by, row):
        raise NotAllowed(_("这笔预算不在您的管辖范围内，不能制单。"))
    if row.party_id not in (None, payee.party.pk):
        raise Refusal(_("这笔预算是为其他单位占用的，不能付给%(name)s。") % {"name": payee.party})
    return row


def _same(last: PaymentOrder, held: Commitment, payee: Payee, amount: Decimal) -> PaymentOrder:
    if last.state in _ENDED:
        words = _("支付令 %(order)s 已退回或作废（%(why)s）。请在原支付令上办理“重新制单”。")
        raise Refusal(words % {"order": last, "why": last.ended_for})
    given = (last.commitment_id, last.payee_id, last.amount, last.account_name, last.bank)
    if given != (held.pk, payee.party.pk, amount, payee.account_name, payee.bank) or number_of(last) != payee.number:
        words = _("事由“%(reason)s”已有支付令 %(order)s，内容与这次不同，没有重复制单。如有错误，请先撤回原支付令。")
        raise Refusal(words % {"reason": last.reason, "order": last})
    return last


def _drafted(
    held: Commitment,
    payee: Payee,
    amount: Decimal,
    reason: str,
    purpose: str,
    basis: str,
    replaces: PaymentOrder | None,
    *,
    by: Any,
    now: datetime,
) -> PaymentOrder:
    if amount > held.free:
        words = _("这笔占用还可以支付 %(free)s，不足 %(amount)s。请调减金额。")
        raise Refusal(words % {"free": said(held.free), "amount": said(amount)}, fields={"amount": _("请调减金额。")})
    purpose = filled(purpose, "purpose", _("请填写用途，银行和收款单位会看到。"), most=120)
    basis = filled(basis, "basis", "", most=200) if basis.strip() else ""
    held.ordered += amount
    held.save(update_fields=["ordered"])
    made = PaymentOrder.objects.create(
        commitment=held,
        reason=reason,
        attempt=replaces.attempt + 1 if replaces else 1,
        replaces=replaces,
        payee=payee.party,
        account_name=payee.account_name,
        bank=payee.bank,
        bank_code=payee.bank_code,
        number_sealed=sealed(payee.number.encode()),
        tail=payee.number[-4:],
        amount=amount,
        purpose=purpose,
        basis=basis,
        since=now,
        author=by,
        drafted_at=now,
    )
    after = {"reason": reason, "amount": str(amount), "payee": payee.party.pk, "replaces": made.replaces_id}
    record(made, "draft", by=by, now=now, after=after)
    return made


@transaction.atomic
def renew(*, order: PaymentOrder, payee: Payee, by: Any, now: datetime) -> PaymentOrder:
    """A new order in place of one that the bank returned or that was cancelled, once; a retry gives the new one.

    The party and the amount stay, the account may be corrected.
    """
    payee = checked(payee)
    held = _held(order.commitment, payee, by)
    old = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if old.state not in _ENDED:
        raise Refusal(_("支付令 %(order)s 还在办理，没有退回或作废，不能重新制单。") % {"order": old})
    if payee.party.pk != old.payee_id:
        raise Refusal(_("重新制单不能换收款主体。"))
    renewed = PaymentOrder.objects.filter(replaces=old).first()
    if renewed is not None:
        return _same(renewed, held, payee, old.amount)
    return _drafted(held, payee, old.amount, old.reason, old.purpose, old.basis, old, by=by, now=now)


def move(order: PaymentOrder, step: str, *, by: Any, now: datetime, note: str = "") -> None:
    """Take a step of the flow with an order whose row is locked; saving what else changed is up to the caller."""
    taken = ORDER.step(order.state, step)
    if not taken.by.check(by, order):
        raise NotAllowed(
            _("您不能对支付令 %(order)s 执行“%(step)s”：制单、审批、付款须由三个人分别办理，且在各自辖区之内。")
            % {"order": order, "step": _(taken.label)}
        )
    if taken.note_required:
        note = filled(note, "note", _("请写明原因，制单人会看到。"), most=300)
    before = order.state
    order.state, order.since = taken.target, now
    if taken.target in _ENDED:
        order.ended_for = note
    record(order, step, by=by, now=now, before={"state": before}, after={"state": order.state}, note=note)


def _locked(order: PaymentOrder) -> tuple[Commitment, PaymentOrder]:
    held = Commitment.objects.select_for_update(of=("self",)).get(pk=order.commitment_id)
    return held, PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)


@transaction.atomic
def approve(*, order: PaymentOrder, by: Any, now: datetime) -> PaymentOrder:
    """Approve an order; never one's own."""
    _held_row, row = _locked(order)
    move(row, "approve", by=by, now=now)
    row.approver = by
    row.save(update_fields=["state", "since", "approver"])
    return row


def _cancelled(order: PaymentOrder, step: str, note: str, *, by: Any, now: datetime) -> PaymentOrder:
    held, row = _locked(order)
    move(row, step, by=by, now=now, note=note)
    row.save(update_fields=["state", "since", "ended_for"])
    held.ordered -= row.amount
    held.save(update_fields=["ordered"])
    return row


@transaction.atomic
def reject(*, order: PaymentOrder, note: str, by: Any, now: datetime) -> PaymentOrder:
    """Refuse an order, drafted or approved but not yet sent; its money stays reserved."""
    return _cancelled(order, "reject", note, by=by, now=now)


@transaction.atomic
def withdraw(*, order: PaymentOrder, note: str, by: Any, now: datetime) -> PaymentOrder:
    """The author takes back what nobody has approved yet."""
    return _cancelled(order, "withdraw", note, by=by, now=now)

"""回单写入: read the bank's file of results, judge every line, book what was paid or came back.

Each line is a transaction of its own: when the machine dies in the middle, what is booked is whole, and reading the
file again books the rest. A line that is booked already changes nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger import access
from kechuang.core.ledger.actions.books import account_of, reverse, transfer
from kechuang.core.ledger.actions.budget import locked
from kechuang.core.ledger.actions.orders import move
from kechuang.core.ledger.files import Result, incoming
from kechuang.core.ledger.models import BudgetLine, Commitment, PaymentOrder, ResultFile
from kechuang.core.ledger.wording import order_number
from kechuang.core.parties.access import require_officer

Outcome = Literal["paid", "returned", "unchanged", "refused"]
_BOOKED = ("paid", "returned")
_CHANGED = ["state", "since", "ended_for", "paid_on", "bank_reference", "returned_on", "entry", "result_file"]


@dataclass(frozen=True)
class Judged:
    """核对结果: a line of the file, its order where there is one, what becomes of it, and why it is refused."""

    result: Result
    order: PaymentOrder | None
    outcome: Outcome
    why: str = ""


def preview(*, name: str, data: bytes, by: Any, now: datetime) -> list[Judged]:
    """What reading the file would do, line by line; nothing is changed."""
    require_officer(by)
    return _judged(incoming(name, data), by, now)


def settle(*, name: str, data: bytes, by: Any, now: datetime) -> list[Judged]:
    """Read the file: book the good lines, refuse the others with their reasons; the same file twice changes nothing."""
    require_officer(by)
    lines = _judged(incoming(name, data), by, now)
    file = _kept(name, data, by=by, now=now)
    return [_settled(line, file, by=by, now=now) for line in lines]


def _judged(results: Sequence[Result], by: Any, now: datetime) -> list[Judged]:
    numbers = {number for result in results if (number := order_number(result.order))}
    rows = {row.pk: row for row in _orders().filter(pk__in=numbers)}
    allowed = set(access.pay_order.filter(by, _orders().filter(pk__in=numbers)).values_list("pk", flat=True))
    seen: set[int] = set()
    judged = []
    for result in results:
        order = rows.get(order_number(result.order) or 0)
        if order is None:
            words = _("没有支付令“%(number)s”，请核对编号。") % {"number": result.order[:30]}
            judged.append(Judged(result, None, "refused", words))
        elif order.pk not in allowed:
            words = _("您是这张支付令的制单人或审批人，或不在辖区之内，请由其他工作人员导入。")
            judged.append(Judged(result, order, "refused", words))
        elif order.pk in seen:
            judged.append(Judged(result, order, "refused", _("同一张支付令在文件里出现了两次，只看第一行。")))
        else:
            seen.add(order.pk)
            judged.append(_judge(result, order, now))
    return judged


def _orders() -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.select_related("batch", "entry", "payee", "commitment__line")


@transaction.atomic
def _kept(name: str, data: bytes, *, by: Any, now: datetime) -> ResultFile:
    digest = hashlib.sha256(data).hexdigest()
    row, new = ResultFile.objects.get_or_create(sha256=digest, defaults={"name": name[:200], "by": by, "at": now})
    if new:
        record(row, "read_results", by=by, now=now, after={"sha256": digest})
    return row


def _judge(result: Result, order: PaymentOrder, now: datetime) -> Judged:
    why = _problem(result, order, now)
    return Judged(result, order, "refused", why) if why else _against_state(result, order)


def _problem(result: Result, order: PaymentOrder, now: datetime) -> str:
    """What speaks against a line, whatever state its order is in."""
    if result.problem:
        return result.problem
    if result.amount != order.amount:
        said = {"given": result.amount, "amount": order.amount}
        return _("金额 %(given)s 元与支付令的 %(amount)s 元不符，没有入账。") % said
    if result.on > timezone.localdate(now):
        return _("日期 %(day)s 还没有到，请核对。") % {"day": result.on}
    if order.batch is not None and result.on < timezone.localdate(order.batch.at):
        return _("日期 %(day)s 早于送出付款的日期，请核对。") % {"day": result.on}
    return ""


def _against_state(result: Result, order: PaymentOrder) -> Judged:
    known = (order.returned_on if result.returned else order.paid_on) == result.on
    if known and (result.returned or order.bank_reference == result.reference):
        return Judged(result, order, "unchanged")
    if order.state == "sent":
        return Judged(result, order, "returned" if result.returned else "paid")
    if order.state == "paid" and result.returned:
        if order.paid_on is not None and result.on < order.paid_on:
            return Judged(result, order, "refused", _("退回日期早于付款日期，请核对。"))
        return Judged(result, order, "returned")
    if order.state == "paid":
        said = {"day": order.paid_on, "reference": order.bank_reference or "—"}
        words = _("已于 %(day)s 支付（流水号 %(reference)s），与这一行不同，没有重复入账。") % said
    elif order.state == "returned":
        words = _("已于 %(day)s 退回：%(why)s。如已重新支付，请填新的支付令号。") % {
            "day": order.returned_on,
            "why": order.ended_for,
        }
    else:
        words = _("这张支付令还没有送出付款，请核对编号。")
    return Judged(result, order, "refused", words)


@transaction.atomic
def _settled(line: Judged, file: ResultFile, *, by: Any, now: datetime) -> Judged:
    if line.order is None or line.outcome not in _BOOKED:
        return line
    budget_line = locked(line.order.commitment.line)
    held = Commitment.objects.select_for_update(of=("self",)).get(pk=line.order.commitment_id)
    order = _orders().select_for_update(of=("self",)).get(pk=line.order.pk)
    judged = _judge(line.result, order, now)  # as it is now that nobody else can change it
    if judged.outcome not in _BOOKED:
        return judged
    order.result_file = file
    book = _paid if judged.outcome == "paid" else _returned
    book(order, held, budget_line, line.result, by=by, now=now)
    order.save(update_fields=_CHANGED)
    held.save(update_fields=["ordered", "paid"])
    budget_line.save(update_fields=["committed", "paid"])
    return judged


def _paid(order: PaymentOrder, held: Commitment, line: BudgetLine, result: Result, *, by: Any, now: datetime) -> None:
    move(order, "settle", by=by, now=now)
    order.paid_on, order.bank_reference = result.on, result.reference
    order.entry = transfer(
        reason=f"{order.reason}/{order.attempt}",
        postings=[(line.account, -order.amount), (account_of(order.payee), order.amount)],
        on=result.on,
        note=f"{order} {order.purpose}",
        by=by,
        now=now,
    )
    held.ordered, held.paid = held.ordered - order.amount, held.paid + order.amount
    line.committed, line.paid = line.committed - order.amount, line.paid + order.amount


def _returned(
    order: PaymentOrder, held: Commitment, line: BudgetLine, result: Result, *, by: Any, now: datetime
) -> None:
    """The money stays reserved for the order that will replace this one."""
    move(order, "return", by=by, now=now, note=result.why)
    order.returned_on = result.on
    if order.entry is None:
        held.ordered -= order.amount
        return
    reverse(entry=order.entry, note=f"{order} {result.why}", on=result.on, by=by, now=now)
    held.paid -= order.amount
    line.committed, line.paid = line.committed + order.amount, line.paid - order.amount

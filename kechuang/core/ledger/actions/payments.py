"""付款写入: send approved orders in a batch, give its files out, once and again with the same bytes."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger import access
from kechuang.core.ledger.files import outgoing
from kechuang.core.ledger.flow import ORDER
from kechuang.core.ledger.models import Batch, BatchFile, PaymentOrder
from kechuang.core.ledger.payees import opened, sealed
from kechuang.kit.refusal import NotAllowed, Refusal, Stale

MOST_ORDERS = 2_000  # a batch is one transaction: it must stay short


@transaction.atomic
def send(*, orders: Collection[int], by: Any, now: datetime) -> Batch:
    """Send approved orders (their numbers) in one batch; the same orders again give the batch that they are in.

    The payer is neither author nor approver of any of them. All belong to the same district's budget.
    """
    rows = _chosen(orders)
    again = _sent_already(rows, by)
    if again is not None:
        return again
    barred = [row for row in rows if not access.pay_order.check(by, row)]
    if barred:
        words = _("您是这些支付令的制单人或审批人，或不在辖区之内，不能付款：%(orders)s。请由第三位工作人员办理。")
        raise NotAllowed(words % {"orders": _names(barred)})
    late = [row for row in rows if row.state != "approved"]
    if late:
        raise Stale(_("这些支付令不是“待付款”，请刷新后重选：%(orders)s。") % {"orders": _names(late)})
    districts = {row.commitment.line.district for row in rows}
    if len(districts) > 1:
        raise Refusal(_("一个批次只能包含同一级财政的支付令，请按市级和区市分开送出。"))
    return _batched(rows, districts.pop(), by=by, now=now)


def _chosen(orders: Collection[int]) -> list[PaymentOrder]:
    wanted = set(orders)
    if not wanted:
        raise Refusal(_("请先选择要付款的支付令。"))
    if len(wanted) > MOST_ORDERS:
        raise Refusal(_("一个批次最多 %(most)s 笔，请分批送出。") % {"most": MOST_ORDERS})
    rows = PaymentOrder.objects.select_for_update(of=("self",)).select_related("commitment__line", "payee", "batch__by")
    found = list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Stale(_("有的支付令已经不存在，请刷新后重选。"))
    return found


def _names(rows: Collection[PaymentOrder]) -> str:
    shown = "、".join(str(row) for row in list(rows)[:5])
    return shown if len(rows) <= 5 else _("%(some)s 等 %(count)s 笔") % {"some": shown, "count": len(rows)}


def _sent_already(rows: Collection[PaymentOrder], by: Any) -> Batch | None:
    """The batch that holds exactly these orders: the button was pressed twice."""
    batches = {row.batch for row in rows}
    batch = batches.pop()
    return batch if batch and not batches and batch.by == by and batch.count == len(rows) else None


def _batched(rows: Collection[PaymentOrder], district: str, *, by: Any, now: datetime) -> Batch:
    total = sum((row.amount for row in rows), Decimal(0))
    batch = Batch.objects.create(district=district, count=len(rows), total=total, by=by, at=now)
    target = ORDER.step("approved", "send").target
    for row in rows:
        row.state, row.since, row.batch, row.payer = target, now, batch, by
    PaymentOrder.objects.bulk_update(rows, ["state", "since", "batch", "payer"])
    hashes = {}
    for kind, data in outgoing(batch, list(rows)).items():
        hashes[str(kind)] = hashlib.sha256(data).hexdigest()
        BatchFile.objects.create(batch=batch, kind=kind, sha256=hashes[str(kind)], sealed=sealed(data))
    # One event for the batch, which every order names: thousands of events would hold up everybody else's.
    after = {"orders": [row.pk for row in rows], "count": batch.count, "total": str(total), "sha256": hashes}
    record(batch, "send", by=by, now=now, after=after)
    return batch


@transaction.atomic
def export(*, batch: Batch, kind: str, by: Any, now: datetime) -> bytes:
    """A file of a batch, byte for byte as it was made; every export is recorded."""
    if not access.export_batch.check(by, batch):
        words = _("付款文件含有完整账号，只给可以付款的工作人员：不是其中任何一张支付令的制单人或审批人。")
        raise NotAllowed(words)
    file = BatchFile.objects.filter(batch=batch, kind=kind).first()
    if file is None:
        raise Refusal(_("付款文件只有 xlsx 和 csv 两种格式。"))
    data = opened(file.sealed)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refusal(_("付款文件与记录的指纹不符，没有导出。请立即联系系统管理员核查。"))
    record(batch, "export", by=by, now=now, after={"kind": kind, "sha256": file.sha256})
    return data

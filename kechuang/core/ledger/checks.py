"""账目核验 checks: whether the books, the budget, the orders and the files say the same."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from kechuang.core.ledger.models import Batch, BatchFile, BudgetLine, CapUse, Commitment, Entry, PaymentOrder, Posting
from kechuang.core.ledger.payees import opened
from kechuang.core.ledger.queries import granting
from kechuang.kit.refusal import Refusal

NIL = Decimal(0)
TRIGGERS = {
    "ledger_entry": ("ledger_entry_kept", "ledger_entry_no_truncate", "ledger_entry_balanced"),
    "ledger_posting": ("ledger_posting_kept", "ledger_posting_no_truncate", "ledger_posting_balanced"),
    "ledger_paymentorder": ("ledger_order_kept", "ledger_order_unchanging"),
    "ledger_batch": ("ledger_batch_kept",),
    "ledger_batchfile": ("ledger_file_kept",),
}


def problems() -> Iterator[str]:
    """Everything that does not agree, in words; nothing when all is well."""
    yield from _guards()
    yield from _entries()
    yield from _lines()
    yield from _commitments()
    yield from _orders()
    yield from _caps()
    yield from _batches()


def _guards() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        awake = {name for (name,) in cursor.fetchall()}
    for table, names in TRIGGERS.items():
        for name in sorted(set(names) - awake):
            yield _("表 %(table)s 的触发器 %(name)s 不在或已停用，账目可能被改动。") % {"table": table, "name": name}


def _entries() -> Iterator[str]:
    odd = Entry.objects.annotate(sum=Sum("postings__amount"), found=Count("postings"))
    for entry in odd.exclude(sum=0, found=F("lines")).order_by("pk"):
        yield _("凭证 %(entry)s 不平：%(found)s 条分录，合计 %(sum)s 元。") % {
            "entry": entry,
            "found": entry.found,
            "sum": entry.sum,
        }
    total = Posting.objects.aggregate(sum=Sum("amount"))["sum"] or NIL
    if total:
        yield _("试算不平：全部分录合计 %(total)s 元，应为零。") % {"total": total}


def _sums(rows: Any, key: str, value: str) -> dict[int, Decimal]:
    return dict(rows.order_by().values_list(key).annotate(sum=Sum(value)))


def _told(what: object, name: str, here: Decimal, there: Decimal) -> Iterator[str]:
    if here != there:
        yield _("%(what)s 的%(name)s记为 %(here)s 元，明细合计 %(there)s 元。") % {
            "what": what,
            "name": name,
            "here": here,
            "there": there,
        }


def _lines() -> Iterator[str]:
    held = _sums(Commitment.objects.all(), "line", "amount")
    released = _sums(Commitment.objects.all(), "line", "released")
    paid = _sums(Commitment.objects.all(), "line", "paid")
    granted = _sums(Posting.objects.filter(entry__in=granting()), "account", "amount")
    standing = _sums(Posting.objects.all(), "account", "amount")
    for line in BudgetLine.objects.order_by("pk"):
        gone = paid.get(line.pk, NIL)
        committed = held.get(line.pk, NIL) - released.get(line.pk, NIL) - gone
        yield from _told(line, _("占用"), line.committed, committed)
        yield from _told(line, _("已支付"), line.paid, gone)
        yield from _told(line, _("预算额"), line.amount, granted.get(line.account_id, NIL))
        yield from _told(line, _("账户余额"), line.amount - line.paid, standing.get(line.account_id, NIL))


def _commitments() -> Iterator[str]:
    under_way = PaymentOrder.objects.filter(state__in=("drafted", "approved", "sent"))
    ordered = _sums(under_way, "commitment", "amount")
    paid = _sums(PaymentOrder.objects.filter(state="paid"), "commitment", "amount")
    for row in Commitment.objects.order_by("pk"):
        yield from _told(row, _("支付中"), row.ordered, ordered.get(row.pk, NIL))
        yield from _told(row, _("已支付"), row.paid, paid.get(row.pk, NIL))


def _orders() -> Iterator[str]:
    booked = PaymentOrder.objects.exclude(entry=None).select_related("entry__reversal", "commitment__line__account")
    for order in booked.prefetch_related("entry__postings__account").order_by("pk"):
        entry = order.entry
        assert entry is not None
        moves = {p.account.party_id or p.account.code: p.amount for p in entry.postings.all()}
        if moves != {order.payee_id: order.amount, order.commitment.line.account.code: -order.amount}:
            yield _("支付令 %(order)s 与凭证 %(entry)s 的金额或账户不符。") % {"order": order, "entry": entry}
        if hasattr(entry, "reversal") != (order.state == "returned"):
            yield _("支付令 %(order)s 的状态与凭证 %(entry)s 是否冲销不符。") % {"order": order, "entry": entry}
    same = Q(approver=F("author")) | Q(payer=F("author")) | Q(payer=F("approver"))
    for order in PaymentOrder.objects.filter(same):
        yield _("支付令 %(order)s 的制单、审批、付款不是三个人。") % {"order": order}


def _caps() -> Iterator[str]:
    takes = CapUse.objects.annotate(taken=Sum("takes__granted", filter=Q(takes__given_back_at=None)))
    for use in takes.order_by("pk"):
        yield from _told(use, _("已用限额"), use.used, use.taken or NIL)


def _batches() -> Iterator[str]:
    for batch in Batch.objects.annotate(found=Count("orders"), sum=Sum("orders__amount")).order_by("pk"):
        yield from _told(batch, _("控制总额"), batch.total, batch.sum or NIL)
        yield from _told(batch, _("笔数"), Decimal(batch.count), Decimal(batch.found))
    for file in BatchFile.objects.select_related("batch").order_by("pk").iterator(chunk_size=20):
        try:
            intact = hashlib.sha256(opened(file.sealed)).hexdigest() == file.sha256
        except Refusal as refusal:
            yield f"{file}: {refusal.message}"
            continue
        if not intact:
            yield _("付款文件 %(file)s 与记录的指纹不符。") % {"file": file}

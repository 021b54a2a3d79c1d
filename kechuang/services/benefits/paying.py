"""付款办理 paying: approve and send orders, read the bank's file; nobody who is blocked is paid."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.ledger import access as ledger
from kechuang.core.ledger.actions import orders, payments, results
from kechuang.core.ledger.actions.results import Judged
from kechuang.core.ledger.models import Batch, PaymentOrder
from kechuang.core.ledger.wording import case_number
from kechuang.core.parties.access import require_officer
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.benefits import access
from kechuang.services.benefits.clock import follow
from kechuang.services.benefits.integrity import require_clear
from kechuang.services.benefits.models import BankFile, Benefit

BOOK_TASK = "kechuang.services.benefits.tasks.book_file"
AT_ONCE = 200  # so many lines are booked while the officer waits
LARGEST = 20_000_000  # bytes


@transaction.atomic
def approve(*, order: PaymentOrder, by: Any, now: datetime) -> PaymentOrder:
    """Approve an order; refused with the decision's reference where the payee is blocked."""
    if ledger.approve_order.check(by, order):  # who may not approve is told that, and nothing of the payee
        require_clear(order.payee, timezone.localdate(now))
    return orders.approve(order=order, by=by, now=now)


@transaction.atomic
def reject(*, order: PaymentOrder, note: str, by: Any, now: datetime) -> PaymentOrder:
    """Refuse an order, or take one's own back; its case then waits for a new one or is reversed."""
    cancel = orders.withdraw if order.author_id == by.pk else orders.reject
    row = cancel(order=order, note=note, by=by, now=now)
    _follow([row], now)
    return row


@transaction.atomic
def send(*, numbers: Collection[int], by: Any, now: datetime) -> Batch:
    """Send approved orders to the finance system; one payee who is blocked stops the batch and is named."""
    for row in PaymentOrder.objects.filter(pk__in=numbers).select_related("payee"):
        if ledger.pay_order.check(by, row):
            require_clear(row.payee, timezone.localdate(now))
    return payments.send(orders=numbers, by=by, now=now)


@transaction.atomic
def upload(*, name: str, data: bytes, by: Any, now: datetime) -> BankFile:
    """Keep a bank's file for the preview; refused where it is no such file."""
    require_officer(by)
    if len(data) > LARGEST:
        raise Refusal(_("文件超过 20 MB，请分成几个文件。"), fields={"file": _("文件超过 20 MB，请分成几个文件。")})
    results.preview(name=name, data=data, by=by, now=now)
    return BankFile.objects.create(name=name[:200], data=data, by=by, at=now)


def preview(*, file: BankFile, by: Any, now: datetime) -> list[Judged]:
    """What booking the file would do now, line by line."""
    return results.preview(name=file.name, data=bytes(file.data), by=by, now=now)


@transaction.atomic
def confirm(*, file: BankFile, by: Any, now: datetime) -> BankFile:
    """Book the file: small ones at once, large ones in the background; pressed twice it is booked once."""
    row = BankFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if not access.own_file.check(by, row):
        raise NotAllowed(_("由上传的人确认入账。"))
    if row.state != BankFile.State.READ:
        raise Stale(_("这份回单%(state)s。") % {"state": row.get_state_display()})
    row.state = BankFile.State.RUNNING
    row.save(update_fields=["state"])
    lines = len(preview(file=row, by=by, now=now))
    transaction.on_commit(lambda: _begin(row.pk, lines, now))
    return row


def _begin(pk: int, lines: int, now: datetime) -> None:
    if lines <= AT_ONCE:
        book(pk, now=now)
        return
    try:
        app.configure_task(BOOK_TASK, queueing_lock=f"benefits.file:{pk}").defer(pk=pk)
    except AlreadyEnqueued:
        return


def book(pk: int, *, now: datetime) -> BankFile:
    """Book what is good, line by line, and move the cases on; a run that broke off is simply run again."""
    file = BankFile.objects.select_related("by").get(pk=pk)
    if file.state != BankFile.State.RUNNING:
        return file
    found = results.settle(name=file.name, data=bytes(file.data), by=file.by, now=now)
    _follow([line.order for line in found if line.order is not None], now)
    file.counts, file.state, file.finished_at = Counter(line.outcome for line in found), BankFile.State.DONE, now
    file.save(update_fields=["counts", "state", "finished_at"])
    return file


def _follow(rows: Collection[PaymentOrder], now: datetime) -> None:
    numbers = {case_number(row.reason) for row in rows}
    for benefit in Benefit.objects.filter(case__in=[n for n in numbers if n]).select_related("case"):
        follow(benefit, now=now)

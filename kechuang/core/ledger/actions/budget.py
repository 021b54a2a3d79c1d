"""预算写入: open, raise, cut and carry over lines; reserve parts of them and give those back.

Locks are taken in one order everywhere: line, commitment, order. So two who spend from a line wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger import access
from kechuang.core.ledger.actions.books import Move, source_of, transfer
from kechuang.core.ledger.amounts import exact, filled, said
from kechuang.core.ledger.models import Account, BudgetLine, Commitment, Entry
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed, Refusal


@transaction.atomic
def open_line(
    *,
    year: int,
    code: str,
    label: str,
    authority: str,
    amount: Decimal,
    basis: str,
    by: Any,
    now: datetime,
    district: str = "",
) -> BudgetLine:
    """Open a line of a year with its amount and the document that grants it."""
    if not access.may_open_line(by, district):
        raise NotAllowed(_("预算科目由本级主管部门设立。如需设立，请联系市级或本区市主管部门。"))
    code = filled(code, "code", _("请填写科目代码。"), most=40)
    label = filled(label, "label", _("请填写科目名称。"), most=120)
    basis = filled(basis, "basis", _("请填写下达预算的文件号。"), most=100)
    amount = exact(amount)
    _check_new(year, code, authority, district)
    account = Account.objects.create(
        code=f"line:{year}:{district or 'city'}:{authority}:{code}",
        label=f"{year} {label}",
        kind=Account.Kind.LINE,
        district=district,
    )
    line = BudgetLine.objects.create(
        year=year,
        code=code,
        label=label,
        authority=authority,
        district=district,
        basis=basis,
        amount=amount,
        account=account,
        opened_at=now,
    )
    _grant(line, by=by, now=now)
    record(line, "open_line", by=by, now=now, after={"amount": str(amount), "basis": basis})
    return line


def _grant(line: BudgetLine, *, by: Any, now: datetime) -> None:
    moves = [(source_of(line.district), -line.amount), (line.account, line.amount)]
    transfer(reason=f"line:{line.pk}:open", postings=moves, note=line.basis, by=by, now=now)


def _check_new(year: int, code: str, authority: str, district: str) -> None:
    if authority not in dict(vocab.choices("authority")):
        raise Refusal(_("请从列表中选择主管部门。"), fields={"authority": _("请从列表中选择主管部门。")})
    if BudgetLine.objects.filter(year=year, code=code, authority=authority, district=district).exists():
        words = _("%(year)s 年已有科目 %(code)s，请在原科目上调整预算额。") % {"year": year, "code": code}
        raise Refusal(words, fields={"code": words})


def locked(line: BudgetLine) -> BudgetLine:
    """The line as it is now; whoever else spends from it waits."""
    return BudgetLine.objects.select_for_update(of=("self",)).select_related("account").get(pk=line.pk)


def _managed(line: BudgetLine, by: Any) -> BudgetLine:
    line = locked(line)
    if not access.manage_line.check(by, line):
        raise NotAllowed(_("这个预算科目不在您的管辖范围内。"))
    return line


def _booked(reason: str, moves: Sequence[Move], *, note: str, by: Any, now: datetime) -> bool:
    """Book, and tell whether it is new: a retry changes nothing else either."""
    new = not Entry.objects.filter(reason=reason).exists()
    transfer(reason=reason, postings=moves, note=note, by=by, now=now)
    return new


@transaction.atomic
def change_line(
    *, line: BudgetLine, change: Decimal, document: str, by: Any, now: datetime, note: str = ""
) -> BudgetLine:
    """Raise a line by ``change``, or cut it (negative). One document changes one line once."""
    line = _managed(line, by)
    document = filled(document, "document", _("请填写调整预算的文件号。"), most=100)
    amount = exact(abs(change), "change").copy_sign(change)
    moves = [(source_of(line.district), -amount), (line.account, amount)]
    reason = f"line:{line.pk}:change:{document}"
    if not Entry.objects.filter(reason=reason).exists() and line.left + amount < 0:
        words = _("最多可以调减 %(left)s：其余已经占用或支付。请先释放占用。") % {"left": said(line.left)}
        raise Refusal(words, fields={"change": words})
    if _booked(reason, moves, note="；".join(filter(None, (document, note))), by=by, now=now):
        before = line.amount
        line.amount = before + amount
        line.carried_over = min(line.carried_over, line.amount)
        line.save(update_fields=["amount", "carried_over"])
        after = {"amount": str(line.amount), "document": document}
        record(line, "change_line", by=by, now=now, before={"amount": str(before)}, after=after, note=note)
    return line


@transaction.atomic
def carry_over(*, old: BudgetLine, new: BudgetLine, document: str, by: Any, now: datetime) -> BudgetLine:
    """Carry what is left of a line over to a line of a later year; returns the new line."""
    document = filled(document, "document", _("请填写批准结转的文件号。"), most=100)
    first, second = sorted((old, new), key=lambda line: line.pk)
    rows = {line.pk: _managed(line, by) for line in (first, second)}
    old, new = rows[old.pk], rows[new.pk]
    if new.year <= old.year or (new.authority, new.district) != (old.authority, old.district):
        raise Refusal(_("只能结转到同一主管部门以后年度的科目。"))
    reason = f"line:{old.pk}:carry:{document}"
    if Entry.objects.filter(reason=reason).exists():
        return new
    left = exact(old.left, "old") if old.left > 0 else None
    if left is None:
        raise Refusal(_("这个科目没有可以结转的余额。"))
    transfer(reason=reason, postings=[(old.account, -left), (new.account, left)], note=document, by=by, now=now)
    for row, moved in ((old, -left), (new, left)):
        before, row.amount = row.amount, row.amount + moved
        row.carried_over = row.carried_over + moved if row is new else min(row.carried_over, row.amount)
        row.save(update_fields=["amount", "carried_over"])
        after = {"amount": str(row.amount), "document": document}
        record(row, "carry_over", by=by, now=now, before={"amount": str(before)}, after=after)
    return new


@transaction.atomic
def reserve(
    *,
    line: BudgetLine,
    amount: Decimal,
    reason: str,
    by: Any,
    now: datetime,
    party: Party | None = None,
    note: str = "",
) -> Commitment:
    """Reserve part of a line, once for each reason; a retry gives the commitment that is there.

    Raises Refusal, with what is left, when the line does not suffice.
    """
    amount = exact(amount)
    line = locked(line)
    if not access.manage_line.check(by, line):
        raise NotAllowed(_("这个预算科目不在您的管辖范围内。"))
    found = Commitment.objects.filter(reason=reason).first()
    if found is not None:
        return _same(found, line, amount, party)
    if amount > line.left:
        words = _("“%(line)s”可用余额为 %(left)s，不足 %(amount)s，没有占用。请调减金额、改用其他科目，或先调增预算。")
        raise Refusal(
            words % {"line": line, "left": said(line.left), "amount": said(amount)},
            fields={"amount": _("可用余额为 %(left)s。") % {"left": said(line.left)}},
        )
    try:
        with transaction.atomic():
            made = Commitment.objects.create(
                line=line, amount=amount, reason=reason, party=party, note=note[:300], by=by, at=now
            )
    except IntegrityError:  # the same reason on another line, in this moment
        return _same(Commitment.objects.get(reason=reason), line, amount, party)
    line.committed += amount
    line.save(update_fields=["committed"])
    record(made, "reserve", by=by, now=now, after={"line": line.pk, "amount": str(amount), "reason": reason})
    return made


def _same(found: Commitment, line: BudgetLine, amount: Decimal, party: Party | None) -> Commitment:
    if (found.line_id, found.amount, found.party_id) != (line.pk, amount, party.pk if party else None):
        words = _("事由“%(reason)s”已经占用预算，科目、金额或单位与这次不同，没有重复占用。")
        raise Refusal(words % {"reason": found.reason})
    if found.released == found.amount:
        raise Refusal(_("事由“%(reason)s”的占用已经释放。请用新的办件重新申请。") % {"reason": found.reason})
    return found


@transaction.atomic
def release(*, commitment: Commitment, note: str, by: Any, now: datetime) -> Commitment:
    """Give back what no order takes; the caller judges who may. Nothing left to give is no error.

    Whoever withdraws a case must be able to do this, so it does not ask for a post.
    """
    line = locked(commitment.line)
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    given = row.free
    if given:
        row.released += given
        row.save(update_fields=["released"])
        line.committed -= given
        line.save(update_fields=["committed"])
        record(row, "release", by=by, now=now, after={"released": str(given)}, note=note)
    return row

"""兑付办理 granting: what happens with the steps of a case: hold money, begin the notice, order, give back."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.assignment import somebody_else
from kechuang.core.cases.models import Case
from kechuang.core.ledger.actions import budget, caps, orders
from kechuang.core.ledger.models import Commitment
from kechuang.core.policy.queries import pack_of
from kechuang.core.publicity import actions as publicity
from kechuang.core.publicity.queries import has_open
from kechuang.kit.refusal import Refusal
from kechuang.services.benefits import queries
from kechuang.services.benefits.actions import locked, payee_of
from kechuang.services.benefits.integrity import require_clear
from kechuang.services.benefits.models import Benefit


def note_check(case: Case, *, by: Any, now: datetime) -> None:
    """Who checked first; effect of the first check. The review waits for somebody else."""
    Benefit.objects.filter(case=case).update(checker=by)
    other = somebody_else(case, by.pk)
    if other is not None and by.pk in (case.assignee_id, case.carers.get("officer")):
        case.carers = case.carers | {"officer": other}


def to_notice(case: Case, *, by: Any, now: datetime) -> None:
    """Hold the money and begin the public notice; effect of the review."""
    row = locked(case.benefit)
    if row.line is None or row.reviewer_id != by.pk:
        raise Refusal(_("请在“复核”页选择预算科目。"))
    require_clear(row.party, timezone.localdate(now))
    if row.line.year != row.year or row.line.district != row.version.district:
        raise Refusal(_("这个预算科目不是该政策本级、本年度的科目，请重新选择。"))
    hold(row, by=by, now=now)
    begin_notice(row, case, now=now)


def hold(row: Benefit, *, by: Any, now: datetime) -> None:
    """Take from the cap what it still gives, and reserve that much of the line; nobody else can spend it then."""
    pack, computed = pack_of(row.version), row.computed
    if computed is None or row.line is None or row.verdict is None:
        raise Refusal(_("这份申报还没有结论，不能核定金额。"))
    key, cap = queries.cap_key(pack, row.party, row.year, row.item), queries.cap_of(pack, row.verdict.on)
    granted = computed
    if key is not None and cap is not None:
        granted = caps.take(key=key, cap=cap, wanted=computed, reason=row.reason, by=by, now=now).granted
        if granted <= 0:
            words = _("“%(label)s”已经用完，这一件核定不出金额。请以“限额已用完”不予支持。")
            raise Refusal(words % {"label": key.label})
    budget.reserve(
        line=row.line, amount=granted, reason=row.reason, party=row.party, note=str(row)[:300], by=by, now=now
    )
    row.amount = granted
    row.save(update_fields=["amount", "line", "reviewer"])


def begin_notice(row: Benefit, case: Case, *, now: datetime) -> None:
    """Public notice of name, amount and clause from today on."""
    days = queries.notice_days(pack_of(row.version))
    publicity.begin(case=case, days=days, matter=row.version.title, amount=row.amount, now=now)


def accept(case: Case, *, by: Any, now: datetime) -> None:
    """Begin the public notice of what was offered and confirmed; effect of the one-click confirmation."""
    row = locked(case.benefit)
    payee_of(row)
    require_clear(row.party, timezone.localdate(now))
    run = row.run
    if run is None or run.line is None or run.confirmed_by is None:
        raise Refusal(_("这一件不是免申即享，请按申报办理。"))
    row.line = run.line
    hold(row, by=run.confirmed_by, now=now)
    begin_notice(row, case, now=now)


def ask_supplement(case: Case, *, by: Any, now: datetime) -> None:
    """一次性补正: everything that is wanted, named once; a second request is impossible. Effect of the request."""
    row = locked(case.benefit)
    if row.supplement:
        raise Refusal(_("已经要求过一次补正，不能再次要求。请按现有材料办理。"))
    row.supplement = case.note
    row.save(update_fields=["supplement"])


def draft_order(case: Case, *, by: Any, now: datetime) -> None:
    """Draft the payment order out of what is reserved, or anew after one came back; effect of the approval."""
    row = locked(case.benefit)
    require_clear(row.party, timezone.localdate(now))
    if has_open(row.case):
        raise Refusal(_("还有异议没有处理，不能核定。"))
    if row.amount is None:
        raise Refusal(_("这一件还没有核定金额。"))
    last = queries.order_of(row)
    if last is not None:
        orders.renew(order=last, payee=payee_of(row), by=by, now=now)
        return
    held = Commitment.objects.get(reason=row.reason)
    basis = " ".join(filter(None, (row.version.title, row.version.clause)))[:200]
    orders.draft(
        commitment=held,
        payee=payee_of(row),
        amount=row.amount,
        reason=row.reason,
        purpose=row.case.title[:120],
        basis=basis,
        by=by,
        now=now,
    )


def give_up(case: Case, *, by: Any, now: datetime) -> None:
    """Refused, withdrawn or reversed: an order that is not out is cancelled; cap and budget go back."""
    row = locked(case.benefit)
    order = queries.order_of(row)
    note = case.note or _("办件终止")
    if order is not None and order.state in ("sent", "paid"):
        raise Refusal(_("支付令 %(order)s 已送出付款，不能终止；请等银行回单。") % {"order": order})
    if order is not None and order.state in ("drafted", "approved"):
        cancel = orders.withdraw if order.author_id == by.pk and order.state == "drafted" else orders.reject
        cancel(order=order, note=note[:300], by=by, now=now)
    caps.give_back(reason=row.reason, note=note, by=by, now=now)
    held = Commitment.objects.filter(reason=row.reason).first()
    if held is not None:
        budget.release(commitment=held, note=note, by=by, now=now)
    row.ended_at = now
    row.save(update_fields=["ended_at"])

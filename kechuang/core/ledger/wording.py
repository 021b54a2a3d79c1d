"""资金措辞 wording: numbers, masked accounts, caps and budget lines in words, for pages and files."""

import re
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.ledger.amounts import said
from kechuang.core.ledger.flow import ORDER
from kechuang.core.ledger.models import BudgetLine, CapTake, PaymentOrder
from kechuang.core.vocab.calendar import calendar

_ORDER_NUMBER = re.compile(r"(?:KC-)?ZF-?0*([1-9][0-9]{0,17})", re.IGNORECASE)
_CASE = re.compile(r"case:([0-9]+)(?::.*)?")
WAITS_FOR = {
    "approver": gettext_noop("另一位工作人员审批"),
    "payer": gettext_noop("第三位工作人员付款"),
    "bank": gettext_noop("银行回单"),
}


def order_number(text: str) -> int | None:
    """The number of the order that a text such as ``KC-ZF-00000017`` names."""
    found = _ORDER_NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def case_number(reason: str) -> int | None:
    """The case for which money moved: 17 out of ``case:17:grant``; the reason of an entry leads back to it."""
    found = _CASE.fullmatch(reason)
    return int(found[1]) if found else None


def masked(order: PaymentOrder) -> str:
    """The account as people may see it."""
    return f"{order.bank} **** {order.tail}"


def state_words(order: PaymentOrder) -> str:
    """The state of an order and whom it waits for."""
    state = ORDER.states[order.state]
    words = _(state.label)
    if state.owner:
        return _("%(state)s，等%(owner)s") % {"state": words, "owner": _(WAITS_FOR[state.owner])}
    return f"{words}：{order.ended_for}" if order.ended_for else words


def due_on(order: PaymentOrder) -> date | None:
    """By when somebody should act; None where nobody has to."""
    days = ORDER.states[order.state].days
    return calendar().after(timezone.localdate(order.since), days) if days else None


def cap_words(take: CapTake) -> str:
    """What a cap left of a claim: named when it bites."""
    given = {
        "label": take.use.label,
        "cap": said(take.cap),
        "before": said(take.before),
        "wanted": said(take.wanted),
        "granted": said(take.granted),
        "over": said(take.wanted - take.granted),
    }
    if take.granted == take.wanted:
        return _("%(label)s为 %(cap)s，此前已用 %(before)s，本次 %(wanted)s 全额计入。") % given
    return (
        _("%(label)s为 %(cap)s，此前已用 %(before)s，本次 %(wanted)s 计 %(granted)s，超出的 %(over)s 不予支付。")
        % given
    )


def line_words(line: BudgetLine) -> str:
    """A budget line in one sentence."""
    given = {
        "amount": said(line.amount),
        "committed": said(line.committed),
        "paid": said(line.paid),
        "left": said(line.left),
    }
    return _("预算 %(amount)s，已占用 %(committed)s，已支付 %(paid)s，可用 %(left)s。") % given

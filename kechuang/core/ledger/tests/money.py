"""测试钱款 money: a line, three officers, and the way of an order, for the tests of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from kechuang.core.ledger.actions import budget, orders, payments, results
from kechuang.core.ledger.files import AMOUNT, DAY, ORDER, PAID, REFERENCE, RESULT, RETURNED, WHY
from kechuang.core.ledger.models import BudgetLine, Commitment, PaymentOrder
from kechuang.core.ledger.payees import Payee
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import User
from kechuang.kit.workbooks import csv_table
from tests.city import NOW, City, person

LATER = NOW + timedelta(days=3)
WAN = Decimal(10_000)
NUMBER = "6222021234567890123"
HEADS = (ORDER, AMOUNT, RESULT, DAY, REFERENCE, WHY)


@dataclass
class Office:
    """Three officers of the city and a line of 100 万元."""

    city: City
    author: User
    approver: User
    payer: User
    line: BudgetLine

    def reserve(self, amount: Decimal = 30 * WAN, reason: str = "case:17:grant") -> Commitment:
        return budget.reserve(
            line=self.line, amount=amount, reason=reason, party=self.city.company, by=self.author, now=NOW
        )

    def payee(self, number: str = NUMBER) -> Payee:
        return Payee(self.city.company, self.city.company.name, "示例银行胶州支行", number)

    def draft(self, held: Commitment | None = None, **changes: Any) -> PaymentOrder:
        held = held or self.reserve()
        given: dict[str, Any] = {
            "commitment": held,
            "payee": self.payee(),
            "amount": held.amount,
            "reason": held.reason,
            "purpose": "示例奖补资金",
            "by": self.author,
            "now": NOW,
        }
        return orders.draft(**given | changes)

    def approved(self, order: PaymentOrder | None = None) -> PaymentOrder:
        return orders.approve(order=order or self.draft(), by=self.approver, now=NOW)

    def sent(self, order: PaymentOrder | None = None) -> PaymentOrder:
        if order is None or order.state == "drafted":
            order = self.approved(order)
        payments.send(orders=[order.pk], by=self.payer, now=NOW)
        return again(order)

    def settle(self, *rows: Sequence[Any], by: User | None = None) -> list[results.Judged]:
        return results.settle(name="回单.csv", data=bank_file(*rows), by=by or self.payer, now=LATER)

    def paid(self, order: PaymentOrder | None = None) -> PaymentOrder:
        order = self.sent(order)
        self.settle(paid(order))
        return again(order)

    def figures(self) -> tuple[Any, Any, Any]:
        """What of the line is committed, paid, left."""
        self.line.refresh_from_db()
        return self.line.committed, self.line.paid, self.line.left


def office(city: City, amount: Decimal = 100 * WAN) -> Office:
    """Two more officers, and the line."""
    approver, payer = person("approver"), person("payer")
    for user in (approver, payer):
        appoint(user=user, role="officer", by=None, now=NOW)
    line = budget.open_line(
        year=2026,
        code="2060404",
        label="示例科技成果转化奖补",
        authority="qd-kjj",
        amount=amount,
        basis="示例预〔2026〕1号",
        by=city.officer,
        now=NOW,
    )
    return Office(city, city.officer, approver, payer, line)


def again(order: PaymentOrder) -> PaymentOrder:
    """The order as the database has it now."""
    return PaymentOrder.objects.get(pk=order.pk)


def paid(order: PaymentOrder, **changes: str) -> tuple[Any, ...]:
    """A line of the bank's file: paid."""
    given = {"number": str(order), "amount": f"{order.amount}", "on": "2026-11-19", "reference": f"B{order.pk}"}
    row = given | changes
    return row["number"], row["amount"], PAID, row["on"], row["reference"], ""


def returned(order: PaymentOrder, on: str = "2026-11-20", why: str = "户名不符") -> tuple[Any, ...]:
    """A line of the bank's file: sent back."""
    return str(order), f"{order.amount}", RETURNED, on, "", why


def bank_file(*rows: Sequence[Any]) -> bytes:
    """The bank's file."""
    return csv_table(HEADS, rows)

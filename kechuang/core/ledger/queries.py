"""资金查询: balances, the statement of a line, what a party received; every number opens to its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from kechuang.core.ledger import access
from kechuang.core.ledger.models import Account, Batch, BudgetLine, CapUse, Commitment, Entry, PaymentOrder, Posting
from kechuang.core.parties.models import Party

NIL = Decimal(0)


def lines(user: Any) -> QuerySet[BudgetLine]:
    """The budget lines that the user manages."""
    return access.manage_line.filter(user, BudgetLine.objects.all()).select_related("account")


def orders(user: Any) -> QuerySet[PaymentOrder]:
    """The orders that the user may see, with what a list shows of them."""
    related = ("payee", "commitment__line", "author", "approver", "payer", "batch", "entry")
    return access.view_order.filter(user, PaymentOrder.objects.all()).select_related(*related)


def to_approve(user: Any) -> QuerySet[PaymentOrder]:
    """Orders that wait for the user's approval, the oldest first."""
    return access.approve_order.filter(user, orders(user).filter(state="drafted")).order_by("since", "pk")


def to_pay(user: Any) -> QuerySet[PaymentOrder]:
    """Orders that the user may send to be paid, the oldest first."""
    return access.pay_order.filter(user, orders(user).filter(state="approved")).order_by("since", "pk")


def batches(user: Any) -> QuerySet[Batch]:
    """The batches that the user may see."""
    return access.view_batch.filter(user, Batch.objects.all()).select_related("by")


def for_case(case: int) -> QuerySet[PaymentOrder]:
    """The orders of a case: their reasons begin with ``case:17:``. From each its entry follows, or its renewal."""
    rows = PaymentOrder.objects.filter(reason__startswith=f"case:{case}:")
    return rows.select_related("payee", "commitment__line", "batch", "entry").order_by("pk")


def postings(account: Account, *, until: date | None = None, year: int | None = None) -> QuerySet[Posting]:
    """What moved on an account, the oldest first; up to a day, or in one year."""
    rows = Posting.objects.filter(account=account).select_related("entry__by", "entry__reverses")
    if until is not None:
        rows = rows.filter(entry__on__lte=until)
    if year is not None:
        rows = rows.filter(entry__period__range=(year * 100, year * 100 + 99))
    return rows.order_by("entry__on", "pk")


def balance(account: Account, on: date) -> Decimal:
    """What stands on an account at the end of a day."""
    return postings(account, until=on).aggregate(sum=Sum("amount"))["sum"] or NIL


@dataclass(frozen=True)
class Balance:
    """余额: an account and what stands on it."""

    account: Account
    amount: Decimal


def trial_balance(on: date) -> list[Balance]:
    """What stands on every account at the end of a day; the amounts sum to nothing."""
    rows = Account.objects.filter(postings__entry__on__lte=on).annotate(standing=Sum("postings__amount"))
    return [Balance(row, row.standing) for row in rows.order_by("code")]


@dataclass(frozen=True)
class Statement:
    """科目结算单: the figures of a line, each with its list; ``granted`` minus ``paid`` is the account's balance."""

    line: BudgetLine
    granted: QuerySet[Posting]  # sums to the amount
    held: QuerySet[Commitment]  # what they hold sums to what is committed
    paid: QuerySet[PaymentOrder]  # sums to what is paid
    under_way: Mapping[str, Decimal]  # by state of order

    @property
    def left(self) -> Decimal:
        """What may still be reserved."""
        return self.line.left


def statement(line: BudgetLine) -> Statement:
    """The statement of a line as it is now."""
    of_line = PaymentOrder.objects.filter(commitment__line=line).select_related("payee", "entry")
    under_way = of_line.filter(state__in=("drafted", "approved", "sent")).order_by().values_list("state")
    return Statement(
        line=line,
        granted=postings(line.account).filter(entry__in=granting()),
        held=Commitment.objects.filter(line=line, amount__gt=F("paid") + F("released")).select_related("party"),
        paid=of_line.filter(state="paid"),
        under_way=dict(under_way.annotate(sum=Sum("amount"))),
    )


def granting() -> QuerySet[Entry]:
    """Entries that give lines their money, or take it: those that pay no order and take no payment back."""
    return Entry.objects.filter(order=None).filter(Q(reverses=None) | Q(reverses__order=None))


@dataclass(frozen=True)
class Received:
    """到账: what a party received in a year, after what went back."""

    year: int
    amount: Decimal


def received(party: Party) -> list[Received]:
    """What a party received, year by year; ``postings(account, year=…)`` is the list behind each figure."""
    rows = Posting.objects.filter(account__party=party).annotate(year=ExtractYear("entry__on")).order_by("year")
    return [Received(year, amount) for year, amount in rows.values_list("year").annotate(sum=Sum("amount"))]


def order_of(entry: Entry) -> PaymentOrder | None:
    """The order that an entry paid, or whose payment it takes back: the way from a figure to its case."""
    paid = PaymentOrder.objects.select_related("payee", "commitment__line")
    return paid.filter(Q(entry=entry) | Q(entry=entry.reverses_id, entry__isnull=False)).first()


def caps_of(party: Party) -> QuerySet[CapUse]:
    """The caps of which a party has used something."""
    return CapUse.objects.filter(party=party).prefetch_related("takes")

"""资金账 ledger models: books 账簿, budget 预算, caps 限额, orders 支付令."""

from kechuang.core.ledger.models.books import Account, Entry, Posting
from kechuang.core.ledger.models.budget import BudgetLine, Commitment
from kechuang.core.ledger.models.caps import CapTake, CapUse
from kechuang.core.ledger.models.orders import Batch, BatchFile, PaymentOrder, ResultFile

__all__ = [
    "Account",
    "Batch",
    "BatchFile",
    "BudgetLine",
    "CapTake",
    "CapUse",
    "Commitment",
    "Entry",
    "PaymentOrder",
    "Posting",
    "ResultFile",
]

"""账簿 books: accounts, entries and postings, in double entry."""

from django.db import models
from django.db.models.functions import ExtractMonth, ExtractYear

from kechuang.core.parties.models import Party, User


class Account(models.Model):
    """账户: where money comes from, a budget line, or a party that receives; ``district`` empty is the city."""

    class Kind(models.TextChoices):
        SOURCE = "source", "拨款来源"
        LINE = "line", "预算科目"
        PARTY = "party", "收款主体"

    code = models.CharField("编码", max_length=120, unique=True)
    label = models.CharField("名称", max_length=160)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    party = models.OneToOneField(
        Party, models.PROTECT, related_name="account", null=True, blank=True, verbose_name="主体"
    )
    district = models.CharField("区市", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="party", party__isnull=False) | ~models.Q(kind="party") & models.Q(party=None),
                name="ledger_account_of_party",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Entry(models.Model):
    """凭证: why money moved, once for each ``reason``. Triggers forbid change and deletion.

    ``lines`` is the number of postings: with their sum it is checked when the transaction ends, so that nothing can be
    added later either. ``period`` is the month as 202611. An entry is corrected by one that ``reverses`` it, once.
    """

    reason = models.CharField("事由", max_length=160, unique=True)
    on = models.DateField("日期", db_index=True)
    period = models.PositiveIntegerField("会计期间")
    lines = models.PositiveSmallIntegerField("分录数")
    note = models.CharField("摘要", max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, related_name="reversal", null=True, blank=True, verbose_name="冲销"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="记账人")
    at = models.DateTimeField("记账时间")

    class Meta:
        verbose_name = verbose_name_plural = "凭证"
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(lines__gte=2), name="ledger_entry_two_sides"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="ledger_entry_has_reason"),
            models.CheckConstraint(
                condition=models.Q(period=ExtractYear("on") * 100 + ExtractMonth("on")), name="ledger_entry_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.reason}"


class Posting(models.Model):
    """分录: what an entry moves on one account; positive is into it. Those of an entry sum to nothing."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", verbose_name="凭证")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", verbose_name="账户")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~models.Q(amount=0), name="ledger_posting_moves"),)

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

"""预算 budget: lines of a year, and what of them is reserved for whom."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from kechuang.core.ledger.models.books import Account
from kechuang.core.parties.models import Party, User

NIL = Decimal(0)


class BudgetLine(models.Model):
    """预算科目: what a body may spend in a year for one purpose.

    ``committed`` is reserved and not yet paid. Both sums change only together with their commitments and orders;
    the database refuses that they exceed the amount. ``carried_over`` is the part that came from the year before.
    """

    year = models.PositiveSmallIntegerField("预算年度")
    code = models.CharField("科目代码", max_length=40)
    label = models.CharField("科目名称", max_length=120)
    authority = models.CharField("主管部门", max_length=60)
    district = models.CharField("区市", max_length=20, blank=True)
    basis = models.CharField("依据文件", max_length=200)
    amount = models.DecimalField("预算额", max_digits=18, decimal_places=2)
    carried_over = models.DecimalField("上年结转", max_digits=18, decimal_places=2, default=NIL)
    committed = models.DecimalField("已占用", max_digits=18, decimal_places=2, default=NIL)
    paid = models.DecimalField("已支付", max_digits=18, decimal_places=2, default=NIL)
    account = models.OneToOneField(Account, models.PROTECT, related_name="line", verbose_name="账户")
    opened_at = models.DateTimeField("设立时间")

    class Meta:
        verbose_name = verbose_name_plural = "预算科目"
        ordering = ("-year", "code")
        constraints = (
            models.UniqueConstraint(fields=("year", "code", "authority", "district"), name="ledger_line_once"),
            models.CheckConstraint(
                condition=Q(committed__gte=0, paid__gte=0, amount__gte=F("committed") + F("paid")),
                name="ledger_line_not_overspent",
            ),
            models.CheckConstraint(
                condition=Q(carried_over__gte=0, carried_over__lte=F("amount")), name="ledger_line_carried_over"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.label}"

    @property
    def left(self) -> Decimal:
        """What may still be reserved."""
        return self.amount - self.committed - self.paid


class Commitment(models.Model):
    """占用: part of a line, reserved for one ``reason`` such as ``case:17:grant``, once.

    ``ordered`` is what orders under way will take, ``paid`` what they took, ``released`` what was given back.
    """

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="commitments", verbose_name="预算科目")
    reason = models.CharField("事由", max_length=120, unique=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="为谁占用")
    amount = models.DecimalField("占用额", max_digits=18, decimal_places=2)
    ordered = models.DecimalField("支付中", max_digits=18, decimal_places=2, default=NIL)
    paid = models.DecimalField("已支付", max_digits=18, decimal_places=2, default=NIL)
    released = models.DecimalField("已释放", max_digits=18, decimal_places=2, default=NIL)
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("占用时间")

    class Meta:
        verbose_name = verbose_name_plural = "预算占用"
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    ordered__gte=0,
                    paid__gte=0,
                    released__gte=0,
                    amount__gte=F("ordered") + F("paid") + F("released"),
                ),
                name="ledger_commitment_not_exceeded",
            ),
        )

    def __str__(self) -> str:
        return self.reason

    @property
    def held(self) -> Decimal:
        """What it still holds of the line."""
        return self.amount - self.paid - self.released

    @property
    def free(self) -> Decimal:
        """What no order takes yet."""
        return self.held - self.ordered

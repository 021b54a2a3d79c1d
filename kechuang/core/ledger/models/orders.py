"""支付令 orders: who is to be paid what, the batches in which that goes out, the bank's answers."""

from django.db import models
from django.db.models import F, Q

from kechuang.core.ledger.models.books import Entry
from kechuang.core.ledger.models.budget import Commitment
from kechuang.core.parties.models import Party, User


class Batch(models.Model):
    """支付批次: orders that went to the finance system together, with their number and control total."""

    district = models.CharField("区市", max_length=20, blank=True)
    count = models.PositiveIntegerField("笔数")
    total = models.DecimalField("控制总额", max_digits=18, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="付款经办人")
    at = models.DateTimeField("发送时间")

    class Meta:
        verbose_name = verbose_name_plural = "支付批次"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"KC-PC-{self.pk:08d}"


class BatchFile(models.Model):
    """批次文件: the bytes as they went out, sealed, and their SHA-256. A trigger forbids to change them."""

    class Kind(models.TextChoices):
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files", verbose_name="批次")
    kind = models.CharField("格式", max_length=4, choices=Kind.choices)
    sha256 = models.CharField("SHA-256", max_length=64)
    sealed = models.BinaryField("内容（加密）")

    class Meta:
        verbose_name = verbose_name_plural = "批次文件"
        ordering = ("batch", "kind")
        constraints = (models.UniqueConstraint(fields=("batch", "kind"), name="ledger_batch_file_once"),)

    def __str__(self) -> str:
        return f"{self.batch}.{self.kind}"


class ResultFile(models.Model):
    """银行结果文件: a file of results that was read; the same bytes are kept once."""

    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "银行结果文件"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class PaymentOrder(models.Model):
    """支付令: pays a party out of a commitment. Author, approver and payer are three people.

    What it orders never changes (a trigger). For each ``reason`` at most one order is alive: a returned or cancelled
    one is renewed by the next ``attempt``. The account number is sealed; ``tail`` is what people see of it.
    """

    class State(models.TextChoices):
        DRAFTED = "drafted", "待审批"
        APPROVED = "approved", "待付款"
        SENT = "sent", "已送出"
        PAID = "paid", "已支付"
        RETURNED = "returned", "银行已退回"
        CANCELLED = "cancelled", "已作废"

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="orders", verbose_name="预算占用")
    reason = models.CharField("事由", max_length=120)
    attempt = models.PositiveSmallIntegerField("第几次", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, related_name="renewal", null=True, blank=True, verbose_name="代替"
    )
    payee = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="收款主体")
    account_name = models.CharField("户名", max_length=120)
    bank = models.CharField("开户银行", max_length=120)
    bank_code = models.CharField("联行号", max_length=12, blank=True)
    number_sealed = models.BinaryField("账号（加密）")
    tail = models.CharField("账号末四位", max_length=4)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    purpose = models.CharField("用途", max_length=120)
    basis = models.CharField("依据", max_length=200, blank=True)

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFTED)
    since = models.DateTimeField("进入当前状态的时间")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="制单人")
    drafted_at = models.DateTimeField("制单时间")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人")
    payer = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="付款经办人")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="orders", null=True, blank=True, verbose_name="批次")
    paid_on = models.DateField("付款日期", null=True, blank=True)
    bank_reference = models.CharField("银行流水号", max_length=60, blank=True)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    ended_for = models.CharField("退回或作废原因", max_length=300, blank=True)
    entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="order", null=True, blank=True, verbose_name="支付凭证"
    )
    result_file = models.ForeignKey(
        ResultFile, models.PROTECT, related_name="orders", null=True, blank=True, verbose_name="结果文件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "支付令"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("reason", "attempt"), name="ledger_order_attempt_once"),
            models.UniqueConstraint(
                fields=("reason",),
                condition=~Q(state__in=("returned", "cancelled")),
                name="ledger_one_live_order",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_order_pays"),
            models.CheckConstraint(
                condition=(Q(approver=None) | ~Q(approver=F("author")))
                & (Q(payer=None) | ~Q(payer=F("author")) & ~Q(payer=F("approver"))),
                name="ledger_three_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "cancelled")) | Q(approver__isnull=False),
                name="ledger_order_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "approved", "cancelled"), batch=None)
                | Q(state__in=("sent", "paid", "returned"), batch__isnull=False, payer__isnull=False),
                name="ledger_order_sent_in_batch",
            ),
            models.CheckConstraint(
                condition=Q(entry=None, paid_on=None) & ~Q(state="paid")
                | Q(state__in=("paid", "returned"), entry__isnull=False, paid_on__isnull=False),
                name="ledger_order_paid_by_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "cancelled")) | ~Q(ended_for=""), name="ledger_order_end_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_on__isnull=False), name="ledger_order_returned_on_a_day"
            ),
        )
        indexes = (models.Index(fields=("state", "since"), name="ledger_order_waiting"),)

    def __str__(self) -> str:
        return f"KC-ZF-{self.pk:08d}"

    @property
    def name_differs(self) -> bool:
        """Whether the account is in another name than the payee's; the approver is to look."""
        return self.account_name != self.payee.name

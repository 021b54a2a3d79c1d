"""兑付 benefits: one claim of one party under one paying clause, runs without application."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.ledger.models import BudgetLine
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import PackVersion, Verdict


class Run(models.Model):
    """免申即享批次: who qualifies for a pack on a day, as an officer reviewed it. ``rows``: party, fen, district, size.

    ``left_out``: whom the officer leaves out of this run, and why, by number of the party.

    ``days`` is the time that the firms have to confirm; ``opened`` how many cases are open already.
    """

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("待确认")
        RUNNING = "running", gettext_lazy("发放中")
        DONE = "done", gettext_lazy("已发放")
        DROPPED = "dropped", gettext_lazy("已放弃")

    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="+", verbose_name="规则包版本")
    year = models.PositiveSmallIntegerField("年度")
    district = models.CharField("区市", max_length=20, blank=True)
    on = models.DateField("计算日期")
    rows = models.JSONField("名单")
    left_out = models.JSONField("暂不发放", default=dict, blank=True)
    total = models.DecimalField("金额合计（元）", max_digits=18, decimal_places=2)
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    opened = models.PositiveIntegerField("已发放", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("计算时间")
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "免申即享批次"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "dropped"))
                | Q(line__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="benefits_run_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version.title} {self.year}"

    @property
    def kept(self) -> list[list[Any]]:
        """The rows that are to be asked."""
        return [row for row in self.rows if str(row[0]) not in self.left_out]


class Benefit(models.Model):
    """兑付: a claim of one party in one year; ``item`` tells claims of one year apart, such as one investment.

    ``facts`` are those of the case alone; ``verdict`` is the evidence. ``computed`` is what the rules give, ``amount``
    what the cap leaves of it: set when money is held for it (``line``). The account number is sealed.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="benefit")
    party = models.ForeignKey(Party, models.PROTECT, related_name="benefits")
    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="benefits")
    code = models.CharField("规则包", max_length=60, db_index=True)
    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("项目", max_length=80, blank=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="benefits", null=True, blank=True)
    facts = models.JSONField("本次事实", default=dict, blank=True)
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+", null=True, blank=True)
    computed = models.DecimalField("按规定算得（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("核定金额（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+", null=True, blank=True)
    account_name = models.CharField("户名", max_length=120, blank=True)
    bank = models.CharField("开户银行", max_length=120, blank=True)
    bank_code = models.CharField("联行号", max_length=12, blank=True)
    number_sealed = models.BinaryField("账号（加密）", null=True, blank=True)
    tail = models.CharField("账号末四位", max_length=4, blank=True)
    supplement = models.TextField("一次性补正", blank=True)
    checker = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="初审人")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="复核人")
    ended_at = models.DateTimeField("未兑付而结束", null=True, blank=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "兑付"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("code", "party", "year", "item"), condition=Q(ended_at=None), name="benefits_one_claim"
            ),
            # Not even after a refusal: who was asked once in a year is not asked again by the next run.
            models.UniqueConstraint(
                fields=("code", "party", "year"), condition=Q(run__isnull=False), name="benefits_run_once"
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(checker=None) | ~Q(reviewer=F("checker")),
                name="benefits_checked_by_two",
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="benefits_amount_pays"),
        )

    def __str__(self) -> str:
        return f"{self.version.title} {self.item}".strip()

    @property
    def reason(self) -> str:
        """The reason under which the cap is taken, the budget reserved and the order drafted."""
        return f"case:{self.case_id}:grant"


class BankFile(models.Model):
    """银行回单: a file of results as it was uploaded, booked after somebody has looked at what it would do."""

    class State(models.TextChoices):
        READ = "read", gettext_lazy("待确认入账")
        RUNNING = "running", gettext_lazy("入账中")
        DONE = "done", gettext_lazy("已入账")

    name = models.CharField("文件名", max_length=200)
    data = models.BinaryField("内容")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READ)
    counts = models.JSONField("结果", default=dict, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "银行回单"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

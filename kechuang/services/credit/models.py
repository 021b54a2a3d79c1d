"""白名单 credit: a version of the list, what the rule said of every enterprise, appeals against it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import PackVersion, Verdict


class CreditList(models.Model):
    """白名单版本: the rule run over all enterprises on a day; ``number`` is given when a second officer confirms it.

    ``valid_until`` is half-open. ``based_on`` is the published version with which it was compared when it was run.
    """

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("待审定")
        PUBLISHED = "published", gettext_lazy("已发布")
        DROPPED = "dropped", gettext_lazy("已放弃")

    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="+", verbose_name="规则包版本")
    number = models.PositiveIntegerField("版次", null=True, blank=True, unique=True)
    on = models.DateField("计算日期")
    valid_until = models.DateField("有效期至（不含当日）")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    based_on = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    reason = models.CharField("退回或放弃原因", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("计算时间")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审定人")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "白名单版本"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("by")), name="credit_author_is_not_approver"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(number__isnull=False, approver__isnull=False, published_at__isnull=False),
                name="credit_published_was_approved",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("on")), name="credit_list_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.version.title}第 {self.number} 版" if self.number else str(self.version.title)


class Entry(models.Model):
    """名单条目: what the rule says of one enterprise. ``grounds`` are the yes-or-no facts that hold, never figures.

    ``failed`` and ``unknown`` are codes of conditions, ``missing`` of facts. ``blocked``: an integrity decision was in
    force; the decision itself stands in the enterprise file. ``left_at``: it was in, and a decision took it out.
    """

    class Group(models.TextChoices):
        IN = "in", gettext_lazy("入选")
        UNKNOWN = "unknown", gettext_lazy("缺事实")
        OUT = "out", gettext_lazy("未入选")

    edition = models.ForeignKey(CreditList, models.CASCADE, related_name="entries", verbose_name="版本")
    party = models.ForeignKey(Party, models.PROTECT, related_name="credit_entries", verbose_name="企业")
    district = models.CharField("区市", max_length=20, blank=True)
    group = models.CharField("结果", max_length=10, choices=Group.choices)
    grounds = ArrayField(models.CharField(max_length=60), verbose_name="依据", default=list)
    failed = ArrayField(models.CharField(max_length=60), verbose_name="不符合的条件", default=list)
    unknown = ArrayField(models.CharField(max_length=60), verbose_name="无法判断的条件", default=list)
    missing = ArrayField(models.CharField(max_length=60), verbose_name="缺少的事实", default=list)
    blocked = models.BooleanField("有生效的诚信决定", default=False)
    left_at = models.DateTimeField("移出时间", null=True, blank=True)
    revised_at = models.DateTimeField("申诉后更正时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名单条目"
        ordering = ("party__name", "pk")
        indexes = (models.Index(fields=("edition", "group", "district"), name="credit_entry_group"),)
        constraints = (
            models.UniqueConstraint(fields=("edition", "party"), name="credit_entry_once"),
            models.CheckConstraint(condition=~Q(group="in") | Q(blocked=False), name="credit_blocked_is_not_in"),
            models.CheckConstraint(condition=Q(left_at=None) | Q(group="in"), name="credit_left_was_in"),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.get_group_display()}"


class Appeal(models.Model):
    """申诉: what a firm has against its result. ``before`` is the result as it was, ``after`` that of the new run."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="credit_appeal")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="appeals")
    text = models.TextField("申诉理由", max_length=2000)
    before = models.JSONField("原结果")
    after = models.JSONField("更正后的结果", null=True, blank=True)
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("entry",), condition=Q(withdrawn_at=None), name="credit_one_appeal"),
        )

    def __str__(self) -> str:
        return self.text[:40]

"""政策 policy: documents, versions of rule packs, dry runs before a version is published, stored verdicts."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User


class Document(models.Model):
    """政策文件: an issued text; its clauses are rule packs. ``issued`` may be empty where only a year is known."""

    class Level(models.TextChoices):
        NATIONAL = "national", gettext_lazy("国家")
        PROVINCE = "province", gettext_lazy("省")
        CITY = "city", gettext_lazy("市")
        DISTRICT = "district", gettext_lazy("区市")

    code = models.CharField("编号", max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    doc_no = models.CharField("文号", max_length=80, blank=True)
    authority = models.CharField("发文机关", max_length=120, blank=True)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    district = models.CharField("区市", max_length=20, blank=True)
    issued = models.DateField("发文日期", null=True, blank=True)
    issued_words = models.CharField("发文时间（文字）", max_length=40, blank=True)
    source = models.CharField("出处", max_length=300, blank=True)
    url = models.URLField("原文网址", max_length=500, blank=True)
    text_status = models.CharField("文本状态", max_length=20)
    summary = models.TextField("内容", blank=True)
    guide = models.TextField("通俗解读", blank=True)
    faq = models.JSONField("常见问题", default=list, blank=True)
    replaces = models.ManyToManyField("self", symmetrical=False, related_name="replaced_by", blank=True)
    loaded_at = models.DateTimeField("载入时间")
    link_checked_at = models.DateTimeField("网址检查时间", null=True, blank=True)
    link_problem = models.CharField("网址问题", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "政策文件"
        ordering = ("level", "-issued", "title")

    def __str__(self) -> str:
        return self.title


class PackVersion(models.Model):
    """规则包版本: one wording of a rule pack. Published ones never change; who writes does not approve.

    ``author`` is empty for versions that came with the region pack. ``revision`` grows with every saved change. What is
    handed in waits with one person, the ``assignee``, until ``due_on``; ``on_behalf_of`` is for whom she stands in.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审定"
        PUBLISHED = "published", "已发布"
        DROPPED = "dropped", "已放弃"

    code = models.CharField("规则包", max_length=60, db_index=True)
    number = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=200)
    kind = models.CharField("类型", max_length=20)
    level = models.CharField("层级", max_length=10, choices=Document.Level.choices)
    district = models.CharField("区市", max_length=20, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="packs", null=True, blank=True)
    clause = models.CharField("条款", max_length=80, blank=True)
    text = models.TextField("正文（TOML）")
    digest = models.CharField("指纹", max_length=64)
    effective_from = models.DateField("施行日期", null=True, blank=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, db_index=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    based_on = models.ForeignKey("self", models.PROTECT, related_name="drafts", null=True, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="起草人")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审定人")
    assignee = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="等待审定的人"
    )
    on_behalf_of = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代谁审定"
    )
    due_on = models.DateField("审定期限", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    returned_for = models.TextField("退回原因", blank=True)
    created_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则包版本"
        ordering = ("code", "-number")
        constraints = (
            models.UniqueConstraint(fields=("code", "number"), name="policy_version_once"),
            models.CheckConstraint(
                condition=models.Q(approver=None) | ~models.Q(approver=models.F("author")),
                name="policy_author_is_not_approver",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published")
                | models.Q(published_at__isnull=False, effective_from__isnull=False),
                name="policy_published_has_dates",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(author=None) | models.Q(approver__isnull=False),
                name="policy_published_was_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(state="submitted", assignee__isnull=False, due_on__isnull=False)
                | (~models.Q(state="submitted") & models.Q(assignee=None, on_behalf_of=None, due_on=None)),
                name="policy_submitted_waits_with_one",
            ),
            models.CheckConstraint(
                condition=models.Q(assignee=None) | ~models.Q(assignee=models.F("author")),
                name="policy_author_is_not_assignee",
            ),
        )

    def __str__(self) -> str:
        return _("%(title)s（第 %(number)s 版）") % {"title": self.title, "number": self.number}


class DryRun(models.Model):
    """试算: what a version would do to all organisations, beside the version in force (逢设必评)."""

    version = models.ForeignKey(PackVersion, models.CASCADE, related_name="dry_runs")
    against = models.ForeignKey(PackVersion, models.PROTECT, related_name="+", null=True, blank=True)
    digest = models.CharField("正文指纹", max_length=64)
    on = models.DateField("试算日期")
    totals = models.JSONField("结果")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("试算时间")

    class Meta:
        verbose_name = verbose_name_plural = "试算"
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.version} {self.on}"


class Verdict(models.Model):
    """结论: what a version said of a party on a day, with the facts and parameters used; kept as evidence."""

    class Result(models.TextChoices):
        MET = "met", "符合"
        UNMET = "unmet", "不符合"
        UNKNOWN = "unknown", "无法判断"
        NOT_IN_FORCE = "not_in_force", "未在施行期"

    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="verdicts")
    party = models.ForeignKey(Party, models.PROTECT, related_name="verdicts")
    on = models.DateField("计算日期")
    result = models.CharField("结论", max_length=12, choices=Result.choices)
    low = models.IntegerField("最低得分", null=True, blank=True)
    high = models.IntegerField("最高得分", null=True, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    facts = models.JSONField("所用事实")
    outcome = models.JSONField("结论明细")
    at = models.DateTimeField("计算时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "结论"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("party", "version", "-at"), name="policy_verdict_of_party"),)

    def __str__(self) -> str:
        return f"{self.party} · {self.version} · {self.get_result_display()}"

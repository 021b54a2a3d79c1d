"""结对 pairings: what a platform and an enterprise have agreed, and what they report of it."""

from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import Party, User


class Pairing(models.Model):
    """结对: the row's own side of a case between an enterprise (its applicant) and a platform (its offer).

    ``goals`` to ``next_report_on`` are the terms that the platform has proposed, in force once the enterprise has
    agreed (``agreed_at``). ``answered_at`` is when the platform first answered; ``ended_at`` when nothing more is to
    come, so that the two can pair again.
    """

    class Kind(models.TextChoices):
        PAIRING = "pairing", gettext_lazy("结对共建")
        QUESTION = "question", gettext_lazy("问一个问题")

    class Rhythm(models.IntegerChoices):
        HALF_YEARLY = 6, gettext_lazy("每半年")
        YEARLY = 12, gettext_lazy("每年")

    case = models.OneToOneField(Case, models.PROTECT, related_name="pairing")
    platform = models.ForeignKey(Offer, models.PROTECT, related_name="pairings", verbose_name="平台")
    party = models.ForeignKey(Party, models.PROTECT, related_name="pairings", verbose_name="企业")
    kind = models.CharField("事由", max_length=10, choices=Kind.choices)
    purpose = models.TextField("想做什么", max_length=2000)
    need = models.ForeignKey(Need, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="相关需求")
    asked_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("首次答复时间", null=True, blank=True)
    goals = models.TextField("共建目标", max_length=2000, blank=True)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    every = models.PositiveSmallIntegerField("报告", choices=Rhythm.choices, default=Rhythm.HALF_YEARLY)
    platform_contact = models.CharField("平台联系人", max_length=80, blank=True)
    party_contact = models.CharField("企业联系人", max_length=80, blank=True)
    agreed_at = models.DateTimeField("结对时间", null=True, blank=True)
    next_report_on = models.DateField("下次报告日期", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "结对"
        ordering = ("-asked_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("platform", "party"),
                condition=models.Q(ended_at=None, kind="pairing"),
                name="pairings_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(starts_on__lt=models.F("ends_on")),
                name="pairings_period_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} · {self.platform}"


class Report(models.Model):
    """进展报告: what was done in a part of the period, in words and numbers."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="reports")
    since = models.DateField("期间开始")
    until = models.DateField("期间结束")
    done = models.TextField("完成情况", max_length=2000)
    projects = models.PositiveIntegerField("合作项目（项）", default=0)
    people = models.PositiveIntegerField("互派人员（人次）", default=0)
    plan = models.CharField("下一步", max_length=300, blank=True)
    at = models.DateTimeField("提交时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "进展报告"
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(fields=("pairing", "since", "until"), name="pairings_report_once"),
            models.CheckConstraint(condition=models.Q(since__lte=models.F("until")), name="pairings_report_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.since}～{self.until}"

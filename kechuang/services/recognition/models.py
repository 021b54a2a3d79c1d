"""资格认定 recognition: one application of one firm for one rung in a year, and batches sent to the national system."""

from django.db import models
from django.db.models import F, Q

from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import Verdict


class Batch(models.Model):
    """报送批次: what was sent to the national system together, for one rung."""

    rung = models.CharField("资格", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="报送人")
    at = models.DateTimeField("报送时间")

    class Meta:
        verbose_name = verbose_name_plural = "报送批次"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rung} {self.year}-{self.pk}"


class Application(models.Model):
    """认定申报: ``verdict`` is the evidence with which it was handed in. Number, days and document are as announced.

    ``ended_at`` is set where the firm may apply again in the year; who was revoked and may not, keeps it empty.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="recognition")
    party = models.ForeignKey(Party, models.PROTECT, related_name="recognitions")
    rung = models.CharField("资格", max_length=20, db_index=True)
    year = models.PositiveSmallIntegerField("年度")
    batch_on = models.DateField("批次日期", null=True, blank=True)
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+", null=True, blank=True)
    supplement = models.TextField("一次性补正", blank=True)
    checker = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="预审人")
    recommender = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="推荐人"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="applications", null=True, blank=True)
    number = models.CharField("编号", max_length=40, blank=True)
    granted_on = models.DateField("取得日期", null=True, blank=True)
    valid_to = models.DateField("失效日期（不含当日）", null=True, blank=True)
    announcement = models.CharField("公告", max_length=200, blank=True)
    qualification = models.ForeignKey(Qualification, models.SET_NULL, related_name="+", null=True, blank=True)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    ended_at = models.DateTimeField("未认定而结束", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "认定申报"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("party", "rung", "year"), condition=Q(ended_at=None), name="recognition_one_application"
            ),
            models.UniqueConstraint(fields=("rung", "number"), condition=~Q(number=""), name="recognition_number_once"),
            models.CheckConstraint(
                condition=Q(recommender=None) | Q(checker=None) | ~Q(recommender=F("checker")),
                name="recognition_checked_by_two",
            ),
            models.CheckConstraint(
                condition=Q(granted_on=None, number="", valid_to=None, revoked_on=None)
                | Q(granted_on__isnull=False) & ~Q(announcement=""),
                name="recognition_outcome_has_day_and_document",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("granted_on")), name="recognition_valid_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.rung} {self.year}"

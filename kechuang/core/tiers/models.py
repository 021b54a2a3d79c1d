"""梯度 models: campaign windows as they were announced, thresholds of the rungs for which people decide."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import User


class Window(models.Model):
    """申报窗口: when firms may apply for a rung in a year, and the days of its batches. Without district: the city's.

    What was not announced stays empty; ``closes`` is the last day.
    """

    rung = models.CharField("资格", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    district = models.CharField("区市", max_length=20, blank=True)
    opens = models.DateField("开始日期", null=True, blank=True)
    closes = models.DateField("截止日期", null=True, blank=True)
    batches = ArrayField(models.DateField(), verbose_name="批次日期", default=list, blank=True)
    source = models.CharField("来源", max_length=200)
    revision = models.PositiveIntegerField("修改次数", default=0)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申报窗口"
        ordering = ("-year", "rung", "district")
        constraints = (
            models.UniqueConstraint(fields=("rung", "year", "district"), name="tiers_window_once"),
            models.CheckConstraint(
                condition=Q(opens=None) | Q(closes=None) | Q(closes__gte=F("opens")), name="tiers_window_in_order"
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=False) | Q(closes__isnull=False) | Q(batches__len__gt=0),
                name="tiers_window_says_something",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="tiers_window_has_source"),
        )

    def __str__(self) -> str:
        return f"{self.rung} {self.year} {self.district}".strip()


class Threshold(models.Model):
    """遴选门槛: from a day on a fact must reach (or not exceed) a value; an empty value ends it from that day on."""

    class Direction(models.TextChoices):
        LEAST = "least", gettext_lazy("不低于")
        MOST = "most", gettext_lazy("不超过")

    rung = models.CharField("资格", max_length=20)
    fact = models.CharField("事实", max_length=40)
    direction = models.CharField("方向", max_length=5, choices=Direction.choices)
    value = models.DecimalField("数值", max_digits=20, decimal_places=4, null=True, blank=True)
    since = models.DateField("生效日期")
    source = models.CharField("来源", max_length=200)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "遴选门槛"
        ordering = ("rung", "fact", "direction", "-since")
        constraints = (
            models.UniqueConstraint(fields=("rung", "fact", "direction", "since"), name="tiers_threshold_once"),
            models.CheckConstraint(condition=~Q(source=""), name="tiers_threshold_has_source"),
        )

    def __str__(self) -> str:
        return f"{self.rung} {self.fact} {self.direction} {self.value} {self.since}"

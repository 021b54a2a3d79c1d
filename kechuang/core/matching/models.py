"""匹配 matching: scored and explained pairs of need and offer, and what people thought of them."""

from django.db import models
from django.utils.translation import gettext as _

from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import User


class Match(models.Model):
    """匹配: an offer proposed for a need, with its score (0–100) and the reasons in words.

    ``reasons`` is a list of ``{feature, weight, value, words}``; ``engine`` names the recipe that made it.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="matches")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="matches")
    score = models.FloatField("匹配度")
    reasons = models.JSONField("理由", default=list)
    features = models.JSONField("特征", default=dict)
    engine = models.CharField("版本", max_length=60)
    at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "匹配"
        ordering = ("-score",)
        constraints = (models.UniqueConstraint(fields=("need", "offer"), name="matching_pair_once"),)

    def __str__(self) -> str:
        return f"{self.need_id} ↔ {self.offer_id}"


class Judgement(models.Model):
    """评判: a person's verdict on a pair (合适, 不合适 + reason code); kept as a label for learning.

    ``features`` are the values that the pair had when it was judged, by the recipe ``engine``; empty where the pair
    was not among the stored matches.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="judgements")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="judgements")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    fits = models.BooleanField("合适")
    reason = models.CharField("原因代码", max_length=40, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    features = models.JSONField("当时的特征", default=dict)
    engine = models.CharField("特征版本", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评判"
        constraints = (models.UniqueConstraint(fields=("need", "offer", "by"), name="matching_judged_once"),)

    def __str__(self) -> str:
        return _("合适") if self.fits else _("不合适")


class Passed(models.Model):
    """跳过: a pair that a person could not decide; she is not asked again, others are."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "跳过"
        constraints = (models.UniqueConstraint(fields=("need", "offer", "by"), name="matching_passed_once"),)

    def __str__(self) -> str:
        return f"{self.need_id} ↔ {self.offer_id}"


class Weights(models.Model):
    """权重版本: weights of the reasons as learned from verdicts, with the evaluation. At most one is in force.

    Where none is in force those of ``score.WEIGHTS`` are. ``before`` are the weights with which these were compared,
    ``rival`` their version (None: the written ones); ``figures`` the evaluation, ``report`` the same in words.
    """

    version = models.PositiveIntegerField("版本", unique=True)
    weights = models.JSONField("权重")
    before = models.JSONField("比较对象的权重")
    rival = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, verbose_name="比较对象")
    figures = models.JSONField("数字")
    report = models.TextField("报告")
    better = models.BooleanField("胜过比较对象")
    in_force = models.BooleanField("现行", default=False)
    trained_at = models.DateTimeField("训练时间")
    adopted_at = models.DateTimeField("启用时间", null=True)
    adopted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="启用人")
    retired_at = models.DateTimeField("停用时间", null=True)
    retired_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="停用人")

    class Meta:
        verbose_name = verbose_name_plural = "权重版本"
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(
                fields=("in_force",), condition=models.Q(in_force=True), name="matching_weights_one_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"w{self.version}"


class Refreshed(models.Model):
    """匹配更新时间: when a listing's matches were last computed; older than its index entry is stale."""

    kind = models.CharField("种类", max_length=40)
    ref = models.BigIntegerField("编号")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "匹配更新"
        constraints = (models.UniqueConstraint(fields=("kind", "ref"), name="matching_refreshed_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

"""匹配 matching: scored and explained pairs of need and offer, and what people thought of them."""

from django.db import models

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
    """评判: a person's verdict on a pair (合适, 不合适 + reason code); kept as a label for learning."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="judgements")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="judgements")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    fits = models.BooleanField("合适")
    reason = models.CharField("原因代码", max_length=40, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "评判"
        constraints = (models.UniqueConstraint(fields=("need", "offer", "by"), name="matching_judged_once"),)

    def __str__(self) -> str:
        return "合适" if self.fits else "不合适"


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

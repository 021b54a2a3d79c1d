"""成果 achievements: what an achievement has beyond an offer."""

from django.db import models

from kechuang.core.market.models import Offer, codes


class Achievement(models.Model):
    """成果: fields of rules.md §7.5–7.6 beside the shared ones.

    ``grade`` is the class of the 3×4 system; ``indicators`` a list of {name, value, unit, condition};
    ``ip`` a list of {kind, title, number, status, owner}; ``evidence`` a list of {kind, title, on} that proves the
    maturity level.
    """

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="achievement")
    grade = models.CharField("成果类别（3×4）", max_length=20, blank=True)
    indicators = models.JSONField("主要指标", default=list, blank=True)
    scenarios = codes("应用场景")
    requires = models.TextField("转化所需条件", blank=True)
    ip = models.JSONField("知识产权", default=list, blank=True)
    evidence = models.JSONField("成熟度证明", default=list, blank=True)
    category = models.CharField("成果登记类别", max_length=20, blank=True)
    attribute = models.CharField("成果属性", max_length=40, blank=True)
    form = models.CharField("体现形式", max_length=40, blank=True)
    level = models.CharField("成果水平", max_length=40, blank=True)
    stage = models.CharField("所处阶段", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "成果"

    def __str__(self) -> str:
        return str(self.offer)

"""创新平台 platforms: what a platform has beyond an offer."""

from django.db import models

from kechuang.core.market.models import Offer, codes


class Platform(models.Model):
    """创新平台: kind and level with their dated history, services, last assessment."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="platform")
    kind = models.CharField("平台类别", max_length=40, blank=True)
    level = models.CharField("级别", max_length=20, blank=True, db_index=True)
    since = models.PositiveSmallIntegerField("成立年份", null=True, blank=True)
    assessment = models.CharField("最近评估", max_length=20, blank=True)
    history = models.JSONField("级别沿革", default=list, blank=True)
    services = codes("对外服务")

    class Meta:
        verbose_name = verbose_name_plural = "创新平台"

    def __str__(self) -> str:
        return str(self.offer)

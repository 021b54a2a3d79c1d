"""技术经纪人 brokers: what a broker's entry has beyond an offer."""

from django.db import models

from kechuang.core.market.models import Offer, codes


class Broker(models.Model):
    """技术经纪人: level, the districts served and languages."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="broker")
    level = models.CharField("等级", max_length=40, blank=True)
    districts = codes("服务区市")
    languages = codes("语言")
    since = models.PositiveSmallIntegerField("从业年份", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "技术经纪人"

    def __str__(self) -> str:
        return str(self.offer)

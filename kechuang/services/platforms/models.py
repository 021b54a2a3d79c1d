"""创新平台 platforms: what a platform has beyond an offer, and whom to call there."""

from django.db import models

from kechuang.core.market.models import Offer, codes
from kechuang.core.parties.models import User


class Platform(models.Model):
    """创新平台: kind and level with their dated history, services, last assessment, wish to pair with enterprises."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="platform")
    kind = models.CharField("平台类别", max_length=40, blank=True)
    level = models.CharField("级别", max_length=20, blank=True, db_index=True)
    since = models.PositiveSmallIntegerField("成立年份", null=True, blank=True)
    assessment = models.CharField("最近评估", max_length=20, blank=True)
    history = models.JSONField("级别沿革", default=list, blank=True)
    services = codes("对外服务")
    pairing = models.CharField("结对意向", max_length=20, blank=True, db_index=True)
    pairing_wish = models.CharField("希望结对的企业", max_length=300, blank=True)
    pairing_places = models.PositiveSmallIntegerField("还可结对（家）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "创新平台"

    def __str__(self) -> str:
        return str(self.offer)


class PlatformContact(models.Model):
    """平台联系人: whom enterprises may call. Kept beside the listing, not in it: it is shown to signed-in people only,
    and must not go into its history, exports, comparison or the search index.
    """

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="platform_contact")
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职务", max_length=80)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", blank=True)
    saved_at = models.DateTimeField("更新时间")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台联系人"
        constraints = (
            models.CheckConstraint(condition=~models.Q(phone="", email=""), name="platforms_contact_can_be_reached"),
        )

    def __str__(self) -> str:
        return f"{self.name} · {self.title}"

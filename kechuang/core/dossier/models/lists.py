"""清单 lists: rights, qualifications, awards, research organisations, standards, financing, products, names, sites."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User


class _Entry(models.Model):
    """An entry of one of the lists, with its source, who entered it and when."""

    source = models.CharField("来源", max_length=20)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        abstract = True


class Right(_Entry):
    """知识产权: one right. It counts while it is granted, undisputed, and (shared rights) claimed by this owner.

    ``hnte_used_on`` is the single-use mark: a class II right serves one application for HNTE.
    """

    class Status(models.TextChoices):
        GRANTED = "granted", gettext_lazy("有效")
        PENDING = "pending", gettext_lazy("申请中")
        LAPSED = "lapsed", gettext_lazy("已失效")
        MOVED = "moved", gettext_lazy("已转出")

    party = models.ForeignKey(Party, models.CASCADE, related_name="rights")
    kind = models.CharField("类型", max_length=20)
    number = models.CharField("编号", max_length=40, blank=True)
    number_checked = models.BooleanField("校验位正确", default=True)
    title = models.CharField("名称", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.GRANTED)
    obtained = models.CharField("获得方式", max_length=20)
    granted_on = models.DateField("授权日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    main_product = models.BooleanField("与主要产品（服务）相关", default=False)
    core = models.BooleanField("对主要产品（服务）起核心支持作用", default=False)
    high_value = models.BooleanField("高价值", default=False)
    disputed = models.BooleanField("有争议", default=False)
    shared = models.BooleanField("有其他权属人", default=False)
    claimed = models.BooleanField("由本单位在申请时使用", default=True)
    hnte_used_on = models.DateField("用于高企申请的日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识产权"
        ordering = ("kind", "-granted_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("party", "number"), condition=~Q(number=""), name="dossier_right_once"),
            # A right is used by one of its owners.
            models.UniqueConstraint(
                fields=("number",),
                condition=Q(claimed=True, status="granted") & ~Q(number=""),
                name="dossier_right_one_claim",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Qualification(_Entry):
    """资格: a status that a national or city system gave, with its validity (half-open) and the number as typed."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="qualifications")
    kind = models.CharField("资格", max_length=20)
    number = models.CharField("编号", max_length=40, blank=True)
    granted_on = models.DateField("取得日期", null=True, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期（不含当日）", null=True, blank=True)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_for = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资格"
        ordering = ("kind", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=("party", "kind", "valid_from"), name="dossier_qualification_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="dossier_qualification_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.valid_from}"


class Award(_Entry):
    """科技奖励: level, rank among the units that won it."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="awards")
    name = models.CharField("奖励名称", max_length=120)
    level = models.CharField("级别", max_length=20)
    rank = models.PositiveSmallIntegerField("获奖单位排名")
    awarded_on = models.DateField("获奖日期")

    class Meta:
        verbose_name = verbose_name_plural = "科技奖励"
        ordering = ("-awarded_on", "pk")

    def __str__(self) -> str:
        return self.name


class ResearchOrg(_Entry):
    """研发机构: inside the enterprise, with its level where one was recognised."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="research_orgs")
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=30)
    level = models.CharField("认定级别", max_length=20, blank=True)
    since = models.DateField("认定或建立日期")
    until = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "研发机构"
        ordering = ("-since", "pk")

    def __str__(self) -> str:
        return self.name


class Standard(_Entry):
    """标准: led or took part in."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="standards")
    name = models.CharField("标准名称", max_length=200)
    number = models.CharField("标准号", max_length=40, blank=True)
    level = models.CharField("级别", max_length=20)
    role = models.CharField("作用", max_length=10)
    published_on = models.DateField("发布日期")

    class Meta:
        verbose_name = verbose_name_plural = "标准"
        ordering = ("-published_on", "pk")

    def __str__(self) -> str:
        return self.name


class Financing(_Entry):
    """股权融资: money that investors have paid in. The sum of a year is the enterprise's own figure for it."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="financings")
    investor = models.CharField("投资方", max_length=120)
    amount = models.DecimalField("实缴金额", max_digits=18, decimal_places=2)
    paid_on = models.DateField("到账日期")
    round = models.CharField("轮次", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "股权融资"
        ordering = ("-paid_on", "pk")
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="dossier_financing_positive"),)

    def __str__(self) -> str:
        return f"{self.investor} {self.amount}"


class Product(_Entry):
    """主要产品（服务）: what the enterprise lives on."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="products")
    name = models.CharField("产品（服务）名称", max_length=120)
    text = models.CharField("说明", max_length=300, blank=True)
    main = models.BooleanField("主导产品", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "主要产品（服务）"
        ordering = ("-main", "name")
        constraints = (models.UniqueConstraint(fields=("party", "name"), name="dossier_product_once"),)

    def __str__(self) -> str:
        return self.name


class FormerName(_Entry):
    """曾用名: until when."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="former_names")
    name = models.CharField("曾用名", max_length=120)
    until = models.DateField("使用至")

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ("-until",)
        constraints = (models.UniqueConstraint(fields=("party", "name"), name="dossier_name_once"),)

    def __str__(self) -> str:
        return self.name


class Site(_Entry):
    """场所: an address and what is done there."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="sites")
    address = models.CharField("地址", max_length=200)
    district = models.CharField("所在区市", max_length=20, blank=True)
    purpose = models.CharField("用途", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "场所"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("party", "address"), name="dossier_site_once"),)

    def __str__(self) -> str:
        return self.address

"""供给与需求 market: what parties offer and what they seek, with the history of every wording."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User


def codes(verbose_name: str, **kwargs: Any) -> "ArrayField[Any, Any]":
    """A column of codes of a code list."""
    return ArrayField(models.CharField(max_length=60), verbose_name=verbose_name, default=list, blank=True, **kwargs)


class Status(models.TextChoices):
    """可见状态: whether the public can find a listing. The work on it is the state of its case."""

    DRAFT = "draft", gettext_lazy("未发布")
    REVIEW = "review", gettext_lazy("审核中")
    PUBLIC = "public", gettext_lazy("已发布")
    LONG_TERM = "long_term", gettext_lazy("长期攻关")
    CLOSED = "closed", gettext_lazy("已下架")


class Tier(models.TextChoices):
    """公开级别: who may read a text or a material: everybody, the signed-in, those who accepted the NDA, the case."""

    PUBLIC = "public", gettext_lazy("公开")
    SIGNED_IN = "signed_in", gettext_lazy("登录可见")
    NDA = "nda", gettext_lazy("签署保密协议后可见")
    CASE = "case", gettext_lazy("仅本单位和受理部门")


# Contents above the public tier, by field. Everything else of a listing is its public teaser, which alone is indexed.
PROTECTED = {"inner_text": Tier.SIGNED_IN, "secret_text": Tier.NDA}


class Listing(models.Model):
    """发布信息: what offers and needs have in common.

    Columns hold the wording in force. ``pending`` holds a change of a published wording that waits for review;
    ``version`` grows with every save and is the optimistic lock; ``code`` is the publisher's own number, by which
    an import finds the record again; ``form_key`` the page from which it was first saved, so that a form sent twice
    makes one record. ``inner_text`` and ``secret_text`` lie above the public tier (PROTECTED) and are never indexed.
    """

    if TYPE_CHECKING:  # each subclass has its own
        party: Any
        party_id: int

    service = models.CharField("事项", max_length=40, db_index=True)
    code = models.CharField("来源编号", max_length=60, blank=True)
    title = models.CharField("名称", max_length=120)
    text = models.TextField("详细描述", blank=True)
    inner_text = models.TextField("登录可见内容", blank=True)
    secret_text = models.TextField("签署保密协议后可见内容", blank=True)
    keywords = codes("关键词")
    industry = codes("产业")
    field = codes("技术领域")
    district = models.CharField("所在区市", max_length=20, blank=True, db_index=True)
    cooperation = codes("合作方式")
    contact = models.CharField("联系人（职务）", max_length=80, blank=True)
    status = models.CharField("可见状态", max_length=12, choices=Status.choices, default=Status.DRAFT, db_index=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    fictional = models.BooleanField("虚构（演示）", default=False)
    version = models.PositiveIntegerField("版本", default=1)
    pending = models.JSONField("待审变更", null=True, blank=True)
    created_at = models.DateTimeField("创建时间")
    updated_at = models.DateTimeField("更新时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("-published_at", "-id")

    def __str__(self) -> str:
        return self.title


class Offer(Listing):
    """供给: what a party offers: an achievement, a platform, a broker's help. Specifics in the row's own table.

    ``service`` is the code of the row; prices are in yuan; ``maturity`` a level of the region's scale, ``trl`` of
    the nine-level one.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="offers", verbose_name="发布单位")
    summary = models.CharField("公开摘要", max_length=200, blank=True)
    team = models.CharField("团队", max_length=120, blank=True)
    maturity = models.PositiveSmallIntegerField("技术成熟度", null=True, blank=True)
    trl = models.PositiveSmallIntegerField("技术就绪度（TRL）", null=True, blank=True)
    price_mode = models.CharField("价格方式", max_length=20, blank=True)
    price = models.DecimalField("意向价格（元）", max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta(Listing.Meta):
        verbose_name = verbose_name_plural = "供给"
        constraints = (
            models.UniqueConstraint(
                fields=("service", "party", "code"),
                condition=~models.Q(code=""),
                name="market_offer_code_once",
            ),
            models.CheckConstraint(condition=models.Q(price=None) | models.Q(price__gte=0), name="market_offer_price"),
        )
        indexes = (GinIndex(fields=("industry",), name="market_offer_industry"),)


class Need(Listing):
    """需求: what a party seeks, with quantified targets.

    ``targets`` is a list of ``{name, now, wanted, unit, method}``; the budget is in yuan. ``proposed`` holds an
    officer's or broker's better wording until the asker has answered.
    """

    service = models.CharField("事项", max_length=40, default="needs", editable=False)

    party = models.ForeignKey(Party, models.PROTECT, related_name="needs", verbose_name="提出单位")
    kind = models.CharField("需求类型", max_length=20, blank=True)
    tried = models.TextField("已尝试的办法", blank=True)
    targets = models.JSONField("量化指标", default=list, blank=True)
    budget_min = models.DecimalField("预算下限（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    budget_max = models.DecimalField("预算上限（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    deadline_on = models.DateField("期望完成日期", null=True, blank=True)
    ip_wish = models.CharField("知识产权意愿", max_length=20, blank=True)
    urgency = models.CharField("紧急程度", max_length=20, blank=True)
    proposed = models.JSONField("建议措辞", null=True, blank=True)

    class Meta(Listing.Meta):
        verbose_name = verbose_name_plural = "需求"
        constraints = (
            models.UniqueConstraint(
                fields=("party", "code"), condition=~models.Q(code=""), name="market_need_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(budget_min=None)
                | models.Q(budget_max=None)
                | models.Q(budget_min__lte=models.F("budget_max")),
                name="market_need_budget",
            ),
        )
        indexes = (GinIndex(fields=("industry",), name="market_need_industry"),)


class Revision(models.Model):
    """历史版本: the whole content of an offer or a need after a save. Kept for ever."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="revisions", null=True)
    need = models.ForeignKey(Need, models.CASCADE, related_name="revisions", null=True)
    number = models.PositiveIntegerField("版本")
    content = models.JSONField("内容")
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "历史版本"
        ordering = ("number", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(offer=None, need__isnull=False) | models.Q(offer__isnull=False, need=None),
                name="market_revision_of_one",
            ),
        )

    def __str__(self) -> str:
        return _("第 %(number)s 版") % {"number": self.number}


class DayViews(models.Model):
    """浏览: how often the public page of a listing was opened on one day by others than its own people; no robots."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="views", null=True)
    need = models.ForeignKey(Need, models.CASCADE, related_name="views", null=True)
    day = models.DateField("日期")
    number = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "浏览"
        constraints = (
            models.UniqueConstraint(fields=("offer", "day"), name="market_offer_views_once"),
            models.UniqueConstraint(fields=("need", "day"), name="market_need_views_once"),
            models.CheckConstraint(
                condition=models.Q(offer=None, need__isnull=False) | models.Q(offer__isnull=False, need=None),
                name="market_views_of_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.number}"


class Draft(models.Model):
    """草稿: what a user has typed into a form and not yet submitted; saved by the page itself.

    ``subject`` names the form: ``service:new:key`` or ``service:number:key``, where the key is the page's own, so
    that two tabs do not overwrite each other.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    subject = models.CharField("表单", max_length=80)
    data = models.JSONField("内容")
    at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = (models.UniqueConstraint(fields=("user", "subject"), name="market_draft_once"),)

    def __str__(self) -> str:
        return self.subject

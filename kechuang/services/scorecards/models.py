"""国企创新评价 scorecards: owners with their firms and indicator set, yearly rounds, cards, published results."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import PackVersion, Verdict


class Owner(models.Model):
    """出资人（监管部门）: whose firms are assessed; ``pack`` is the code of the rule pack that is its indicator set."""

    name = models.CharField("名称", max_length=120, unique=True)
    district = models.CharField("区市", max_length=20, blank=True)
    pack = models.CharField("指标表（规则包）", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "出资人"
        ordering = ("district", "name")

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """所属企业: a firm belongs to one owner."""

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="holdings")
    party = models.OneToOneField(Party, models.CASCADE, related_name="holding", verbose_name="企业")

    class Meta:
        verbose_name = verbose_name_plural = "所属企业"
        ordering = ("party__name",)

    def __str__(self) -> str:
        return f"{self.party} · {self.owner}"


class Round(models.Model):
    """评价年度: one year of one owner: by which version of its set, on which day, until when firms confirm."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("进行中")
        PUBLISHED = "published", gettext_lazy("已公布")
        DROPPED = "dropped", gettext_lazy("已取消")

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="rounds", verbose_name="出资人")
    year = models.PositiveSmallIntegerField("评价年度")
    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="+", verbose_name="指标表版本")
    on = models.DateField("计算日期")
    deadline = models.DateField("确认截止日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField("取消原因", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("发起时间")
    publisher = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="公布人")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价年度"
        ordering = ("-year", "owner__name")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "year"), condition=~Q(state="dropped"), name="scorecards_round_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(publisher__isnull=False, published_at__isnull=False),
                name="scorecards_published_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.year}"


class Card(models.Model):
    """评价卡: one firm in one round. ``verdict`` keeps the facts as confirmed; ``late``: nobody confirmed in time.

    ``explanations`` are the firm's words by fact, ``elements`` what it opens to private firms; ``settled`` the points
    that an officer gave where the rules leave a range, ``remarks`` her words, both by item.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="scorecard")
    round = models.ForeignKey(Round, models.PROTECT, related_name="cards")
    party = models.ForeignKey(Party, models.PROTECT, related_name="scorecards", verbose_name="企业")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+", null=True, blank=True)
    explanations = models.JSONField("企业说明", default=dict, blank=True)
    elements = models.TextField("开放给民企的要素", max_length=2000, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    late = models.BooleanField("逾期未确认", default=False)
    returned = models.BooleanField("已退回过", default=False)
    settled = models.JSONField("评定得分", default=dict, blank=True)
    remarks = models.JSONField("评定意见", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价卡"
        ordering = ("party__name",)
        constraints = (models.UniqueConstraint(fields=("round", "party"), name="scorecards_card_once"),)

    def __str__(self) -> str:
        return f"{self.party} {self.round.year}"


class Result(models.Model):
    """评价结果: what was published of a card; a correction is a further number with its reason, nothing is changed."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField("版次")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField("得分")
    items = models.JSONField("各项得分")
    remarks = models.JSONField("评定意见", default=dict)
    reason = models.TextField("更正原因", blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "评价结果"
        ordering = ("card", "-number")
        constraints = (
            models.UniqueConstraint(fields=("card", "number"), name="scorecards_result_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="scorecards_correction_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.score}"

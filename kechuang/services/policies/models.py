"""政策库 policies: what people want to hear of, answered questions kept as FAQ, who looks after a document."""

from django.db import models
from django.db.models import Q

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import Document


class Subscription(models.Model):
    """政策订阅: news of a document, or of a level, a district and a kind, or of what an organisation qualifies for.

    Empty fields leave everything in. News from before ``since`` is not told.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="policy_subscriptions")
    document = models.ForeignKey(Document, models.CASCADE, related_name="+", null=True, blank=True)
    level = models.CharField("层级", max_length=10, blank=True)
    district = models.CharField("区市", max_length=20, blank=True)
    kind = models.CharField("类型", max_length=20, blank=True)
    party = models.ForeignKey(Party, models.CASCADE, related_name="+", null=True, blank=True)
    since = models.DateTimeField("订阅时间")
    ended_at = models.DateTimeField("退订时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "政策订阅"
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "document", "level", "district", "kind", "party"),
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="policies_subscribed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.document or self.party or self.level}"


class Faq(models.Model):
    """常见问题: an answered question that an officer keeps for everybody, on the page of its policy."""

    code = models.CharField("规则包", max_length=60, db_index=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    question = models.TextField("问题", max_length=1000)
    answer = models.TextField("答复", max_length=3000)
    at = models.DateTimeField("列入时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("移出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "常见问题"
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.question[:40]


class Care(models.Model):
    """文件维护: who looks after a document, and when somebody last compared it with its source."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="care")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    checked_on = models.DateField("核对日期", null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField("核对说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件维护"

    def __str__(self) -> str:
        return str(self.document)

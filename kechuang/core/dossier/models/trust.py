"""诚信与授权 trust: integrity records, and who was allowed by the enterprise to look at its file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User


class IntegrityEntry(models.Model):
    """诚信记录: a decision about an organisation or a person that blocks it from ``start`` to ``until`` (half-open).

    It ends by itself; an appeal that was upheld takes it out of force and keeps it in the history.
    """

    class Appeal(models.TextChoices):
        NONE = "none", gettext_lazy("未申诉")
        FILED = "filed", gettext_lazy("申诉中")
        REJECTED = "rejected", gettext_lazy("申诉未获支持")
        UPHELD = "upheld", gettext_lazy("申诉成立，已撤销")

    party = models.ForeignKey(Party, models.PROTECT, related_name="integrity", null=True, blank=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="integrity", null=True, blank=True)
    act = models.CharField("行为", max_length=30)
    serious = models.BooleanField("严重失信", default=False)
    measures = models.CharField("处理措施", max_length=300)
    found_on = models.DateField("认定日期")
    start = models.DateField("开始日期")
    until = models.DateField("解除日期（不含当日）", null=True, blank=True)
    decision = models.CharField("决定文书号", max_length=80)
    source = models.CharField("来源", max_length=120)
    appeal = models.CharField("申诉", max_length=10, choices=Appeal.choices, default=Appeal.NONE)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诚信记录"
        ordering = ("-start", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(party=None, user__isnull=False) | Q(party__isnull=False, user=None),
                name="dossier_integrity_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("start")), name="dossier_integrity_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.decision


class Consent(models.Model):
    """授权查看: the enterprise lets an organisation, or everybody in a role, see some groups of its file for a time."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="consents_given")
    to_party = models.ForeignKey(Party, models.CASCADE, related_name="consents_held", null=True, blank=True)
    to_role = models.CharField("被授权的岗位", max_length=20, blank=True)
    groups = ArrayField(models.CharField(max_length=20), verbose_name="可以查看的部分")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期（不含当日）")
    purpose = models.CharField("用途", max_length=200)
    given_at = models.DateTimeField("授权时间")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权查看"
        ordering = ("-given_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(to_party=None) & ~Q(to_role="") | Q(to_party__isnull=False, to_role=""),
                name="dossier_consent_one_reader",
            ),
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="dossier_consent_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.party} → {self.to_party or self.to_role}"

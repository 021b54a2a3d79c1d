"""公示 publicity: the public notice of a case, and the objections to it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import User


class PublicNotice(models.Model):
    """公示: what the public may see of a case: the applicant's name, ``matter`` and, where money is paid, ``amount``.

    It runs while its case is in the state ``notice`` and is suspended in ``objected``; ``until`` is its last day,
    ``left`` the working days that were left when an objection stopped it. ``over_on`` is set when it ran to its end;
    one that ended otherwise was upheld against or withdrawn.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="public_notice")
    matter = models.CharField("事由", max_length=200)
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    since = models.DateField("公示开始")
    until = models.DateField("公示截止", db_index=True)
    left = models.PositiveSmallIntegerField("剩余公示天数", null=True, blank=True)
    over_on = models.DateField("公示期满", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ("until", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="publicity_notice_in_order"),
            models.CheckConstraint(condition=Q(over_on=None) | Q(left=None), name="publicity_over_is_not_suspended"),
        )

    def __str__(self) -> str:
        return self.matter


class Objection(models.Model):
    """异议: what somebody has against a case during its public notice; stops it until it is decided."""

    class Decision(models.TextChoices):
        OPEN = "", gettext_lazy("待处理")
        UPHELD = "upheld", gettext_lazy("成立")
        DISMISSED = "dismissed", gettext_lazy("不成立")

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("提出时间")
    text = models.TextField("异议内容", max_length=2000)
    decision = models.CharField("处理", max_length=10, choices=Decision.choices, blank=True, default=Decision.OPEN)
    answer = models.TextField("处理理由", max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(fields=("notice", "by"), condition=Q(decision=""), name="publicity_one_objection"),
            models.CheckConstraint(condition=Q(decision="") | ~Q(answer=""), name="publicity_objection_answered"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="publicity_objector_does_not_decide"
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]

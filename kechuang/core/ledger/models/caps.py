"""限额 caps: how much of a clause's cap is used, and by what."""

from django.db import models
from django.db.models import F, Q

from kechuang.core.ledger.models.budget import NIL
from kechuang.core.parties.models import Party, User


class CapUse(models.Model):
    """限额占用: the use of one cap: of a clause, for a party (or all), in a ``scope``: 2026, total, or item:….

    When a cap is lowered below what is used, ``cap`` stays where it was and nothing more is granted.
    """

    clause = models.CharField("条款", max_length=120)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="主体")
    scope = models.CharField("范围", max_length=80)
    label = models.CharField("限额名称", max_length=160)
    cap = models.DecimalField("限额", max_digits=18, decimal_places=2)
    used = models.DecimalField("已用", max_digits=18, decimal_places=2, default=NIL)

    class Meta:
        verbose_name = verbose_name_plural = "限额占用"
        ordering = ("clause", "scope", "id")
        constraints = (
            models.UniqueConstraint(fields=("clause", "party", "scope"), nulls_distinct=False, name="ledger_cap_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("cap")), name="ledger_cap_not_exceeded"),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.scope}"


class CapTake(models.Model):
    """限额取用: what one ``reason`` wanted of a cap and what it was granted; ``before`` was used already."""

    use = models.ForeignKey(CapUse, models.PROTECT, related_name="takes", verbose_name="限额")
    reason = models.CharField("事由", max_length=120, unique=True)
    wanted = models.DecimalField("申请额", max_digits=18, decimal_places=2)
    granted = models.DecimalField("核定额", max_digits=18, decimal_places=2)
    cap = models.DecimalField("当时限额", max_digits=18, decimal_places=2)
    before = models.DecimalField("此前已用", max_digits=18, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="经办人")
    at = models.DateTimeField("取用时间")
    given_back_at = models.DateTimeField("归还时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "限额取用"
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(wanted__gt=0, granted__gte=0, granted__lte=F("wanted")), name="ledger_take_within"
            ),
        )

    def __str__(self) -> str:
        return self.reason

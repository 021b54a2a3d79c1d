"""服务专班 taskforces: bureau section, district liaison, platform head and brokers, bound to fields and districts."""

from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.market.models import codes
from kechuang.core.parties.models import Party, User


class TaskForce(models.Model):
    """服务专班: a team "1+1+1+N" with what it cares for. An empty list of industries or districts means all of them.

    ``platform`` is the party whose platform the team accompanies; ``section`` the section of the bureau 业务处室.
    """

    code = models.CharField("编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    section = models.CharField("业务处室", max_length=80, blank=True)
    industry = codes("产业")
    districts = codes("区市")
    platform = models.ForeignKey(
        Party, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="平台单位"
    )
    retired = models.BooleanField("停用", default=False)
    fictional = models.BooleanField("虚构（演示）", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "服务专班"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """专班成员: who sits in a team in which of the four roles, from when to when."""

    class Role(models.TextChoices):
        SECTION = "section", gettext_lazy("业务处室")
        LIAISON = "liaison", gettext_lazy("区市联络员")
        PLATFORM = "platform", gettext_lazy("平台负责人")
        BROKER = "broker", gettext_lazy("技术经纪人")

    task_force = models.ForeignKey(TaskForce, models.CASCADE, related_name="seats")
    role = models.CharField("角色", max_length=10, choices=Role.choices)
    user = models.ForeignKey(User, models.PROTECT, related_name="seats")
    since = models.DateTimeField("加入时间")
    until = models.DateTimeField("离开时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专班成员"
        ordering = ("role", "since")
        constraints = (
            models.UniqueConstraint(
                fields=("task_force", "role", "user"), condition=models.Q(until=None), name="taskforces_seat_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

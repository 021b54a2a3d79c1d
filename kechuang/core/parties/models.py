"""主体 parties: organisations and persons, the people who act for them, and the posts that people hold."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy


class User(AbstractUser):
    """用户: a person with a login. What she may do follows from her mandates and posts, never from flags."""

    email = models.EmailField("邮箱", unique=True)
    name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    # Not a column. With a key for one party a user is only its agent: other parties, posts and seats do not count.
    only_for: "Party | None" = None
    # Not a column either. The districts of her posts by role, kept while a request that only reads is answered.
    scopes: "dict[str, list[str]] | None" = None

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.email


class Party(models.Model):
    """主体: an organisation (enterprise, university, …) or a natural person.

    ``kind`` is a code of the list ``party_kind``; ``uscc`` the unified social credit code, empty for persons.
    """

    kind = models.CharField("类型", max_length=20, db_index=True)
    name = models.CharField("名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True, unique=True)
    uscc_checked = models.BooleanField("校验位正确", default=True)
    district = models.CharField("所在区市", max_length=20, blank=True)
    industries = ArrayField(models.CharField(max_length=40), verbose_name="产业", default=list, blank=True)
    intro = models.TextField("简介", blank=True)
    fictional = models.BooleanField("虚构（演示）", default=False)
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    # Why an officer did not verify it; empty again once the party has corrected its entry.
    returned_for = models.CharField("核验未通过原因", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "主体"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """授权经办: links a user to a party. An admin 管理员 approves colleagues; an agent 经办人 acts for the party."""

    class Role(models.TextChoices):
        ADMIN = "admin", gettext_lazy("管理员")
        AGENT = "agent", gettext_lazy("经办人")

    class State(models.TextChoices):
        REQUESTED = "requested", gettext_lazy("待确认")
        ACTIVE = "active", gettext_lazy("有效")
        ENDED = "ended", gettext_lazy("已结束")

    user = models.ForeignKey(User, models.CASCADE, related_name="mandates")
    party = models.ForeignKey(Party, models.CASCADE, related_name="mandates")
    role = models.CharField("角色", max_length=10, choices=Role.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    requested_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权经办"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "party"), condition=~models.Q(state="ended"), name="parties_one_live_mandate"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.party} · {self.get_role_display()}"


class Post(models.Model):
    """岗位: a public or professional role of a user, with its scope. An empty district means the whole city."""

    class Role(models.TextChoices):
        OFFICER = "officer", gettext_lazy("主管部门")
        BROKER = "broker", gettext_lazy("技术经纪人")
        PLATFORM_HEAD = "platform_head", gettext_lazy("平台负责人")
        EXPERT = "expert", gettext_lazy("专家")
        FINANCIER = "financier", gettext_lazy("金融机构")

    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    district = models.CharField("辖区", max_length=20, blank=True)
    party = models.ForeignKey(Party, models.CASCADE, related_name="posts", null=True, blank=True)
    since = models.DateTimeField("任职时间")
    until = models.DateTimeField("离任时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "district", "party"),
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="parties_post_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Absence(models.Model):
    """外出代理: while a person is away, from ``since`` to ``until`` (both included), a deputy gets her waits."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="代理人")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    note = models.CharField("说明", max_length=120, blank=True)
    entered_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外出代理"
        ordering = ("-since",)
        constraints = (
            models.CheckConstraint(condition=models.Q(since__lte=models.F("until")), name="parties_absence_in_order"),
            models.CheckConstraint(condition=~models.Q(user=models.F("deputy")), name="parties_absence_other_deputy"),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.since}—{self.until}"

"""通知 notices: what a person is told, and its delivery by other channels."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import User


class Digest(models.Model):
    """每日摘要: one mail with all that waited for a person on that day; its notices point to it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="digests")
    day = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "每日摘要"
        ordering = ("-day",)
        constraints = (models.UniqueConstraint(fields=("user", "day"), name="notices_one_digest_a_day"),)

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


class Notice(models.Model):
    """通知: told to one user. ``key`` keeps the same thing from being told twice.

    One with ``daily`` has no mail of its own but stands in the next digest, under its ``heading``.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    text = models.CharField("内容", max_length=400)
    url = models.CharField("链接", max_length=300, blank=True)
    key = models.CharField("去重键", max_length=160)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    daily = models.BooleanField("随每日摘要", default=False)
    heading = models.CharField("摘要分组", max_length=40, blank=True)
    digest = models.ForeignKey(Digest, models.SET_NULL, related_name="notices", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="notices_told_once"),)
        indexes = (
            models.Index(
                fields=("user", "at"),
                name="notices_notice_for_digest",
                condition=models.Q(daily=True, digest=None, read_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.text


class VisitorMail(models.Model):
    """访客邮件: one mail to somebody without a login, at the address that she left. ``key`` keeps it from being twice.

    ``urls`` are addresses on this site. The address itself stands in the outbox alone.
    """

    key = models.CharField("去重键", max_length=160, unique=True)
    text = models.CharField("内容", max_length=400)
    urls = ArrayField(models.CharField(max_length=300), verbose_name="链接", default=list)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "访客邮件"

    def __str__(self) -> str:
        return self.text


class Delivery(models.Model):
    """发件箱: a notice, a digest or a visitor's mail on its way by e-mail or SMS.

    Written with the change, sent by a task, retried.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", gettext_lazy("邮件")
        SMS = "sms", gettext_lazy("短信")

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("待发送")
        SENT = "sent", gettext_lazy("已发送")
        FAILED = "failed", gettext_lazy("发送失败")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", null=True)
    digest = models.OneToOneField(Digest, models.CASCADE, related_name="delivery", null=True)
    visitor = models.OneToOneField(VisitorMail, models.CASCADE, related_name="delivery", null=True)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    address = models.CharField("地址", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次发送")
    error = models.CharField("错误", max_length=300, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发件箱"
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel"), name="notices_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(notice__isnull=False, digest=None, visitor=None)
                | models.Q(notice=None, digest__isnull=False, visitor=None)
                | models.Q(notice=None, digest=None, visitor__isnull=False),
                name="notices_delivery_of_one_thing",
            ),
        )
        indexes = (models.Index(fields=("state", "next_at"), name="notices_delivery_due"),)

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {self.address}"


class Preference(models.Model):
    """通知方式: how a person wants to be told; without a row steps of others come as single mails at once.

    ``language`` is that of the interface which she chose last, for the frame of her mails; empty is the main one.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="preference")
    daily = models.BooleanField("全部合并为每日摘要", default=False)
    language = models.CharField("语言", max_length=10, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知方式"

    def __str__(self) -> str:
        return f"{self.user}"

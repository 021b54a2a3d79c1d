"""接口密钥 keys: what a program shows instead of a password, and the answers kept so that a call counts once."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User

LONGEST = timedelta(days=365)


class Scope(models.TextChoices):
    """权限范围: what a key may be used for. What its user may not do, the key may not do either."""

    READ_PUBLIC = "read:public", gettext_lazy("读公开信息")
    READ_OWN = "read:own", gettext_lazy("读本人能看到的信息：自己的发布、办件、通知")
    WRITE_LISTINGS = "write:listings", gettext_lazy("发布、修改、提交成果和需求")
    WRITE_CASES = "write:cases", gettext_lazy("办理办件的步骤")
    JUDGE = "judge", gettext_lazy("评判匹配结果")


class ApiKey(models.Model):
    """接口密钥: acts for ``user``, within ``scopes``, and if ``party`` is given for that party alone.

    Only the SHA-256 of the secret is kept; ``prefix`` is what people recognise it by. ``used`` counts the calls of the
    minute ``minute``.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name="用户")
    party = models.ForeignKey(
        Party, models.CASCADE, related_name="api_keys", null=True, blank=True, verbose_name="限定单位"
    )
    name = models.CharField("名称", max_length=60)
    prefix = models.CharField("开头", max_length=12)
    hash = models.CharField("指纹", max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name="权限范围")
    created_at = models.DateTimeField("创建时间")
    expires_at = models.DateTimeField("有效期至")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    minute = models.DateTimeField("计数的分钟", null=True, editable=False)
    used = models.PositiveIntegerField("这一分钟的次数", default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "接口密钥"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "name"), condition=models.Q(revoked_at=None), name="keys_live_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at"))
                & models.Q(expires_at__lte=models.F("created_at") + LONGEST),
                name="keys_at_most_a_year",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.prefix}…）"


class Reply(models.Model):
    """已答复的调用: what was answered to a write that carried an Idempotency-Key; the same call gets it again.

    Written in the transaction of the call itself: two at once wait for each other, and a failed one leaves nothing.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.CharField("Idempotency-Key", max_length=80)
    fingerprint = models.CharField("请求指纹", max_length=64)
    at = models.DateTimeField("时间", db_index=True)
    status = models.PositiveSmallIntegerField("状态码", default=0)
    headers = models.JSONField("响应头", default=dict)
    body = models.TextField("响应", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "已答复的调用"
        constraints = (models.UniqueConstraint(fields=("user", "token"), name="keys_reply_once"),)

    def __str__(self) -> str:
        return self.token

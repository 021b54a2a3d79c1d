"""订阅 alerts: saved searches, what a person does not want to hear of, and what has been told."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import User
from kechuang.core.search.models import Query


class SavedSearch(models.Model):
    """保存的检索: a person's search; what newly appears in it is told to her at most as often as she chose.

    ``facets`` are the filters of the search page. The marks are numbers of index entries: everything up to
    ``told_mark`` has been told or needs no telling, everything up to ``seen_mark`` she has looked at.
    """

    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", gettext_lazy("有新结果就发")
        DAILY = "daily", gettext_lazy("每天一封")
        WEEKLY = "weekly", gettext_lazy("每周一封")
        NEVER = "never", gettext_lazy("不发邮件")

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.CharField("名称", max_length=80)
    text = models.CharField("检索词", max_length=500, blank=True)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name="类别", default=list, blank=True)
    facets = models.JSONField("筛选项", default=dict, blank=True)
    digest = models.CharField("指纹", max_length=64, editable=False)
    frequency = models.CharField("邮件频率", max_length=10, choices=Frequency.choices, default=Frequency.DAILY)
    told_mark = models.BigIntegerField("已告知至", default=0)
    seen_mark = models.BigIntegerField("已看至", default=0)
    created_at = models.DateTimeField("保存时间")
    last_run_at = models.DateTimeField("上次运行")
    told_at = models.DateTimeField("上次告知", null=True, blank=True)
    ended_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保存的检索"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "digest"), condition=models.Q(ended_at=None), name="alerts_search_once"
            ),
        )
        indexes = (models.Index(fields=("frequency", "told_mark"), name="alerts_search_due"),)

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> Query:
        """The search as the index takes it."""
        facets: dict[str, Any] = self.facets
        return Query(self.text, tuple(self.kinds), {name: tuple(values) for name, values in facets.items()})


class Sent(models.Model):
    """已告知: an index entry that a saved search has brought up. ``notice`` is empty where it was passed over."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="sent")
    entry = models.BigIntegerField("检索条目")
    kind = models.CharField("类别", max_length=40)
    ref = models.BigIntegerField("编号")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "已告知的结果"
        constraints = (models.UniqueConstraint(fields=("search", "entry"), name="alerts_sent_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Mute(models.Model):
    """不感兴趣: what a person does not want to hear of, in mails and in the lists of what is new.

    ITEM is one listing (``kind`` and ``ref``); KIND everything of a kind, or what of it belongs to ``industry``;
    MATCHES the strong matches of one need or offer (``kind`` and ``ref``), or all of them (both empty).
    """

    class What(models.TextChoices):
        ITEM = "item", gettext_lazy("一条信息")
        KIND = "kind", gettext_lazy("一类信息")
        MATCHES = "matches", gettext_lazy("高匹配提醒")

    user = models.ForeignKey(User, models.CASCADE, related_name="mutes")
    what = models.CharField("范围", max_length=10, choices=What.choices)
    kind = models.CharField("类别", max_length=40, blank=True)
    ref = models.BigIntegerField("编号", default=0)
    industry = models.CharField("产业", max_length=60, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "不感兴趣"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("user", "what", "kind", "ref", "industry"), name="alerts_mute_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.kind} {self.ref or ''}"


class Pair(models.Model):
    """高匹配: a need and an offer that fit strongly; found once, told once for ever."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+")
    score = models.FloatField("匹配度")
    words = models.CharField("理由", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "高匹配"
        constraints = (models.UniqueConstraint(fields=("need", "offer"), name="alerts_pair_once"),)

    def __str__(self) -> str:
        return f"{self.need_id} ↔ {self.offer_id}"


class Told(models.Model):
    """已告知的匹配: a strong match for one person, on the ``side`` of the asker or of the owner of the offer.

    Without a ``notice`` it waits for the next one.
    """

    class Side(models.TextChoices):
        ASKER = "asker", gettext_lazy("需求方")
        OWNER = "owner", gettext_lazy("供给方")

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="told")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    side = models.CharField("一方", max_length=10, choices=Side.choices)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "已告知的匹配"
        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=("pair", "user"), name="alerts_told_once"),)
        indexes = (models.Index(fields=("user",), condition=models.Q(notice=None), name="alerts_told_waiting"),)

    def __str__(self) -> str:
        return f"{self.pair} → {self.user_id}"

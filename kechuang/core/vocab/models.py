"""字典 vocab: code lists of a nation or a city, loaded from packs, with their source."""

from django.db import models
from django.utils.translation import gettext_lazy


class Term(models.Model):
    """代码项: one entry of a code list (industry, district, maturity level, …).

    ``extra`` holds what only some lists have (criterion and evidence of a maturity level, kind of an
    industry); ``text_status`` says how far to trust the entry (seed, published, general, ours).
    """

    scheme = models.CharField("字典", max_length=40)
    code = models.CharField("代码", max_length=60)
    label = models.CharField("名称", max_length=120)
    label_en = models.CharField("英文名称", max_length=160, blank=True)
    parent = models.CharField("上级代码", max_length=60, blank=True)
    position = models.PositiveIntegerField("顺序", default=0)
    retired = models.BooleanField("停用", default=False)
    extra = models.JSONField("附加信息", default=dict, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    text_status = models.CharField("可信程度", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "代码项"
        ordering = ("scheme", "position", "code")
        constraints = (models.UniqueConstraint(fields=("scheme", "code"), name="vocab_term_once"),)

    def __str__(self) -> str:
        return self.label


class CalendarDay(models.Model):
    """日历: a public holiday or a make-up working day 调休上班, as the State Council's yearly notice sets it."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", gettext_lazy("放假")
        MAKE_UP = "make_up", gettext_lazy("调休上班")

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("来源", max_length=200)
    text_status = models.CharField("可信程度", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "日历"
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

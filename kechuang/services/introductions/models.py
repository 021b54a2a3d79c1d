"""对接 introductions: what an introduction has beyond its case: who asked for it and why, who follows it up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case, Material


class Introduction(models.Model):
    """对接: the case brings the need's party (applicant) and the offer's party together.

    ``reasons`` are those of the match when it was proposed, ``{feature, value, words, speaks}``; ``routed`` says why
    this task force.
    ``claimed_at`` is when a broker took it up; who has it now is the case's carer on the side of the task force, so
    that a hand-over counts here, too. Until then it stands in the to-do of whoever was chosen by load.
    Of one need and one offer only one introduction is open at a time: a partial unique index on the cases, made in the
    first migration.
    """

    class Origin(models.TextChoices):
        ASKER = "asker", gettext_lazy("需求方请求")
        OWNER = "owner", gettext_lazy("成果方愿意提供")
        BROKER = "broker", gettext_lazy("技术经纪人撮合")
        OFFICER = "officer", gettext_lazy("主管部门撮合")

    case = models.OneToOneField(Case, models.CASCADE, related_name="introduction", primary_key=True)
    origin = models.CharField("发起方", max_length=10, choices=Origin.choices)
    words = models.TextField("说明", max_length=1000, blank=True)
    score = models.FloatField("匹配度", null=True, blank=True)
    reasons = models.JSONField("匹配理由", default=list)
    routed = models.JSONField("分派理由", default=list)
    nda_wanted = models.BooleanField("须先签保密协议", default=False)
    nda_at = models.DateTimeField("签保密协议时间", null=True, blank=True)
    claimed_at = models.DateTimeField("接手时间", null=True, blank=True)
    signed_on = models.DateField("意向书签署日期", null=True, blank=True)
    letter = models.OneToOneField(
        Material, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="意向书"
    )

    class Meta:
        verbose_name = verbose_name_plural = "对接"
        constraints = (
            models.CheckConstraint(
                condition=Q(signed_on=None, letter=None) | Q(signed_on__isnull=False, letter__isnull=False),
                name="introductions_signed_with_letter",
            ),
        )

    def __str__(self) -> str:
        return str(self.case)

"""来源与认定值 figures: what each source stated, what counts, and where sources disagree.

A report is one row per source. What counts is one row beside it, kept by the action that writes reports: a field on
which two sources disagree is ``disputed`` and counts as unknown until the dispute is settled.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kechuang.core.dossier.models.columns import MONEY, ProfileColumns, YearColumns
from kechuang.core.parties.models import Party, User

FIRST_YEAR, LAST_YEAR = 1949, 2100


class _Report(models.Model):
    """One source's statement. ``stamps``: field -> [day of entry, number of the user or null], for all stated."""

    source = models.CharField("来源", max_length=20)
    stamps = models.JSONField("录入时间和录入人", default=dict)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        abstract = True


class _Effective(models.Model):
    """What counts. ``origins`` says of every known field its source, day and user; ``disputed`` names the others."""

    origins = models.JSONField("来源", default=dict)
    disputed = ArrayField(models.CharField(max_length=40), verbose_name="来源不一致的栏目", default=list, blank=True)

    class Meta:
        abstract = True


class ProfileReport(ProfileColumns, _Report):
    """基本情况（某一来源）: what one source states."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="profile_reports")

    class Meta:
        verbose_name = verbose_name_plural = "基本情况（按来源）"
        constraints = (models.UniqueConstraint(fields=("party", "source"), name="dossier_profile_report_once"),)

    def __str__(self) -> str:
        return f"{self.party} {self.source}"


class Profile(ProfileColumns, _Effective):
    """基本情况: what counts. ``kept`` names the lists that the enterprise has declared complete, with day and user.

    A list that is neither declared nor has an entry says nothing: what follows from it is unknown, not zero.
    """

    party = models.OneToOneField(Party, models.CASCADE, related_name="profile")
    kept = models.JSONField("已核对完整的清单", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "基本情况"

    def __str__(self) -> str:
        return str(self.party)


def _not_negative(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0 for field in MONEY}), name=name)


class YearReport(YearColumns, _Report):
    """年度数据（某一来源）: the figures of one year as one source states them."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="year_reports")
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        verbose_name = verbose_name_plural = "年度数据（按来源）"
        constraints = (
            models.UniqueConstraint(fields=("party", "year", "source"), name="dossier_year_report_once"),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="dossier_report_in_our_time"
            ),
            _not_negative("dossier_report_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.year} {self.source}"


class YearFigures(YearColumns, _Effective):
    """年度数据: what counts for one year."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="year_figures")
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        verbose_name = verbose_name_plural = "年度数据"
        ordering = ("party", "-year")
        constraints = (
            models.UniqueConstraint(fields=("party", "year"), name="dossier_figures_once"),
            _not_negative("dossier_figures_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.year}"


class Dispute(models.Model):
    """来源不一致: a field on which sources disagree. ``year`` is 0 for what belongs to no year.

    ``values`` keeps what each source stated: ``{source: text}``. An officer settles it by choosing a source; that
    holds until a source states something else. When the sources come to agree it ends by itself, ``chosen`` empty.
    """

    party = models.ForeignKey(Party, models.CASCADE, related_name="disputes")
    year = models.PositiveSmallIntegerField("年度", default=0)
    field = models.CharField("栏目", max_length=40)
    values = models.JSONField("各来源的值")
    opened_at = models.DateTimeField("发现时间")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    chosen = models.CharField("采用的来源", max_length=20, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "来源不一致"
        ordering = ("opened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("party", "year", "field"), condition=Q(settled_at=None), name="dossier_one_open_dispute"
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.year or ''} {self.field}"

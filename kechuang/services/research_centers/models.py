"""云上研发中心 research centres: what an enterprise registered, what it did each year, and whom coverage counts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import ResearchOrg
from kechuang.core.parties.models import Party, User


class Center(models.Model):
    """云上研发中心: the registration of an enterprise; where it stands is the state of its case.

    ``registered_on`` is when an officer confirmed it, ``suspended_on`` when it was suspended (empty again when
    resumed), ``ended_on`` when nothing more is to come of it. ``entry`` is the research organisation that the
    registration put into the enterprise file.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="research_center")
    party = models.ForeignKey(Party, models.PROTECT, related_name="research_centers", verbose_name="企业")
    name = models.CharField("名称", max_length=120)
    industries = ArrayField(models.CharField(max_length=40), verbose_name="产业", default=list)
    direction = models.CharField("研发方向", max_length=300)
    leader = models.CharField("负责人（姓名和职务）", max_length=80)
    rd_staff = models.PositiveIntegerField("研发人员")
    rd_spend = models.DecimalField("上年研发费用", max_digits=18, decimal_places=2)
    equipment = models.CharField("主要研发设备", max_length=500)
    partners = models.CharField("现有合作单位", max_length=300, blank=True)
    cooperation = ArrayField(models.CharField(max_length=40), verbose_name="合作方式", default=list)
    offers = models.TextField("可以合作什么", max_length=1000)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    suspended_on = models.DateField("暂停日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    entry = models.ForeignKey(ResearchOrg, models.SET_NULL, related_name="+", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "云上研发中心"
        ordering = ("-registered_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("party",), condition=Q(ended_on=None), name="research_centers_one_per_enterprise"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Confirmation(models.Model):
    """年度确认: the records of a year are complete; from then on they change only with a reason."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="confirmations")
    year = models.PositiveSmallIntegerField("年度")
    at = models.DateTimeField("确认时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    totals = models.JSONField("确认时的合计")

    class Meta:
        verbose_name = verbose_name_plural = "年度确认"
        ordering = ("-year",)
        constraints = (models.UniqueConstraint(fields=("center", "year"), name="research_centers_confirmed_once"),)

    def __str__(self) -> str:
        return f"{self.center} {self.year}"


class Activity(models.Model):
    """研发活动记录: what one project of the enterprise did in one year."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="activities")
    year = models.PositiveSmallIntegerField("年度")
    project = models.CharField("项目", max_length=160)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    staff_months = models.DecimalField("投入人月", max_digits=8, decimal_places=1)
    spend = models.DecimalField("当年支出", max_digits=18, decimal_places=2)
    results = models.CharField("成果", max_length=500, blank=True)
    partner = models.CharField("合作单位", max_length=160, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    entered_at = models.DateTimeField("填写时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "研发活动记录"
        ordering = ("-year", "project", "id")
        constraints = (
            models.UniqueConstraint(fields=("center", "year", "project"), name="research_centers_activity_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="research_centers_activity_in_order"
            ),
            models.CheckConstraint(
                condition=Q(spend__gte=0, staff_months__gte=0), name="research_centers_activity_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.project}"


class Correction(models.Model):
    """更正: a change of a record after its year was confirmed: what it said before and after, by whom, why."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="corrections")
    at = models.DateTimeField("更正时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=300)
    before = models.JSONField("更正前")
    after = models.JSONField("更正后")

    class Meta:
        verbose_name = verbose_name_plural = "更正"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.activity} {self.at:%Y-%m-%d}"


class Inquiry(models.Model):
    """合作联系: what somebody asks a registered centre; the case stands with the people of the centre."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="inquiry")
    center = models.ForeignKey(Center, models.PROTECT, related_name="inquiries")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="联系单位")
    text = models.TextField("想合作什么", max_length=1000)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "合作联系"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.party} · {self.center}"


class Definition(models.Model):
    """覆盖率口径: whom the indicator counts, below and above the line. The newest version is in force; none is changed.

    ``published`` is what the press reported of the indicator, with its qualifier, for comparison.
    """

    class Base(models.TextChoices):
        ROLL = "roll", gettext_lazy("年度名录中的企业")
        SCALE = "scale", gettext_lazy("企业档案中属于所选规模的企业")
        ALL = "all", gettext_lazy("全部已登记企业")

    version = models.PositiveIntegerField("版本", unique=True)
    text = models.TextField("口径说明", max_length=1000)
    base = models.CharField("分母", max_length=10, choices=Base.choices)
    scales = ArrayField(models.CharField(max_length=20), verbose_name="企业规模", default=list, blank=True)
    confirmed_only = models.BooleanField("只数已确认当年研发活动的中心", default=False)
    organisations = models.BooleanField("档案中有其他研发机构也算", default=True)
    published = models.CharField("公开报道的数字", max_length=200, blank=True)
    source = models.CharField("来源", max_length=300)
    text_status = models.CharField("可信程度", max_length=20)
    at = models.DateTimeField("生效时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "覆盖率口径"
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


class RollEntry(models.Model):
    """名录: an enterprise that counts below the line in a year, as the named list says (e.g. 规上工业企业名录)."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="roll_entries")
    year = models.PositiveSmallIntegerField("年度")
    source = models.CharField("名录来源", max_length=200)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "覆盖率名录"
        ordering = ("-year", "party__name")
        constraints = (models.UniqueConstraint(fields=("party", "year"), name="research_centers_roll_once"),)

    def __str__(self) -> str:
        return f"{self.year} {self.party}"

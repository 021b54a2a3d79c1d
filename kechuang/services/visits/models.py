"""走访 visits: who visited which enterprise for what, who went along, and the problems that were raised."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party, User


class Visit(models.Model):
    """走访: planned or made; where it stands is the state of its case, whose applicant is the enterprise.

    ``unit`` is the organisation that visits; None is the bureau, then ``office`` is the district of its office (empty:
    the city). ``private`` is read by the visiting unit and the officers alone. ``separate_for`` says why it goes alone
    though another unit had planned a visit at about the same time.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="visit")
    party = models.ForeignKey(Party, models.PROTECT, related_name="visits", verbose_name="企业")
    unit = models.ForeignKey(Party, models.PROTECT, related_name="visits_made", null=True, blank=True)
    office = models.CharField("辖区", max_length=20, blank=True)
    planner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="走访人")
    purpose = models.CharField("走访目的", max_length=300)
    planned_on = models.DateField("计划日期")
    visited_on = models.DateField("走访日期", null=True, blank=True)
    people = models.CharField("参加人员", max_length=300, blank=True)
    seen = models.TextField("看到的情况", max_length=2000, blank=True)
    private = models.TextField("内部备注", max_length=2000, blank=True)
    separate_for = models.CharField("单独走访的原因", max_length=300, blank=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        ordering = ("-planned_on", "-id")
        indexes = (models.Index(fields=("party", "-visited_on"), name="visits_visit_last"),)
        constraints = (
            models.CheckConstraint(condition=Q(unit=None) | Q(office=""), name="visits_unit_or_office"),
            models.CheckConstraint(
                condition=Q(unit=None) | ~Q(unit=models.F("party")), name="visits_nobody_visits_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.visited_on or self.planned_on}"


class Companion(models.Model):
    """同行: somebody of another unit who goes along, so that the enterprise is visited once."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="companions")
    unit = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True)
    office = models.CharField("辖区", max_length=20, blank=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("加入时间")

    class Meta:
        verbose_name = verbose_name_plural = "同行"
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("visit", "user"), name="visits_companion_once"),)

    def __str__(self) -> str:
        return f"{self.visit} {self.user}"


class Problem(models.Model):
    """诉求: a problem that the enterprise raised in a visit; its case goes round until the enterprise confirms.

    ``days`` is the promised time in working days; ``policy`` the code of the policy that it asks about; ``need_key``
    the page on which a need was begun from it, by which the need is found.
    """

    class Kind(models.TextChoices):
        TECHNOLOGY = "technology", gettext_lazy("技术难题")
        POLICY = "policy", gettext_lazy("政策咨询")
        FINANCE = "finance", gettext_lazy("融资")
        TALENT = "talent", gettext_lazy("人才")
        SITE = "site", gettext_lazy("场地和设备")
        OTHER = "other", gettext_lazy("其他")

    case = models.OneToOneField(Case, models.PROTECT, related_name="problem")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="problems")
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    text = models.TextField("诉求", max_length=1000)
    days = models.PositiveSmallIntegerField("办理期限（工作日）")
    policy = models.CharField("相关政策", max_length=80, blank=True)
    need_key = models.CharField("需求草稿编号", max_length=40, null=True, unique=True, editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    confirmed_at = models.DateTimeField("企业确认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.text[:40]

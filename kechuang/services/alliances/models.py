"""联盟 alliances: an alliance, who belongs to it, what its members do together, who came."""

from django.db import models

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party, User


class Alliance(models.Model):
    """联盟: an alliance of a district as data. ``figures`` are published figures, each with qualifier, date and source.

    ``secretariat`` 秘书处 is the party whose people check applications and activities, beside the officers of the
    district; ``contact`` its contact by title only. ``fictional`` marks the parts that a demo has filled in.
    """

    code = models.CharField("编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    district = models.CharField("区市", max_length=20, blank=True)
    purpose = models.TextField("宗旨", blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    charter = models.TextField("章程", blank=True)
    secretariat = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True)
    contact = models.CharField("联系人（职务）", max_length=80, blank=True)
    figures = models.JSONField("公开数字", default=list, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    text_status = models.CharField("可信程度", max_length=20, blank=True)
    fictional = models.BooleanField("含虚构内容（演示）", default=False)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "联盟"
        ordering = ("district", "name")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """联盟成员: the member's side of a case of the service ``alliances``; where it stands is the state of the case.

    ``ended_at`` is set when the case has come to rest without membership, so that an organisation can ask again.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="membership")
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="memberships")
    party = models.ForeignKey(Party, models.PROTECT, related_name="memberships", verbose_name="成员单位")
    plea = models.TextField("申请说明", max_length=1000)
    offers = models.CharField("能为联盟提供", max_length=300, blank=True)
    contact = models.CharField("联系人（职务）", max_length=80)
    joined_at = models.DateTimeField("加入时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "联盟成员"
        ordering = ("joined_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("alliance", "party"), condition=models.Q(ended_at=None), name="alliances_one_membership"
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} · {self.alliance}"


class Activity(models.Model):
    """联盟活动: what members do together; the organiser is the applicant of its case.

    ``outcome`` is what came of it in the organiser's words, ``introductions`` and ``needs`` how many introductions it
    opened and needs it raised, as the organiser reports them.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="activity")
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="activities")
    title = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=40)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    place = models.CharField("地点", max_length=120)
    text = models.TextField("内容", max_length=4000)
    seats = models.PositiveIntegerField("名额", null=True, blank=True)
    outcome = models.TextField("成效", max_length=2000, blank=True)
    introductions = models.PositiveIntegerField("促成对接（项）", null=True, blank=True)
    needs = models.PositiveIntegerField("提出需求（项）", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "联盟活动"
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="alliances_activity_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.title


class SignUp(models.Model):
    """活动报名: a person of a member who means to come; ``came`` is what the organiser noted afterwards."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sign_ups")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="成员单位")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="报名人")
    at = models.DateTimeField("报名时间")
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    came = models.BooleanField("到会", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动报名"
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("activity", "user"), condition=models.Q(cancelled_at=None), name="alliances_signed_up_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.activity}"

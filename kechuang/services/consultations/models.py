"""征求意见 consultations: a draft by clause, the stages of its drafting, who is asked, comments with their answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.cases.models import Case, Material
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import Document, PackVersion


class Consultation(models.Model):
    """征求意见: one draft that is put to the public or to named organisations; its case is the department's.

    ``days`` is the period in working days, ``closes_on`` its last day. ``version`` is the draft of a rule pack that is
    consulted on, if any; ``document`` and ``result_url`` are where the text was published in the end.
    """

    class Audience(models.TextChoices):
        ALL = "all", gettext_lazy("面向社会公开")
        INVITED = "invited", gettext_lazy("只向指定单位")

    case = models.OneToOneField(Case, models.PROTECT, related_name="consultation")
    title = models.CharField("标题", max_length=120)
    summary = models.TextField("背景与说明", max_length=4000)
    audience = models.CharField("征求对象", max_length=10, choices=Audience.choices, default=Audience.ALL)
    days = models.PositiveSmallIntegerField("期限（工作日）")
    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="+", null=True, blank=True)
    opened_on = models.DateField("开始日期", null=True, blank=True)
    closes_on = models.DateField("截止日期", null=True, blank=True, db_index=True)
    result = models.TextField("总的说明", max_length=4000, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", null=True, blank=True)
    result_url = models.URLField("正式文件网址", max_length=500, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "征求意见"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(days__gt=0), name="consultations_some_days"),
            models.CheckConstraint(
                condition=Q(opened_on=None, closes_on=None) | Q(opened_on__lt=models.F("closes_on")),
                name="consultations_period_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Clause(models.Model):
    """条款: one clause of the draft. ``final`` is its wording after the consultation: None not stated, "" left out.

    A clause that the consultation added has an empty ``text``.
    """

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="clauses")
    number = models.PositiveSmallIntegerField("序号")
    label = models.CharField("条号", max_length=40, blank=True)
    chapter = models.CharField("章", max_length=80, blank=True)
    text = models.TextField("征求意见稿", blank=True)
    final = models.TextField("修改后", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "条款"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("consultation", "number"), name="consultations_clause_once"),)

    def __str__(self) -> str:
        return self.label or _("第 %(number)s 段") % {"number": self.number}

    @property
    def body(self) -> str:
        """The words without the number that stands before them, for where the number is the heading."""
        return self.text.removeprefix(self.label).lstrip("、.． \u3000\t") if self.label else self.text

    @property
    def is_changed(self) -> bool:
        """Whether the consultation changed the words."""
        return self.final is not None and self.final != self.text


class Stage(models.Model):
    """起草步骤: what was done before and during the consultation, when, by whom, with what opinion."""

    class Kind(models.TextChoices):
        RESEARCH = "research", gettext_lazy("调研")
        EXPERTS = "experts", gettext_lazy("专家论证")
        RISK = "risk", gettext_lazy("风险评估")
        OPINIONS = "opinions", gettext_lazy("征求意见")

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="stages")
    kind = models.CharField("步骤", max_length=10, choices=Kind.choices)
    on = models.DateField("日期")
    who = models.CharField("参加单位和人员", max_length=300)
    text = models.TextField("情况和意见", max_length=2000)
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "起草步骤"
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class Invitation(models.Model):
    """征求单位: an organisation whose opinion is asked for; its people get a notice."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="invitations")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "征求单位"
        ordering = ("party__name",)
        constraints = (models.UniqueConstraint(fields=("consultation", "party"), name="consultations_invited_once"),)

    def __str__(self) -> str:
        return str(self.party)


class Comment(models.Model):
    """意见: on one clause or on the whole draft, by an organisation, a person who has signed in, or a visitor.

    Its case waits for the officer who answers it. Of a visitor ``user`` is empty; ``name`` and ``contact`` are what
    she chose to leave, for the officers alone; ``origin`` is a keyed hash of where it came from, for the limit of a
    day; with ``token`` she finds the answer again. Comments with the same ``topic`` are answered together.
    """

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", gettext_lazy("采纳")
        PARTLY = "partly", gettext_lazy("部分采纳")
        DECLINED = "declined", gettext_lazy("未采纳")

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="comments")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="comments", null=True, blank=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="comment")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField("称呼", max_length=40, blank=True)
    contact = models.CharField("联系方式", max_length=80, blank=True)
    text = models.TextField("意见", max_length=3000)
    at = models.DateTimeField("提出时间")
    origin = models.CharField("来处指纹", max_length=32, blank=True, db_index=True)
    token = models.CharField("回执号", max_length=32, unique=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)
    topic = models.CharField("归并", max_length=80, blank=True)
    outcome = models.CharField("采纳情况", max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField("答复", max_length=3000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见"
        ordering = ("clause__number", "topic", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None, answered_by=None)
                | (~Q(outcome="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="consultations_answer_has_author",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "adopted")) | ~Q(answer=""), name="consultations_declined_with_reason"
            ),
            models.CheckConstraint(condition=Q(party=None) | Q(user__isnull=False), name="consultations_party_by_user"),
        )

    def __str__(self) -> str:
        return self.text[:40]

"""办件 cases: one party's request under one service, from opening to archive; its materials."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.documents.models import Document
from kechuang.core.market.models import Need, Offer, Tier
from kechuang.core.parties.models import Party, User
from kechuang.core.taskforces.models import TaskForce


class Case(models.Model):
    """办件: the spine that links need, offer, contract and money.

    ``state`` is moved by ``actions.advance`` alone. ``owner`` is the role that must act, until ``due_on``; both empty
    where nobody waits. ``fields`` holds what was found wrong, by field; ``data`` the form as submitted 原始申报表.
    ``assignee`` is the one person in whose to-do the wait stands, ``on_behalf_of`` the one for whom she stands in;
    ``carers`` keeps who cares for the case on each side (owner -> number of the user), so that it comes back to her.
    ``touched_at`` is when somebody last did something.
    """

    service = models.CharField("事项", max_length=40, db_index=True)
    applicant = models.ForeignKey(Party, models.PROTECT, related_name="cases", verbose_name="申请主体")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="cases", null=True, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, related_name="cases", null=True, blank=True)
    district = models.CharField("受理区市", max_length=20, blank=True)
    state = models.CharField("状态", max_length=40, db_index=True)
    since = models.DateTimeField("进入状态时间")
    owner = models.CharField("待办人", max_length=20, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    assignee = models.ForeignKey(
        User, models.PROTECT, related_name="assigned", null=True, blank=True, verbose_name="经办"
    )
    on_behalf_of = models.ForeignKey(
        User, models.PROTECT, related_name="deputised", null=True, blank=True, verbose_name="代办"
    )
    carers = models.JSONField("各方经办", default=dict, blank=True)
    task_force = models.ForeignKey(TaskForce, models.PROTECT, related_name="cases", null=True, blank=True)
    touched_at = models.DateTimeField("最近跟进", null=True, blank=True)
    opened_at = models.DateTimeField("发起时间")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    reason = models.CharField("原因代码", max_length=60, blank=True)
    note = models.TextField("说明", blank=True)
    fields = models.JSONField("逐项意见", default=dict, blank=True)
    data = models.JSONField("原始申报表", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        ordering = ("due_on", "-since")
        indexes = (
            models.Index(fields=("owner", "due_on"), name="cases_case_waiting"),
            models.Index(fields=("assignee", "due_on"), name="cases_case_assigned"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(owner="") | models.Q(assignee=None, on_behalf_of=None),
                name="cases_no_wait_no_assignee",
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} #{self.pk}"

    @property
    def subject(self) -> Offer | Need | None:
        """The offer or need that the case is about."""
        return self.offer or self.need

    @property
    def is_pair(self) -> bool:
        """Whether the case is between two sides: the applicant, and the party of an offer that is not hers."""
        return self.offer is not None and self.offer.party_id != self.applicant_id

    @property
    def title(self) -> str:
        """What lists and notices call the case."""
        if self.need is not None and self.offer is not None:
            return f"{self.need.title} × {self.offer.title}"
        return self.subject.title if self.subject is not None else self.data.get("title") or str(self)


class Material(models.Model):
    """办件材料: a document in a case; ``tier`` says who else may open it once the listing is public."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="materials")
    document = models.ForeignKey(Document, models.PROTECT, related_name="materials")
    label = models.CharField("材料名称", max_length=80)
    tier = models.CharField("公开级别", max_length=12, choices=Tier.choices, default=Tier.CASE)
    added_at = models.DateTimeField("提交时间")
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件材料"
        ordering = ("added_at",)

    def __str__(self) -> str:
        return self.label


class Contact(models.Model):
    """跟进记录: one contact in a case: who spoke with whom, how, with what result, what comes next and when.

    ``channel`` and ``result`` are codes of the lists ``contact_channel`` and ``contact_result``.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    person = models.CharField("联系对象", max_length=80)
    channel = models.CharField("方式", max_length=40)
    result = models.CharField("结果", max_length=40)
    text = models.TextField("内容", max_length=2000, blank=True)
    next_step = models.CharField("下一步", max_length=200, blank=True)
    next_on = models.DateField("下一步日期", null=True, blank=True)
    form_key = models.CharField("表单编号", max_length=40, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "跟进记录"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.person}"


class Remark(models.Model):
    """专班备注: a note that only the task force of the case and its officers read."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField("内容", max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = "专班备注"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.text[:40]


class Satisfaction(models.Model):
    """满意度: what the applicant says after the service has ended: was she contacted in time, was it useful?

    ``unit`` is the party that served (None: the bureau); ``district`` its place, for the figures by unit.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="satisfaction")
    unit = models.ForeignKey(Party, models.PROTECT, related_name="satisfactions", null=True, blank=True)
    district = models.CharField("区市", max_length=20, blank=True)
    asked_at = models.DateTimeField("发出时间")
    answered_at = models.DateTimeField("回答时间", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    in_time = models.BooleanField("联系及时", null=True, blank=True)
    useful = models.BooleanField("有帮助", null=True, blank=True)
    text = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "满意度"
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.case_id}"


class Import(models.Model):
    """批量导入: a file of rows: read, checked row by row without writing, and after a confirmation entered.

    What the rows are about is a ``service`` (its listings) or a ``sheet`` (a list of the pages that was exported and
    changed, ``language`` being that of its words). ``columns`` are the names of the file's columns, as many as
    ``heads``, ignored ones empty; of a sheet both are kept by part. ``register``: an officer takes over a register on
    behalf of parties. ``industry`` is for rows that name none; ``mend`` lets missing titles be taken from the text. The
    counts are those of the check until the import has ended.
    """

    class State(models.TextChoices):
        READ = "read", gettext_lazy("检查中")
        CHECKED = "checked", gettext_lazy("待确认")
        RUNNING = "running", gettext_lazy("导入中")
        DONE = "done", gettext_lazy("已完成")
        FAILED = "failed", gettext_lazy("已中断")
        CANCELLED = "cancelled", gettext_lazy("已取消")

    service = models.CharField("事项", max_length=40, blank=True)
    sheet = models.CharField("清单表", max_length=40, blank=True)
    language = models.CharField("语言", max_length=10, blank=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="imports", null=True, verbose_name="发布单位")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="imports")
    name = models.CharField("文件名", max_length=160)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    format = models.CharField("格式", max_length=8)
    heads = models.JSONField("表头")
    columns = models.JSONField("各列含义")
    register = models.BooleanField("代为登记", default=False)
    submit = models.BooleanField("导入后提交审核", default=False)
    industry = models.CharField("默认产业", max_length=60, blank=True)
    mend = models.BooleanField("补齐题录", default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READ, db_index=True)
    note = models.CharField("说明", max_length=300, blank=True)
    total = models.PositiveIntegerField("行数")
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    errors = models.PositiveIntegerField("有错", default=0)
    created_at = models.DateTimeField("上传时间")
    checked_at = models.DateTimeField("检查完成时间", null=True)
    started_at = models.DateTimeField("开始导入时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量导入"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(service="") ^ models.Q(sheet=""), name="cases_import_service_or_sheet"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)


class ImportRow(models.Model):
    """导入行: what one row says, what would be or was done with it, and why not.

    ``part`` is the number of the part of a sheet that the row is from; ``link`` the page of what it is about.
    ``raw`` holds the values by column name as the file gives them; ``errors`` a list of {column, label, cell, reason};
    ``changes`` a list of [label, before, after]; ``double`` the number of an earlier row about the same record.
    ``entered_at`` is set in the transaction that writes what the row says, so that no row is entered twice;
    ``unindexed`` marks those whose listing is published but not yet in the search index, which is done for many at
    once.
    """

    class Outcome(models.TextChoices):
        WAITING = "", gettext_lazy("待检查")
        CREATE = "create", gettext_lazy("新增")
        UPDATE = "update", gettext_lazy("更新")
        UNCHANGED = "unchanged", gettext_lazy("无变化")
        ERROR = "error", gettext_lazy("有错")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    part = models.PositiveSmallIntegerField("分表", default=0)
    number = models.PositiveIntegerField("行号")
    raw = models.JSONField("原始内容")
    double = models.PositiveIntegerField("与某行重复", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True, default=Outcome.WAITING)
    code = models.CharField("来源编号", max_length=60, blank=True)
    title = models.CharField("名称", max_length=120, blank=True)
    errors = models.JSONField("错误", default=list)
    notes = models.JSONField("提示", default=list)
    changes = models.JSONField("差异", default=list)
    listing = models.BigIntegerField("记录编号", null=True)
    link = models.CharField("链接", max_length=200, blank=True)
    entered_at = models.DateTimeField("导入时间", null=True)
    unindexed = models.BooleanField("待入检索", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ("part", "number")
        constraints = (models.UniqueConstraint(fields=("batch", "part", "number"), name="cases_importrow_once"),)
        indexes = (
            models.Index(fields=("batch", "outcome", "part", "number"), name="cases_importrow_outcome"),
            models.Index(fields=("batch",), name="cases_importrow_unindexed", condition=models.Q(unindexed=True)),
        )

    def __str__(self) -> str:
        return _("第 %(number)s 行") % {"number": self.number}

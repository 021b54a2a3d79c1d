"""批量导入 bulk: a yearly file for many organisations, checked row by row before anything is written."""

from django.db import models
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, User


class FigureFile(models.Model):
    """年度数据文件: uploaded, checked in the background, confirmed, entered in slices that survive a kill."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", gettext_lazy("正在检查")
        REFUSED = "refused", gettext_lazy("不能读取")
        CHECKED = "checked", gettext_lazy("待确认")
        RUNNING = "running", gettext_lazy("正在写入")
        DONE = "done", gettext_lazy("已完成")
        CANCELLED = "cancelled", gettext_lazy("已取消")

    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("内容指纹", max_length=64)
    data = models.BinaryField("内容", null=True)
    source = models.CharField("来源", max_length=20)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.UPLOADED)
    problem = models.CharField("不能读取的原因", max_length=500, blank=True)
    strange = models.JSONField("不认识的列", default=list)
    rows = models.PositiveIntegerField("行数", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    changed = models.PositiveIntegerField("更新的值", default=0)
    opened = models.PositiveIntegerField("新增的不一致", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "年度数据文件"
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.name


class FigureLine(models.Model):
    """文件的一行: what it states as ``{year: {field: text}}``, what is wrong or odd, what it would change."""

    class Outcome(models.TextChoices):
        CHANGE = "change", gettext_lazy("有更新")
        SAME = "same", gettext_lazy("没有变化")
        ERROR = "error", gettext_lazy("有错，不写入")

    file = models.ForeignKey(FigureFile, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("行号")
    code = models.CharField("统一社会信用代码", max_length=40, blank=True)
    party = models.ForeignKey(Party, models.CASCADE, related_name="+", null=True, blank=True)
    values = models.JSONField("值", default=dict)
    errors = models.JSONField("错误", default=list)
    doubts = models.JSONField("提醒", default=list)
    changes = models.JSONField("将更新", default=list)
    disputes = models.PositiveSmallIntegerField("将产生的不一致", default=0)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    done = models.BooleanField("已写入", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "年度数据文件的行"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="dossier_line_once"),)
        indexes = (models.Index(fields=("file", "outcome", "done"), name="dossier_line_state"),)

    def __str__(self) -> str:
        return f"{self.file} {self.number}"

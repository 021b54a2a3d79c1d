"""留痕 audit: the append-only, hash-chained record of everything that was done."""

from django.db import models


class Event(models.Model):
    """留痕: who did what to which record, when, with the state before and after.

    A trigger forbids UPDATE, DELETE and TRUNCATE. ``hash`` covers the event and the hash of the one
    before. The person is kept as number and name, so that the record outlives the account.
    """

    at = models.DateTimeField("时间", db_index=True)
    by_id = models.BigIntegerField("操作人编号", null=True, db_index=True)
    by_name = models.CharField("操作人", max_length=150, blank=True)
    verb = models.CharField("动作", max_length=60)
    subject = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象编号", null=True)
    before = models.JSONField("之前", null=True)
    after = models.JSONField("之后", null=True)
    note = models.TextField("说明", blank=True)
    previous = models.CharField("上一条指纹", max_length=64)
    hash = models.CharField("指纹", max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "留痕"
        ordering = ("id",)
        indexes = (models.Index(fields=("subject", "subject_id"), name="audit_event_subject"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.verb}"

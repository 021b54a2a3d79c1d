"""办件 cases: one party's request under one service, from opening to archive; its materials."""

from django.db import models

from kechuang.core.documents.models import Document
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import Party, User


class Case(models.Model):
    """办件: the spine that links need, offer, contract and money.

    ``state`` is moved by ``actions.advance`` alone. ``owner`` is the role that must act, until ``due_on``; both empty
    where nobody waits. ``fields`` holds what was found wrong, by field; ``data`` the form as submitted 原始申报表.
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
    opened_at = models.DateTimeField("发起时间")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    reason = models.CharField("原因代码", max_length=60, blank=True)
    note = models.TextField("说明", blank=True)
    fields = models.JSONField("逐项意见", default=dict, blank=True)
    data = models.JSONField("原始申报表", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        ordering = ("due_on", "-since")
        indexes = (models.Index(fields=("owner", "due_on"), name="cases_case_waiting"),)

    def __str__(self) -> str:
        return f"{self.service} #{self.pk}"

    @property
    def subject(self) -> Offer | Need | None:
        """The offer or need that the case is about."""
        return self.offer or self.need


class Material(models.Model):
    """办件材料: a document in a case. A public one may be downloaded by everybody once the listing is public."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="materials")
    document = models.ForeignKey(Document, models.PROTECT, related_name="materials")
    label = models.CharField("材料名称", max_length=80)
    public = models.BooleanField("公开", default=False)
    added_at = models.DateTimeField("提交时间")
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件材料"
        ordering = ("added_at",)

    def __str__(self) -> str:
        return self.label

"""分级公开 disclosure: non-disclosure agreements, and who accepted which text of them."""

from django.db import models

from kechuang.core.market.models import Listing, Need, Offer
from kechuang.core.parties.models import Party, User


class NdaText(models.Model):
    """保密协议文本: one version of a party's agreement, or of the city's (no party). A trigger forbids to change it.

    ``ended_at`` is empty for the one in force; a party without a text of its own uses the city's.
    ``sha256`` is that of ``text``; ``note`` says of the city's text how far it has been checked.
    """

    party = models.ForeignKey(
        Party, models.PROTECT, related_name="nda_texts", null=True, blank=True, verbose_name="单位"
    )
    version = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=120)
    text = models.TextField("正文")
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.CharField("说明", max_length=200, blank=True)
    in_force_from = models.DateTimeField("启用时间")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "保密协议文本"
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=("party", "version"), nulls_distinct=False, name="disclosure_version_once"),
            models.UniqueConstraint(
                fields=("party",),
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="disclosure_one_text_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class NdaAcceptance(models.Model):
    """签署: a person accepted a text towards the disclosing ``party``, for ``behalf`` or (empty) for herself.

    The offer or need is the occasion; the acceptance opens everything that the party shows under its agreement. It is
    never deleted; an ended one carries its reason, and the person cannot accept again until she is readmitted.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="nda_acceptances", verbose_name="签署人")
    behalf = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代表单位")
    party = models.ForeignKey(Party, models.PROTECT, related_name="nda_acceptances", verbose_name="披露单位")
    text = models.ForeignKey(NdaText, models.PROTECT, related_name="acceptances", verbose_name="文本")
    sha256 = models.CharField("文本的 SHA-256", max_length=64)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", null=True, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField("签署时间")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    ended_for = models.CharField("终止原因", max_length=300, blank=True)
    readmitted_at = models.DateTimeField("重新允许时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保密协议签署"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "party", "text", "behalf"),
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="disclosure_accepted_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(ended_for=""), name="disclosure_end_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} → {self.party}"

    @property
    def listing(self) -> Listing | None:
        """The offer or need on whose page it was accepted."""
        return self.offer or self.need

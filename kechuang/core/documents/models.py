"""材料 documents: files in private storage, named by what they contain."""

from django.db import models

from kechuang.core.parties.models import Party, User


class Document(models.Model):
    """材料: one uploaded file. The content lies under its SHA-256, so equal files are stored once."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="documents", null=True, verbose_name="所属主体")
    name = models.CharField("文件名", max_length=160)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "材料"

    def __str__(self) -> str:
        return self.name

"""分级公开: texts above the public tier."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("market", "0003_need_service")]

    operations = [
        migrations.AddField(model, name, models.TextField(blank=True, default="", verbose_name=label), preserve_default=False)
        for model in ("offer", "need")
        for name, label in (("inner_text", "登录可见内容"), ("secret_text", "签署保密协议后可见内容"))
    ]

"""材料的公开级别: a tier takes the place of the mark "public"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_assignee")]

    operations = [
        migrations.AddField(
            "material",
            "tier",
            models.CharField(
                choices=[
                    ("public", "公开"),
                    ("signed_in", "登录可见"),
                    ("nda", "签署保密协议后可见"),
                    ("case", "仅本单位和受理部门"),
                ],
                default="case",
                max_length=12,
                verbose_name="公开级别",
            ),
        ),
        migrations.RunSQL(
            "UPDATE cases_material SET tier = 'public' WHERE public",
            "UPDATE cases_material SET public = true WHERE tier = 'public'",
        ),
        migrations.RemoveField("material", "public"),
    ]

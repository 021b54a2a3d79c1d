from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0004_tokens")]

    operations = [
        migrations.AddField("meaning", "space", models.CharField(default="", max_length=200, verbose_name="向量空间"))
    ]

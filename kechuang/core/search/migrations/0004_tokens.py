from django.db import migrations, models

STORAGE = "ALTER TABLE search_meaning ALTER COLUMN tokens SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("search", "0003_storage")]

    operations = [
        migrations.AddField("meaning", "tokens", models.BinaryField(default=b"", verbose_name="词元向量")),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]

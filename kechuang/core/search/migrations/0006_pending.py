import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0005_space")]

    operations = [
        migrations.AlterField(
            "pending",
            "entry",
            models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to="search.entry"),
        )
    ]

"""The score compares token by token now: every need is matched anew by the next refresh."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("matching", "0002_workbench_weights"),)
    operations = (
        migrations.RunSQL(
            "DELETE FROM matching_refreshed WHERE kind = 'needs'", reverse_sql=migrations.RunSQL.noop
        ),
    )

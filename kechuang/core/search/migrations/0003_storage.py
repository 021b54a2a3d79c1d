from django.db import migrations

# Weights lie in line, so that no candidate costs a second look-up; terms, which only the index reads, out of line.
STORAGE = """
ALTER TABLE search_keyword SET (toast_tuple_target = 3500);
ALTER TABLE search_keyword ALTER COLUMN weights SET STORAGE MAIN, ALTER COLUMN terms SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_title_vector")]

    operations = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]

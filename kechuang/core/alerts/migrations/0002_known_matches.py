"""Matches that were strong before anybody could be told of them are no news."""

from django.db import migrations

KNOWN = """
INSERT INTO alerts_pair (need_id, offer_id, score, words, at)
SELECT need_id, offer_id, score, '', at FROM matching_match WHERE score >= 72 ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("matching", "0001_initial")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]

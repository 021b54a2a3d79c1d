"""协议文本不改: what somebody accepted can be ended, never changed or deleted."""

from django.db import migrations

FORBID = """
CREATE FUNCTION disclosure_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'accepted texts do not change' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER disclosure_text_unchanging BEFORE UPDATE OF party_id, version, title, text, sha256, in_force_from
  ON disclosure_ndatext FOR EACH ROW EXECUTE FUNCTION disclosure_forbid();
CREATE TRIGGER disclosure_text_kept BEFORE DELETE ON disclosure_ndatext
  FOR EACH ROW EXECUTE FUNCTION disclosure_forbid();
CREATE TRIGGER disclosure_acceptance_unchanging BEFORE UPDATE OF user_id, behalf_id, party_id, text_id, sha256, at
  ON disclosure_ndaacceptance FOR EACH ROW EXECUTE FUNCTION disclosure_forbid();
CREATE TRIGGER disclosure_acceptance_kept BEFORE DELETE ON disclosure_ndaacceptance
  FOR EACH ROW EXECUTE FUNCTION disclosure_forbid();
"""
ALLOW = """
DROP TRIGGER disclosure_acceptance_kept ON disclosure_ndaacceptance;
DROP TRIGGER disclosure_acceptance_unchanging ON disclosure_ndaacceptance;
DROP TRIGGER disclosure_text_kept ON disclosure_ndatext;
DROP TRIGGER disclosure_text_unchanging ON disclosure_ndatext;
DROP FUNCTION disclosure_forbid();
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]

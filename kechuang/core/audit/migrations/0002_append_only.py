"""留痕只增不改: a trigger forbids UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

FORBID = """
CREATE FUNCTION audit_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_forbid();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_forbid();
"""
ALLOW = """
DROP TRIGGER audit_no_truncate ON audit_event;
DROP TRIGGER audit_append_only ON audit_event;
DROP FUNCTION audit_forbid();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]

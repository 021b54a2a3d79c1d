"""账簿不可改: entries and postings are append-only and sum to nothing; orders and their files do not change."""

from django.db import migrations

BOOKS = """
CREATE FUNCTION ledger_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_posting_kept BEFORE UPDATE OR DELETE ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON ledger_posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();

CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry bigint;
  wanted integer;
  found integer;
  total numeric;
BEGIN
  IF TG_TABLE_NAME = 'ledger_entry' THEN entry := NEW.id; ELSE entry := NEW.entry_id; END IF;
  SELECT lines INTO wanted FROM ledger_entry WHERE id = entry;
  SELECT count(*), coalesce(sum(amount), 0) INTO found, total FROM ledger_posting WHERE entry_id = entry;
  IF found <> wanted OR total <> 0 THEN
    RAISE EXCEPTION 'entry % does not balance: % of % postings, sum %', entry, found, wanted, total
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
"""
ORDERS = """
CREATE TRIGGER ledger_order_unchanging BEFORE UPDATE OF commitment_id, reason, attempt, replaces_id, payee_id,
  account_name, bank, bank_code, number_sealed, tail, amount, purpose, basis, author_id, drafted_at
  ON ledger_paymentorder FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_order_kept BEFORE DELETE ON ledger_paymentorder
  FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_batch_kept BEFORE UPDATE OR DELETE ON ledger_batch
  FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_file_kept BEFORE UPDATE OR DELETE ON ledger_batchfile
  FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
"""
ALLOW = """
DROP TRIGGER ledger_file_kept ON ledger_batchfile;
DROP TRIGGER ledger_batch_kept ON ledger_batch;
DROP TRIGGER ledger_order_kept ON ledger_paymentorder;
DROP TRIGGER ledger_order_unchanging ON ledger_paymentorder;
DROP TRIGGER ledger_posting_balanced ON ledger_posting;
DROP TRIGGER ledger_entry_balanced ON ledger_entry;
DROP FUNCTION ledger_balanced();
DROP TRIGGER ledger_posting_no_truncate ON ledger_posting;
DROP TRIGGER ledger_posting_kept ON ledger_posting;
DROP TRIGGER ledger_entry_no_truncate ON ledger_entry;
DROP TRIGGER ledger_entry_kept ON ledger_entry;
DROP FUNCTION ledger_forbid();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(BOOKS + ORDERS, ALLOW)]

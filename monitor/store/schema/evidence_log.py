"""The tables of the evidence log. Records are only ever added; private parts may be erased."""

STATEMENTS = """
CREATE TABLE log_records (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TRIGGER log_records_are_appended_only BEFORE UPDATE ON log_records
BEGIN SELECT RAISE(ABORT, 'a record of the log is never rewritten'); END;
CREATE TRIGGER log_records_are_never_deleted BEFORE DELETE ON log_records
BEGIN SELECT RAISE(ABORT, 'a record of the log is never deleted'); END;
CREATE TRIGGER log_records_are_dense BEFORE INSERT ON log_records
WHEN NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM log_records)
BEGIN SELECT RAISE(ABORT, 'a record of the log has the next number'); END;

CREATE TABLE log_blocks (block INTEGER PRIMARY KEY, root BLOB NOT NULL);

CREATE TABLE log_private (
  seq INTEGER NOT NULL, part INTEGER NOT NULL, salt BLOB NOT NULL, own TEXT NOT NULL, shared INTEGER,
  PRIMARY KEY (seq, part)
) WITHOUT ROWID;
CREATE TABLE log_shared (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL);

CREATE TABLE log_numbers (
  kind TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE log_slots (
  asset INTEGER PRIMARY KEY, every INTEGER NOT NULL, phase INTEGER NOT NULL, last INTEGER NOT NULL
);
CREATE TABLE log_scope (id INTEGER PRIMARY KEY CHECK (id = 1), digest TEXT NOT NULL);

CREATE TABLE log_checkpoints (size INTEGER PRIMARY KEY, at TEXT NOT NULL, note TEXT NOT NULL);
"""

# What each day of an asset came to, slot by slot, and the gaps that are not one interval: what coverage is read from.
SLOT_DAYS = """
CREATE TABLE slot_days (
  asset INTEGER NOT NULL, day INTEGER NOT NULL, outcome TEXT NOT NULL, slots INTEGER NOT NULL,
  PRIMARY KEY (asset, day, outcome)
) WITHOUT ROWID;
CREATE TABLE slot_gaps (
  asset INTEGER NOT NULL, "end" INTEGER NOT NULL, start INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (asset, "end")
) WITHOUT ROWID;
ALTER TABLE log_slots ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log_slots ADD COLUMN why TEXT NOT NULL DEFAULT '';
DELETE FROM log_scope;
"""

CANARIES = """
CREATE TABLE canaries (
  id TEXT PRIMARY KEY, place TEXT NOT NULL, planted TEXT, looked_at TEXT, told TEXT, acknowledged TEXT, withdrawn TEXT
) WITHOUT ROWID;
"""

# When what looks share was last used: erasure needs no search for what still refers to it.
LAST_USED = """
ALTER TABLE log_shared ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
UPDATE log_shared SET used = CAST(strftime('%s', 'now') AS INTEGER) / 86400;
CREATE INDEX log_shared_used ON log_shared(used);
"""

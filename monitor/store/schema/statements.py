"""The statements of migrations: what stands here may already be on somebody's disk, and is never changed."""

from __future__ import annotations

ADDRESSES = """
ALTER TABLE dues ADD COLUMN taken TEXT NOT NULL DEFAULT '[]';
DROP TRIGGER what_a_group_came_to;
CREATE TRIGGER what_a_group_came_to AFTER INSERT ON deliveries
WHEN NEW.outcome IN ('accepted', 'partly-refused', 'may-have-arrived')
BEGIN INSERT INTO deliveries (due, channel, started, ended, outcome, reason)
SELECT id, NEW.channel, NEW.started, NEW.ended, NEW.outcome, NEW.reason FROM dues
WHERE grouped = (SELECT coalesce(copy_of, id) FROM dues WHERE id = NEW.due); END;
"""

CHANGES_ARE_APPENDED = """
CREATE TRIGGER changes_are_appended_only BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never rewritten'); END;
"""

# A folder's row is its key, what its parent's page said of it, and its counts: no name stands in it.
SURVEYS = """
CREATE TABLE surveys (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), started TEXT NOT NULL, ended TEXT,
  waiting BLOB, body BLOB
);
CREATE INDEX surveys_finding ON surveys(finding);

CREATE TABLE survey_folders (
  finding TEXT NOT NULL REFERENCES findings(id), key BLOB NOT NULL, survey INTEGER NOT NULL, time TEXT NOT NULL,
  digest BLOB NOT NULL, leaf INTEGER NOT NULL, read TEXT NOT NULL, tally TEXT NOT NULL, PRIMARY KEY (finding, key)
) WITHOUT ROWID;
"""

NOT_REPLACED = """
CREATE TRIGGER changes_are_never_replaced BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE finding = NEW.finding AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'a change is never replaced'); END;
"""

HANDLING = """
CREATE TABLE deeds (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), act TEXT NOT NULL, at TEXT NOT NULL,
  by TEXT NOT NULL, party TEXT NOT NULL, channel TEXT NOT NULL, reason TEXT NOT NULL, since TEXT, until TEXT,
  signature TEXT NOT NULL
);
CREATE INDEX deeds_finding ON deeds(finding);
CREATE TRIGGER deeds_are_appended_only BEFORE UPDATE ON deeds
BEGIN SELECT RAISE(ABORT, 'a deed is never rewritten'); END;
CREATE TRIGGER deeds_are_never_replaced BEFORE INSERT ON deeds WHEN EXISTS (SELECT 1 FROM deeds WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a deed is never replaced'); END;
CREATE TRIGGER deeds_are_never_deleted BEFORE DELETE ON deeds
BEGIN SELECT RAISE(ABORT, 'a deed is never deleted'); END;
"""

RECIPIENTS = """
CREATE TABLE confirmations (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, parties TEXT NOT NULL, destination TEXT NOT NULL, act TEXT NOT NULL,
  at TEXT NOT NULL, by TEXT NOT NULL, answers INTEGER REFERENCES confirmations(id)
);
CREATE INDEX confirmations_channel ON confirmations(channel, act);
CREATE TRIGGER confirmations_are_appended_only BEFORE UPDATE ON confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never rewritten'); END;
CREATE TRIGGER confirmations_are_never_deleted BEFORE DELETE ON confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never deleted'); END;

CREATE TABLE postings (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL REFERENCES dues(id), event TEXT NOT NULL, at TEXT NOT NULL,
  by TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX postings_due ON postings(due);
CREATE TRIGGER postings_are_appended_only BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'what happened to a message is never rewritten'); END;
CREATE TRIGGER postings_are_never_deleted BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'what happened to a message is never deleted'); END;
ALTER TABLE dues ADD COLUMN sending TEXT;
"""

DUTY = """
ALTER TABLE dues ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE dues ADD COLUMN grouped INTEGER REFERENCES dues(id);
ALTER TABLE dues ADD COLUMN copy_of INTEGER REFERENCES dues(id);
CREATE INDEX dues_grouped ON dues(grouped) WHERE grouped IS NOT NULL;

CREATE TRIGGER what_a_group_came_to AFTER INSERT ON deliveries WHEN NEW.outcome IN ('accepted', 'may-have-arrived')
BEGIN INSERT INTO deliveries (due, channel, started, ended, outcome, reason)
SELECT id, NEW.channel, NEW.started, NEW.ended, NEW.outcome, NEW.reason FROM dues
WHERE grouped = (SELECT coalesce(copy_of, id) FROM dues WHERE id = NEW.due); END;
CREATE TRIGGER what_a_group_told_is_told AFTER UPDATE OF state ON dues WHEN NEW.state = 'sent' AND OLD.state <> 'sent'
BEGIN UPDATE dues SET state = 'sent' WHERE grouped = NEW.id AND state = 'grouped'; END;

CREATE TABLE answers (
  drill TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (drill, channel)
) WITHOUT ROWID;

CREATE TABLE heartbeats (
  id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, good TEXT
);
"""

CLOCK_WARNINGS = """
CREATE TABLE clock_warnings (
  finding TEXT NOT NULL REFERENCES findings(id), party TEXT NOT NULL, duty TEXT NOT NULL, basis TEXT NOT NULL,
  receiver TEXT NOT NULL, level INTEGER NOT NULL, sequence INTEGER NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (finding, party, duty, basis, receiver, level)
) WITHOUT ROWID;
CREATE TRIGGER clock_warnings_are_appended_only BEFORE UPDATE ON clock_warnings
BEGIN SELECT RAISE(ABORT, 'a warning is never rewritten'); END;
CREATE TRIGGER clock_warnings_are_never_deleted BEFORE DELETE ON clock_warnings
BEGIN SELECT RAISE(ABORT, 'a warning is never deleted'); END;
"""

CLAIMS = """
ALTER TABLE dues ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE dues ADD COLUMN lease TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000Z';
CREATE INDEX dues_sending ON dues(sending) WHERE sending IS NOT NULL;
"""

# A folder is known again by a keyed digest of its name: the name itself is somebody's, and stands nowhere.
STRANGERS = """
CREATE TABLE strangers (
  asset TEXT NOT NULL, key TEXT NOT NULL, finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (asset, key)
) WITHOUT ROWID;
"""

ACCOUNTS = """
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, good TEXT, faults TEXT NOT NULL, buckets INTEGER NOT NULL,
  undeclared INTEGER NOT NULL, undeclared_open INTEGER NOT NULL
) WITHOUT ROWID;
"""

SERVICE_FAULTS = """
CREATE TABLE service_faults (part TEXT PRIMARY KEY, since TEXT NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
"""

# Sealed: what was found are paths.
FOUND_FOLDERS = """
CREATE TABLE survey_found (
  id INTEGER PRIMARY KEY, survey INTEGER NOT NULL REFERENCES surveys(id), body BLOB NOT NULL
);
CREATE INDEX survey_found_survey ON survey_found(survey);
UPDATE surveys SET waiting = NULL;
"""

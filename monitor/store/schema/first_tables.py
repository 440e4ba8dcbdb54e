"""The tables of the first migration. They are never changed here: later migrations change them."""

# `records` is content-addressed: the list of asks is a function of the inventory, so between rounds it is the same row.
STATEMENTS = """
CREATE TABLE records (digest TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE rounds (
  id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, vantage TEXT NOT NULL, blind TEXT NOT NULL DEFAULT '',
  inventory TEXT NOT NULL, tasks INTEGER NOT NULL DEFAULT 0, asks INTEGER NOT NULL DEFAULT 0,
  wire INTEGER NOT NULL DEFAULT 0, exposed INTEGER NOT NULL DEFAULT 0, clear INTEGER NOT NULL DEFAULT 0,
  unknown INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE observations (
  id INTEGER PRIMARY KEY, round TEXT NOT NULL REFERENCES rounds(id), asset TEXT NOT NULL, probe TEXT NOT NULL,
  location TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL, asks INTEGER NOT NULL, wire INTEGER NOT NULL,
  exposed INTEGER NOT NULL, clear INTEGER NOT NULL, unknown INTEGER NOT NULL,
  asked TEXT NOT NULL REFERENCES records(digest), sights TEXT NOT NULL REFERENCES records(digest),
  timings BLOB NOT NULL
);
CREATE INDEX observations_asset ON observations(asset, started);
CREATE INDEX observations_round ON observations(round);

CREATE TABLE places (
  asset TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, location TEXT NOT NULL, verdict TEXT NOT NULL,
  why TEXT NOT NULL, at TEXT NOT NULL, last_clear TEXT, last_conclusive TEXT, longest_gap REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (asset, kind, place, location)
) WITHOUT ROWID;

CREATE TABLE looks (asset TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE findings (
  id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, asset TEXT NOT NULL, state TEXT NOT NULL,
  severity TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, sequence INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX findings_asset ON findings(asset);

CREATE TABLE changes (
  finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL, step TEXT NOT NULL, at TEXT NOT NULL,
  reason TEXT NOT NULL, round TEXT NOT NULL, PRIMARY KEY (finding, sequence)
) WITHOUT ROWID;
CREATE TRIGGER changes_are_appended_only BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never rewritten'); END;
CREATE TRIGGER changes_are_never_deleted BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never deleted'); END;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL,
  observation INTEGER NOT NULL REFERENCES observations(id), at TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX evidence_finding ON evidence(finding);

CREATE TABLE witnesses (finding TEXT PRIMARY KEY REFERENCES findings(id), sealed BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE dues (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, finding TEXT NOT NULL, sequence INTEGER NOT NULL,
  step TEXT NOT NULL, channel TEXT NOT NULL, party TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL,
  body TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL, due TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX dues_state ON dues(state, due);
CREATE INDEX dues_finding ON dues(finding);

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL REFERENCES dues(id), channel TEXT NOT NULL, started TEXT NOT NULL,
  ended TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries(due);
"""

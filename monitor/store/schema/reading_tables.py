"""Tables for those who read and act over HTTP."""

# `until` is set once, when a party leaves the chain; nothing else of a row ever changes.
STATEMENTS = """
CREATE TABLE asset_parties (
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, party TEXT NOT NULL, since TEXT NOT NULL, until TEXT
);
CREATE INDEX asset_parties_asset ON asset_parties(asset, party);
CREATE INDEX asset_parties_party ON asset_parties(party, asset);
CREATE TRIGGER asset_parties_keep_their_past BEFORE UPDATE ON asset_parties
WHEN OLD.until IS NOT NULL OR NEW.asset <> OLD.asset OR NEW.party <> OLD.party OR NEW.since <> OLD.since
BEGIN SELECT RAISE(ABORT, 'who was in a chain is never rewritten'); END;
CREATE TRIGGER asset_parties_are_never_deleted BEFORE DELETE ON asset_parties
BEGIN SELECT RAISE(ABORT, 'who was in a chain is never deleted'); END;

CREATE TABLE http_actions (
  who TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (who, key)
) WITHOUT ROWID;
"""

WORST_FIRST = "CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END"
"""How findings are sorted. Queries that use the index have the same words."""

REPORTS = """
CREATE TABLE reports (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, party TEXT NOT NULL, about TEXT NOT NULL,
  language TEXT NOT NULL, digest TEXT NOT NULL, template TEXT NOT NULL, engine TEXT NOT NULL, seal TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX reports_party ON reports(party, id);
CREATE TRIGGER reports_are_appended_only BEFORE UPDATE ON reports
BEGIN SELECT RAISE(ABORT, 'a report that was handed out is never rewritten'); END;
CREATE TRIGGER reports_are_never_deleted BEFORE DELETE ON reports
BEGIN SELECT RAISE(ABORT, 'a report that was handed out is never deleted'); END;
"""

"""The ledger's tables, as one set of migrations: each is applied once, in order, in a transaction of its own."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.store.messages.queued import UNSIGNED, UNWRITTEN
from monitor.store.schema import old_sentences

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS: list[Callable[[Database], None]] = []
"""In their order. What stands here may already be on somebody's disk: it is never changed, and nothing is put before
it."""
_SIGNATURE = re.compile(r"/[bcdfghjkmnpqrstv]{24}(?![^\s])")
_CODE = re.compile(r"(?<!\S)[bcdfghjkmnpqrstv]{10}(?!\S)")


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Apply what this database lacks. Not for two processes at once."""
    connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("PRAGMA user_version").fetchone()[0] >= len(MIGRATIONS):
        return
    # Most ledgers lack nothing, and then what migrates them is not loaded.
    from sqlite_utils import Database, Migrations

    migrations = Migrations("leftopen")
    for migration in MIGRATIONS:
        migrations()(migration)
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _migration(migration: Callable[[Database], None]) -> Callable[[Database], None]:
    MIGRATIONS.append(migration)
    return migration


@_migration
def first_ledger(db: Database) -> None:
    """Rounds, observations, places, findings with their changes, evidence, and the messages owed."""
    _each(db, _FIRST)


@_migration
def surveys(db: Database) -> None:
    """How far findings reach: surveys, and the folders that they read."""
    _each(db, _SURVEYS)


@_migration
def history_is_not_replaced(db: Database) -> None:
    """INSERT OR REPLACE deletes without asking the triggers on DELETE, so it is refused by one of its own."""
    _each(db, _NOT_REPLACED)


@_migration
def handling(db: Database) -> None:
    """What people do about findings."""
    _each(db, _HANDLING)


@_migration
def recipients(db: Database) -> None:
    """Who has confirmed a channel, and what happened to messages besides tries."""
    _each(db, _RECIPIENTS)


@_migration
def duty(db: Database) -> None:
    """Messages by schedule, in groups and in another channel's place; drills that were answered; the sign of life."""
    _each(db, _DUTY)


@_migration
def clock_warnings(db: Database) -> None:
    """Which clock has warned its party at which level."""
    _each(db, _CLOCK_WARNINGS)


@_migration
def claims(db: Database) -> None:
    """Who is at a message, and until when nobody else is."""
    _each(db, _CLAIMS)


@_migration
def no_token_in_a_message(db: Database) -> None:
    """Texts that were stored with signatures and codes in them are stored without."""
    for row in db.execute("SELECT id, step, body FROM dues").fetchall():
        body = _SIGNATURE.sub(f"/{UNSIGNED}", row[2])
        body = _CODE.sub(UNWRITTEN, body) if row[1] == "confirm" else body
        if body != row[2]:
            db.execute("UPDATE dues SET body = ? WHERE id = ?", (body, row[0]))


@_migration
def strangers(db: Database) -> None:
    """Folders of customers that nobody declared, of which the host's owner was told."""
    _each(db, _STRANGERS)


@_migration
def accounts(db: Database) -> None:
    """Accounts at providers of object stores, as they were last read."""
    _each(db, _ACCOUNTS)


@_migration
def service_faults(db: Database) -> None:
    """Parts of the service that do not work now, and why."""
    _each(db, _SERVICE_FAULTS)


@_migration
def reasons_are_values(db: Database) -> None:
    """Sentences that said why something changed, is severe, is proven or was blind are stored as values."""
    for id_, text in db.execute("SELECT id, body FROM findings").fetchall():
        body = json.loads(text)
        body["severity_reasons"] = old_sentences.severity_reasons(body["severity_reasons"])
        body["proof"] = old_sentences.proof_steps(body["proof"])
        db.execute("UPDATE findings SET body = ? WHERE id = ?", (_json(body), id_))
    # The one time that changes are rewritten: what they say stays the same.
    db.execute("DROP TRIGGER changes_are_appended_only")
    for finding, sequence, reason in db.execute("SELECT finding, sequence, reason FROM changes").fetchall():
        value = _json(old_sentences.change_reason(reason))
        db.execute("UPDATE changes SET reason = ? WHERE finding = ? AND sequence = ?", (value, finding, sequence))
    _each(db, _CHANGES_ARE_APPENDED)
    for id_, blind in db.execute("SELECT id, blind FROM rounds WHERE blind <> ''").fetchall():
        db.execute("UPDATE rounds SET blind = ? WHERE id = ?", (_json(old_sentences.blind_reason(blind)), id_))


@_migration
def places_that_are_gone(db: Database) -> None:
    """How many looks in a row no longer led to a place's endpoint."""
    db.execute("ALTER TABLE places ADD COLUMN missed INTEGER NOT NULL DEFAULT 0")


@_migration
def found_folders(db: Database) -> None:
    """Folders that a survey has found are appended, instead of writing all that waits each second. A survey that was
    under way when this was applied begins anew."""
    _each(db, _FOUND_FOLDERS)


@_migration
def rounds_have_a_kind(db: Database) -> None:
    """What made a row of `rounds` is told by a column, not by how its id is spelt."""
    db.execute("ALTER TABLE rounds ADD COLUMN kind TEXT NOT NULL DEFAULT 'round'")
    db.execute("UPDATE rounds SET kind = 'account' WHERE id LIKE 'account-%'")


@_migration
def deletion_in_small_steps(db: Database) -> None:
    """What old looks refer to is found without reading whole tables."""
    db.execute("CREATE INDEX evidence_observation ON evidence(observation)")
    # The first characters of a digest find its rows, for a fifth of the room that the whole digest takes.
    db.execute("CREATE INDEX observations_asked ON observations(substr(asked, 1, 8))")
    db.execute("CREATE INDEX observations_sights ON observations(substr(sights, 1, 8))")


@_migration
def addresses_of_mail(db: Database) -> None:
    """Which addresses of a channel have taken a message, where its others have refused it."""
    _each(db, _ADDRESSES)


@_migration
def findings_by_state(db: Database) -> None:
    """What is open is found without reading what is closed."""
    db.execute("CREATE INDEX findings_state ON findings(state)")


@_migration
def endpoints_are_called_so(db: Database) -> None:
    """Where a look went to is an endpoint; a place is where an exposure is."""
    for table in ("observations", "places"):
        db.execute(f"ALTER TABLE {table} RENAME COLUMN location TO endpoint")


@_migration
def messages_are_facts(db: Database) -> None:
    """A message stores what it is about, and each try the text that was sent. Old texts are sent as they stand."""
    db.execute("ALTER TABLE dues ADD COLUMN facts TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE deliveries ADD COLUMN text TEXT NOT NULL DEFAULT ''")
    for id_, title, body in db.execute("SELECT id, title, body FROM dues").fetchall():
        written = {"kind": "written", "title": title, "body": body}
        db.execute("UPDATE dues SET facts = ?, title = '', body = '' WHERE id = ?", (_json(written), id_))


@_migration
def facts_are_values(db: Database) -> None:
    """Facts of findings, and what the names of their files hold, are stored as values: in messages too."""
    old_sentences.replace_facts(db)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _each(db: Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


# Content-addressed: the list of asks is a function of the inventory, so between rounds it is the same row.
_FIRST = """
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

_ADDRESSES = """
ALTER TABLE dues ADD COLUMN taken TEXT NOT NULL DEFAULT '[]';
DROP TRIGGER what_a_group_came_to;
CREATE TRIGGER what_a_group_came_to AFTER INSERT ON deliveries
WHEN NEW.outcome IN ('accepted', 'partly-refused', 'may-have-arrived')
BEGIN INSERT INTO deliveries (due, channel, started, ended, outcome, reason)
SELECT id, NEW.channel, NEW.started, NEW.ended, NEW.outcome, NEW.reason FROM dues
WHERE grouped = (SELECT coalesce(copy_of, id) FROM dues WHERE id = NEW.due); END;
"""

_CHANGES_ARE_APPENDED = """
CREATE TRIGGER changes_are_appended_only BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never rewritten'); END;
"""

# A folder's row is its key, what its parent's page said of it, and its counts: no name stands in it.
_SURVEYS = """
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

_NOT_REPLACED = """
CREATE TRIGGER changes_are_never_replaced BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE finding = NEW.finding AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'a change is never replaced'); END;
"""

_HANDLING = """
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

_RECIPIENTS = """
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

_DUTY = """
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

_CLOCK_WARNINGS = """
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

_CLAIMS = """
ALTER TABLE dues ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE dues ADD COLUMN lease TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000Z';
CREATE INDEX dues_sending ON dues(sending) WHERE sending IS NOT NULL;
"""

# A folder is known again by a keyed digest of its name: the name itself is somebody's, and stands nowhere.
_STRANGERS = """
CREATE TABLE strangers (
  asset TEXT NOT NULL, key TEXT NOT NULL, finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (asset, key)
) WITHOUT ROWID;
"""

_ACCOUNTS = """
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, good TEXT, faults TEXT NOT NULL, buckets INTEGER NOT NULL,
  undeclared INTEGER NOT NULL, undeclared_open INTEGER NOT NULL
) WITHOUT ROWID;
"""

_SERVICE_FAULTS = """
CREATE TABLE service_faults (part TEXT PRIMARY KEY, since TEXT NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
"""

# Sealed: what was found are paths.
_FOUND_FOLDERS = """
CREATE TABLE survey_found (
  id INTEGER PRIMARY KEY, survey INTEGER NOT NULL REFERENCES surveys(id), body BLOB NOT NULL
);
CREATE INDEX survey_found_survey ON survey_found(survey);
UPDATE surveys SET waiting = NULL;
"""

"""The ledger's tables, as one set of migrations: each is applied once, in order, all or nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from monitor.store.messages.queued import UNSIGNED, UNWRITTEN
from monitor.store.schema import (
    evidence_log,
    first_tables,
    folded_looks,
    networks,
    old_sentences,
    owed,
    places_of_series,
    reading_tables,
    statements,
)
from monitor.store.schema.reading_tables import WORST_FIRST
from monitor.store.schema.stored import any_text

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS: list[Callable[[Database], None]] = []
"""In their order. What stands here may already be on somebody's disk: it is never changed, and nothing is put before
it."""
_SIGNATURE = re.compile(r"/[bcdfghjkmnpqrstv]{24}(?![^\s])")
_CODE = re.compile(r"(?<!\S)[bcdfghjkmnpqrstv]{10}(?!\S)")


class MadeByNewer(Exception):
    """A newer program has changed the tables of this database: what it stored there, this one does not understand."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Apply what this database lacks. Not for two processes at once. Raises MadeByNewer; then nothing changed."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise MadeByNewer(f"its tables have version {version}, this program knows {len(MIGRATIONS)}")
    connection.execute("PRAGMA journal_mode = WAL")
    if version == len(MIGRATIONS):
        return
    # Most ledgers lack nothing, and then what migrates them is not loaded.
    from sqlite_utils import Database, Migrations

    migrations = Migrations("leftopen")
    for migration in MIGRATIONS:
        migrations()(migration)
    # Tables are replaced by others of the same name, and what refers to them must not be in the way.
    connection.execute("PRAGMA foreign_keys = OFF")
    database = Database(connection)
    # A new ledger is made at once. One that holds something takes a step at a time, so that none needs its size again.
    with any_text(connection), database.atomic() if _is_new(connection) else nullcontext():
        migrations.apply(database)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _is_new(connection: sqlite3.Connection) -> bool:
    """Whether the database has no table yet."""
    return not any(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1"))


def _migration(migration: Callable[[Database], None]) -> Callable[[Database], None]:
    MIGRATIONS.append(migration)
    return migration


@_migration
def first_ledger(db: Database) -> None:
    """Rounds, observations, places, findings with their changes, evidence, and the messages owed."""
    _each(db, first_tables.STATEMENTS)


@_migration
def surveys(db: Database) -> None:
    """How far findings reach: surveys, and the folders that they read."""
    _each(db, statements.SURVEYS)


@_migration
def history_is_not_replaced(db: Database) -> None:
    """INSERT OR REPLACE deletes without asking the triggers on DELETE, so it is refused by one of its own."""
    _each(db, statements.NOT_REPLACED)


@_migration
def handling(db: Database) -> None:
    """What people do about findings."""
    _each(db, statements.HANDLING)


@_migration
def recipients(db: Database) -> None:
    """Who has confirmed a channel, and what happened to messages besides tries."""
    _each(db, statements.RECIPIENTS)


@_migration
def duty(db: Database) -> None:
    """Messages by schedule, in groups and in another channel's place; drills that were answered; the sign of life."""
    _each(db, statements.DUTY)


@_migration
def clock_warnings(db: Database) -> None:
    """Which clock has warned its party at which level."""
    _each(db, statements.CLOCK_WARNINGS)


@_migration
def claims(db: Database) -> None:
    """Who is at a message, and until when nobody else is."""
    _each(db, statements.CLAIMS)


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
    _each(db, statements.STRANGERS)


@_migration
def accounts(db: Database) -> None:
    """Accounts at providers of object stores, as they were last read."""
    _each(db, statements.ACCOUNTS)


@_migration
def service_faults(db: Database) -> None:
    """Parts of the service that do not work now, and why."""
    _each(db, statements.SERVICE_FAULTS)


@_migration
def reasons_are_values(db: Database) -> None:
    """Sentences that said why something changed, is severe, is proven or was blind are stored as values."""
    old_sentences.replace(db, "findings", "body", old_sentences.body_with_reasons)
    # The one time that changes are rewritten: what they say stays the same.
    db.execute("DROP TRIGGER changes_are_appended_only")
    old_sentences.replace(db, "changes", "reason", old_sentences.change_reason, key=("finding", "sequence"))
    _each(db, statements.CHANGES_ARE_APPENDED)
    old_sentences.replace(db, "rounds", "blind", old_sentences.blind_reason, where="blind <> ''")


@_migration
def places_that_are_gone(db: Database) -> None:
    """How many looks in a row no longer led to a place's endpoint."""
    db.execute("ALTER TABLE places ADD COLUMN missed INTEGER NOT NULL DEFAULT 0")


@_migration
def found_folders(db: Database) -> None:
    """Folders that a survey has found are appended, instead of writing all that waits each second. A survey that was
    under way when this was applied begins anew."""
    _each(db, statements.FOUND_FOLDERS)


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
    _each(db, statements.ADDRESSES)


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
        with suppress(*old_sentences.NOT_WRITTEN_HERE):
            written = old_sentences.dump({"kind": "written", "title": title, "body": body})
            db.execute("UPDATE dues SET facts = ?, title = '', body = '' WHERE id = ?", (written, id_))


@_migration
def reading_by_scope(db: Database) -> None:
    """Which parties were in an asset's chain, from when to when; and the actions that came over HTTP, each once."""
    _each(db, reading_tables.STATEMENTS)


@_migration
def log_of_evidence(db: Database) -> None:
    """The evidence log: records that are only added, their private parts, slots, checkpoints."""
    _each(db, evidence_log.STATEMENTS)


@_migration
def looks_are_folded(db: Database) -> None:
    """Looks belong to series, and what each day of a series came to is kept for itself."""
    folded_looks.apply(db)


@_migration
def facts_are_values(db: Database) -> None:
    """Facts of findings, and what the names of their files hold, are stored as values: in messages too."""
    old_sentences.replace_facts(db)


@_migration
def slots_by_day(db: Database) -> None:
    """What each day of an asset came to, slot by slot, and its gaps. The scope is declared again."""
    _each(db, evidence_log.SLOT_DAYS)


@_migration
def places_follow_their_series(db: Database) -> None:
    """An unchanged look writes the row of its series, and no row of a place."""
    _each(db, places_of_series.STATEMENTS)
    db.execute(places_of_series.VIEW)


@_migration
def blind_canaries(db: Database) -> None:
    """Places that were opened on purpose, to time how soon somebody tells."""
    _each(db, evidence_log.CANARIES)


@_migration
def fronts_of_endpoints(db: Database) -> None:
    """What the first answer of an endpoint looked like: while it stays the same, default paths are asked in turns."""
    db.execute("ALTER TABLE series ADD COLUMN front TEXT NOT NULL DEFAULT ''")


@_migration
def findings_worst_first(db: Database) -> None:
    """A page of a long list of findings is read without sorting all of them."""
    db.execute(f"CREATE INDEX findings_worst ON findings({WORST_FIRST}, first_seen, id)")


@_migration
def when_shared_was_used(db: Database) -> None:
    """The looks of a record are one private part; what they share says when it was last used."""
    _each(db, evidence_log.LAST_USED)


@_migration
def counts_of_findings(db: Database) -> None:
    """Findings are counted by state and severity, drills and names of numbers are found, without reading all rows."""
    db.execute("CREATE INDEX findings_counted ON findings(state, severity, asset)")
    db.execute("CREATE INDEX log_numbers_number ON log_numbers(kind, number)")
    db.execute("CREATE INDEX dues_drills ON dues(created, id) WHERE step = 'drill'")


@_migration
def filed_reports(db: Database) -> None:
    """Reports that were put on file, as they were made: what somebody was handed can be had again."""
    _each(db, reading_tables.REPORTS)


@_migration
def seen_from_networks(db: Database) -> None:
    """Places, looks and slots know the network that they were seen from; what is on file belongs to the own one."""
    _each(db, networks.STATEMENTS)
    db.execute(networks.VIEW)


@_migration
def results_are_owed(db: Database) -> None:
    """Batches that other machines look at, until their result is on file."""
    _each(db, owed.STATEMENTS)


@_migration
def rounds_by_vantage(db: Database) -> None:
    """The last rounds of one vantage are found without reading those of all others."""
    db.execute("CREATE INDEX rounds_vantage ON rounds(vantage, kind, started)")


@_migration
def credentials_that_were_refused(db: Database) -> None:
    """A password that a portal refused is not sent again, whichever program looks next."""
    db.execute(
        """CREATE TABLE refused_credentials (
             asset TEXT NOT NULL, subject TEXT NOT NULL, digest BLOB NOT NULL, at TEXT NOT NULL,
             PRIMARY KEY (asset, subject)
           ) WITHOUT ROWID"""
    )


@_migration
def time_stamps_of_checkpoints(db: Database) -> None:
    """What a time-stamping service said of checkpoints, as it said it."""
    db.execute(
        """CREATE TABLE log_time_stamps (
             size INTEGER PRIMARY KEY, at TEXT NOT NULL, request BLOB NOT NULL, reply BLOB NOT NULL
           )"""
    )


@_migration
def what_a_hub_knows(db: Database) -> None:
    """Hosts that a fleet looks at alone or that said Retry-After to it, and how long its queues are."""
    _each(db, owed.OF_A_HUB)


@_migration
def reports_have_an_age(db: Database) -> None:
    """Reports on file are deleted at a declared age, which the evidence log says of each."""
    db.execute("DROP TRIGGER reports_are_never_deleted")


@_migration
def records_of_the_log_are_packed(db: Database) -> None:
    """Records of the evidence log are stored packed from now on: an older leftopen must not take them for damaged.

    Those on file stay as they are: a record is never rewritten.
    """


@_migration
def damaged_rows(db: Database) -> None:
    """Rows in which nothing stands that was written there, as they were found."""
    db.execute(
        """CREATE TABLE damaged_rows (
             id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, row TEXT NOT NULL,
             told INTEGER NOT NULL DEFAULT 0
           )"""
    )


@_migration
def plans_that_follow(db: Database) -> None:
    """What the plan of each asset becomes by a declaration that is under way, or that it does not follow yet."""
    db.execute(
        """CREATE TABLE log_slots_next (
             asset INTEGER PRIMARY KEY, every INTEGER NOT NULL, phase INTEGER NOT NULL, last INTEGER NOT NULL,
             seen INTEGER NOT NULL, networks TEXT NOT NULL, scope TEXT NOT NULL
           )"""
    )
    db.execute("CREATE TABLE log_declaring (id INTEGER PRIMARY KEY CHECK (id = 1), by TEXT NOT NULL)")


@_migration
def findings_say_that_they_have_witnesses(db: Database) -> None:
    """A finding with objects that were once seen open says so itself: lost ones are missed then."""
    db.execute(
        """UPDATE findings SET body = json_set(body, '$.witnessed', json('true'))
           WHERE id IN (SELECT finding FROM witnesses) AND json_valid(body) AND json_type(body) = 'object'"""
    )


def _each(db: Database, text: str) -> None:
    for statement in text.split(";\n"):
        if statement.strip():
            db.execute(statement)

"""A scope reads its own rows of every table, by whatever query; nothing else, and nothing beside the views."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.store import queries
from monitor.store.access import scope as scopes
from monitor.store.access.pool import OLDEST, ReadPool
from monitor.store.access.scope import ScopedLedger
from monitor.store.access.views import ReadScope
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.looks.days import PlaceDay, place_days
from monitor.store.messages import drills, events
from monitor.store.rows import read_record
from monitor.store.tables import actions, asset_parties, rounds
from tests.monitor.web.house import CANARY, NOW, House, house

ALL = frozenset({"alpha-disk", "beta-disk", "own-site"})


def scope(party: str, assets: set[str], **more: object) -> ReadScope:
    given: dict[str, object] = {"parties": frozenset({party}), "channels": frozenset({f"{party}-oncall"}), **more}
    return ReadScope(f"{party}{sorted(more)}", frozenset(assets), ALL, **given)  # type: ignore[arg-type]


@pytest.fixture
def at(tmp_path: Path) -> House:
    return house(tmp_path)


TABLES = [
    "findings", "changes", "evidence", "places", "looks", "observations", "records", "deeds", "surveys", "dues",
    "deliveries", "postings", "asset_parties", "confirmations", "answers", "clock_warnings", "rounds", "series", "days",
    "all_days",
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_no_row_of_anothers_is_read_from_any_table(at: House, table: str) -> None:
    ledger = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    rows = ledger.rows(f"SELECT * FROM {table}")  # noqa: S608  names of ours
    assert ledger.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] == len(rows)  # noqa: S608
    text = " ".join(str(value) for row in rows for value in tuple(row))
    ledger.close()
    assert CANARY["alpha-disk"] not in text
    assert "alpha" not in text
    assert at.findings["alpha-disk"].id not in text


def test_its_own_rows_are_read(at: House) -> None:
    """A scope that reads nothing at all would pass every other test."""
    ledger = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    mine = at.findings["beta-disk"]
    assert [one.id for one in ledger.findings()] == [mine.id]
    assert ledger.finding(mine.id) == mine
    assert len(queries.changes(ledger, mine.id)) == 1
    assert CANARY["beta-disk"] in str(queries.evidence(ledger, mine.id))
    assert list(ledger.looks()) == ["beta-disk"]
    assert [one.asset for one in actions.still_open(ledger)] == ["beta-disk"]
    assert [(one.party, one.channel) for one in queries.messages_about(ledger, mine.id)] == [
        ("beta", "beta-oncall"),
        ("region", ""),
    ]
    assert ledger.rows("SELECT count(*) AS n FROM records")[0]["n"] == 1
    ledger.close()


def test_of_other_parties_one_reads_who_when_and_whether_it_was_accepted(at: House) -> None:
    ledger = ScopedLedger(
        at.path, scope("region", set(ALL), watched=frozenset({"beta"}), watched_channels=frozenset({"beta-oncall"}))
    )
    rows = {
        row["party"]: row for row in ledger.rows("SELECT * FROM dues WHERE finding = ?", at.findings["beta-disk"].id)
    }
    assert CANARY["beta-disk"] in rows["region"]["facts"]
    assert (rows["beta"]["facts"], rows["beta"]["channel"]) == ("", "beta-oncall")
    texts = ledger.rows("SELECT t.text, d.party FROM deliveries t JOIN dues d ON d.id = t.due")
    assert {row["party"] for row in texts if row["text"]} == {"region"}
    assert {row["party"] for row in texts} == {"region", "alpha", "sub", "beta"}
    ledger.close()


def test_an_operator_reads_totals_and_no_evidence_and_another_no_totals(at: House) -> None:
    every = frozenset({"region", "alpha", "sub", "beta", ""})
    runs = ScopedLedger(at.path, scope("region", set(ALL), installation=True, evidence=False, watched=every))
    assert rounds.last(runs)[0].asks == 3
    assert queries.evidence(runs, at.findings["beta-disk"].id) == ()
    assert not any(row["facts"] for row in runs.rows("SELECT facts FROM dues"))
    assert runs.rows("SELECT count(*) AS n FROM service_faults")[0]["n"] == 0
    runs.close()
    other = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    assert rounds.last(other)[0].asks == 0
    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        other.rows("SELECT * FROM service_faults")
    other.close()


def test_an_auditor_reads_places_as_digests(at: House) -> None:
    ledger = ScopedLedger(at.path, scope("region", set(ALL), digests=True))
    rows = [tuple(row) for table in TABLES for row in ledger.rows(f"SELECT * FROM {table}")]  # noqa: S608  names of ours
    every = str(ledger.findings()) + str(rows)
    ledger.close()
    assert not any(path in every for path in CANARY.values())
    assert len(every) > 1000


def days_of(at: House, seen_by: ReadScope) -> list[PlaceDay]:
    ledger = ScopedLedger(at.path, seen_by)
    try:
        return list(place_days(ledger, NOW.date(), NOW.date()))
    finally:
        ledger.close()


def test_the_days_of_a_place_are_read_by_scope(at: House) -> None:
    every = days_of(at, scope("region", set(ALL)))
    mine = days_of(at, scope("beta", {"beta-disk"}))
    assert {one.asset for one in every} > {"beta-disk"}
    assert mine == [one for one in every if one.asset == "beta-disk"] != []
    assert days_of(at, scope("region", set(ALL), evidence=False)) == every
    audited = days_of(at, scope("region", set(ALL), digests=True))
    assert [(one.asset, one.looks, one.exposed) for one in audited] == [
        (one.asset, one.looks, one.exposed) for one in every
    ]
    assert all(one.place.startswith("#") for one in audited)


def test_whoever_may_not_read_evidence_reads_no_facts_of_a_look(at: House) -> None:
    ledger = ScopedLedger(at.path, scope("region", set(ALL), evidence=False))
    records = [read_record(row["body"]) for row in ledger.rows("SELECT body FROM records")]
    ledger.close()
    assert records
    assert all(row[4:] == [[]] for rows in records for row in rows)


WAYS_ROUND = [
    "SELECT * FROM main.findings",
    "SELECT * FROM main.changes",
    "SELECT f.* FROM findings v JOIN main.findings f ON 1",
    "SELECT (SELECT group_concat(asset) FROM main.findings)",
    "WITH findings AS (SELECT * FROM main.findings) SELECT * FROM findings",
    "WITH dues AS (SELECT * FROM main.findings) SELECT * FROM dues",
    "WITH x AS (SELECT * FROM main.findings) SELECT * FROM x",
    "SELECT count(*) FROM main.findings",
    "SELECT * FROM witnesses",
    "SELECT * FROM main.witnesses",
    "SELECT * FROM main.days",
    "SELECT * FROM main.all_days",
    "SELECT * FROM main.series",
    "SELECT * FROM main.records",
    "SELECT * FROM http_actions",
    "SELECT * FROM strangers",
    "SELECT * FROM temp.my_assets",
    "SELECT * FROM my_assets",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_temp_master",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_data_version",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM dbstat",
    "SELECT * FROM generate_series(1, 3)",
    "PRAGMA data_version",
    "PRAGMA writable_schema = 1",
    "ATTACH ':memory:' AS other",
    "VACUUM INTO '/tmp/copy.db'",
    "DETACH main",
    "INSERT INTO temp.my_assets VALUES ('alpha-disk')",
    "DELETE FROM temp.my_assets",
    "DROP VIEW findings",
    "DROP VIEW temp.findings",
    "CREATE TEMP VIEW dues2 AS SELECT * FROM main.dues",
    "CREATE TEMP TABLE t AS SELECT * FROM main.dues",
    "INSERT INTO main.deeds VALUES (1, 'x', 'y', 'z', '', '', '', '', NULL, NULL, '')",
    "UPDATE main.findings SET state = 'cleared'",
    "DELETE FROM main.looks",
    "SELECT load_extension('x')",
    "EXPLAIN SELECT * FROM main.findings",
    "SELECT asset FROM findings UNION SELECT asset FROM main.findings",
    "SELECT rowid FROM main.observations",
    "ALTER TABLE main.findings RENAME TO gone",
    "REINDEX",
    "ANALYZE",
    "SAVEPOINT s",
]  # fmt: skip


@pytest.mark.parametrize("sql", WAYS_ROUND)
def test_no_way_leads_round_the_views(at: House, sql: str) -> None:
    ledger = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    with pytest.raises((sqlite3.DatabaseError, LedgerUnusable)):
        ledger.rows(sql)
    assert len(ledger.findings()) == 1, "and it still reads its own"
    ledger.close()


def test_nothing_is_written_by_it(at: House) -> None:
    ledger = ScopedLedger(at.path, scope("region", set(ALL)))
    with pytest.raises(LedgerUnusable, match="for reading alone"), ledger.step():
        pass
    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        ledger.witnesses(at.findings["beta-disk"].id)
    ledger.close()


def test_an_asset_that_left_the_inventory_is_seen_by_its_last_chain_while_it_is_open(at: House) -> None:
    left = ReadScope("a", frozenset(), frozenset({"own-site"}), frozenset({"alpha"}))
    stranger = ReadScope("b", frozenset(), frozenset({"own-site"}), frozenset({"beta"}))
    writer = Ledger(at.path)
    asset_parties.note(writer, {"own-site": frozenset({"region"}), "beta-disk": frozenset({"region"})}, NOW)
    for one, seen in ((left, ["alpha-disk"]), (stranger, ["beta-disk"])):
        ledger = ScopedLedger(at.path, one)
        assert [finding.asset for finding in ledger.findings()] == (seen if one is left else [])
        ledger.close()
    with writer.step():
        writer.execute("UPDATE findings SET state = 'cleared'")
    ledger = ScopedLedger(at.path, left)
    assert ledger.findings() == ()
    ledger.close()
    with pytest.raises(sqlite3.IntegrityError, match="never rewritten"), writer.step():
        writer.execute("UPDATE asset_parties SET until = NULL")
    writer.close()


async def test_readings_go_on_while_something_is_written_and_see_one_moment(at: House) -> None:
    pool, writer = ReadPool(at.path), Ledger(at.path)
    mine = scope("beta", {"beta-disk"})

    def twice(ledger: Ledger) -> tuple[int, int]:
        before = ledger.rows("SELECT count(*) AS n FROM deeds")[0]["n"]
        with writer.step():
            writer.execute(
                "INSERT INTO deeds (finding, act, at, by, party, channel, reason, signature) "
                "VALUES (?, 'cause', '2026-10-01T12:00:00.000Z', 'x', '', '', '', '')",
                at.findings["beta-disk"].id,
            )
        return before, ledger.rows("SELECT count(*) AS n FROM deeds")[0]["n"]

    assert pool.read(mine, twice) == (0, 0)
    assert await pool(mine, lambda ledger: ledger.rows("SELECT count(*) AS n FROM deeds")[0]["n"]) == 1
    assert len(pool._idle) == 1, "the connection is used again"
    with pytest.raises(ZeroDivisionError):
        await pool(mine, lambda ledger: 1 // 0)
    assert len(pool._idle) == 0, "and not after a failure"
    pool.close()
    writer.close()


def test_a_query_that_never_ends_is_ended(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "LONGEST_QUERY", 1_000_000)
    ledger = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    ledger.begin()
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(LedgerUnusable, match="interrupted"):
        ledger.rows(endless)
    ledger.close()


def test_functions_for_messages_and_drills_run_under_a_scope(at: House) -> None:
    ledger = ScopedLedger(at.path, scope("beta", {"beta-disk"}))
    assert [one.channel for one in queries.tries(ledger, at.findings["beta-disk"].id)] == ["beta-oncall", ""]
    assert queries.tries(ledger, at.findings["alpha-disk"].id) == ()
    assert events.happened(ledger, "alpha") == ()
    assert drills.drills(ledger) == ()
    assert queries.post(ledger).dead == 0
    assert next(iter(queries.places(ledger)))[0] == "beta-disk"
    assert queries.led_to(ledger) == {}
    assert queries.unseen(ledger) == ()
    ledger.close()


def test_a_ledger_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="cannot read"):
        ScopedLedger(tmp_path / "none.db", scope("beta", set()))
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(LedgerUnusable, match="start `leftopen watch`"):
        ScopedLedger(tmp_path / "empty.db", scope("beta", set()))


async def test_a_connection_is_opened_ahead_and_kept_for_a_minute(at: House) -> None:
    time = 0.0
    pool, mine = ReadPool(at.path, lambda: time), scope("beta", {"beta-disk"})
    first = await pool(mine, lambda ledger: ledger)
    time = OLDEST - 1
    assert await pool(mine, lambda ledger: ledger) is first
    await pool.renew(mine)
    with pytest.raises(sqlite3.ProgrammingError):
        first._connection.execute("SELECT 1")
    time += OLDEST - 1
    second = await pool(mine, lambda ledger: ledger)
    assert second is not first
    time += 2
    assert await pool(mine, lambda ledger: ledger) is not second
    pool.close()

"""Whatever stands in a column of whatever table: it is kept, what is careful takes its place, and the next look there
is put on file."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.store.access.access_file import AccessFile, Read
from monitor.store.access.thread import AccessThread
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from tests.attack.rows import all_cases, damage
from tests.monitor.alerts.builders import NOON
from tests.monitor.store.builders import looked


def _look(ledger: Ledger) -> int:
    with ledger.step():
        return ledger.record("r1", replace(looked(), asset="voice-nas"))


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """A database with a look and what the evidence log says of it."""
    ledger = Ledger(tmp_path / "a.db")
    rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
    for _ in range(2):
        _look(ledger)
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    return (tmp_path / "a.db").read_bytes()


def test_whatever_a_bad_disk_writes_into_a_column_the_next_look_is_put_on_file(whole: bytes, tmp_path: Path) -> None:
    path, chance = tmp_path / "a.db", Random(7)
    cases = all_cases(path, chance)
    some = [("log_shared", "used", b"\xff"), ("series", "verdicts", -1), ("log_records", "seq", 2**62), *cases[:6]]
    for table, column, wrong in some:
        path.write_bytes(whole)
        damage(path, table, column, wrong, chance)
        ledger = LedgerThread(path, lambda: NOON)
        try:
            assert asyncio.run(_again(ledger)), (table, column, wrong)
        finally:
            ledger.close()


async def _again(ledger: LedgerThread) -> int:
    return await ledger(_look)


def test_where_nothing_is_damaged_nothing_is_touched(whole: bytes, tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "a.db")) as ledger:
        assert damaged_rows.set_aside(ledger, NOON) == 0


def test_what_only_grows_is_mended_and_forbids_to_be_rewritten_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(Ledger(path)) as ledger, ledger.step():
        ledger.execute("INSERT INTO asset_parties (asset, party, since) VALUES ('a', 'p', '2026-10-01T12:00:00Z')")
    damage(path, "asset_parties", "party", b"\xff\xfe", Random(1))
    with closing(Ledger(path)) as ledger:
        assert damaged_rows.set_aside(ledger, NOON) == 1
        (row,) = ledger.rows("SELECT party, since FROM asset_parties")
        assert tuple(row) == ("\ufffd\ufffd", "2026-10-01T12:00:00Z")
        assert "xff" in ledger.rows("SELECT row FROM damaged_rows")[0]["row"]
        with pytest.raises(sqlite3.IntegrityError, match="never rewritten"), ledger.step():
            ledger.execute("UPDATE asset_parties SET party = 'q'")


async def test_a_damaged_row_of_the_file_of_tokens_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made = AccessFile(path)
    kept, lost = (made.make_token(label, "auditor", "p", ("read",), NOON, NOON + timedelta(1)) for label in "ab")
    made.log(Read(NOON, "somebody", "auditor", "p", "read", "/", "x", 200))
    made.close()
    with closing(sqlite3.connect(made.path)) as file:
        file.execute("UPDATE tokens SET ends = '9999-99' WHERE label = 'b'")
        file.commit()
    damage(made.path, "reads", "at", b"\xff", Random(1))
    access = AccessThread(path)
    try:
        assert [one.label for one in await access(lambda file: file.tokens())] == ["a"]
        assert await access(lambda file: file.token(kept or "", NOON))
        assert await access(lambda file: file.token(lost or "", NOON)) is None
        assert len(await access(lambda file: file.reads(None, 99, 9))) == 1
    finally:
        access.close()

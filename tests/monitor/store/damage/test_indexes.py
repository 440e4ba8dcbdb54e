"""An index that lies is found and made anew: what it hid is told, and no finding is filed a second time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.finding import Step
from monitor.service.parts.housekeeping import DATABASE_EVERY, DatabaseCheck
from monitor.store.damage import damaged_rows, indexes
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from tests.monitor.alerts.builders import NOON, change, finding, inventory


def open_one(ledger: Ledger, *, tells: bool = True) -> None:
    """A finding that is open, and what its chain is owed."""
    with ledger.step():
        told = messages_for(finding(), change(Step.OPENED), inventory()) if tells else ()
        ledger.save(finding(), change(Step.OPENED), "r1", NOON, told)


def hide(path: Path, table: str, index: str, work: str) -> None:
    """Do some work on a table that an index of it does not hear of: as after a write of which a part was lost."""
    with closing(sqlite3.connect(path)) as connection, connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)).fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.read_bytes()[(root - 1) * page : root * page]
        connection.execute(work)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(before)
    with closing(sqlite3.connect(path)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchall()
    assert any(index in one for (one,) in said), (table, said)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with a round."""
    path = tmp_path / "a.db"
    with closing(Ledger(path)) as made:
        rounds.begin(made, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
    return path


async def test_a_message_that_an_index_hides_is_found_by_the_check_and_is_owed_again(path: Path) -> None:
    with closing(Ledger(path)) as made:
        open_one(made)
        made.execute("UPDATE dues SET state = 'sent'")
        made.execute("COMMIT")
    hide(path, "dues", "dues_state", "UPDATE dues SET state = 'owed'")
    said: list[str] = []

    async def record(why: str) -> None:
        said.append(why)

    ledger = LedgerThread(path, lambda: NOON)
    try:
        assert await ledger(lambda on: on.due(NOON + timedelta(days=1))) == ()
        check = DatabaseCheck(ledger, lambda: NOON, record)
        assert await check.step() == DATABASE_EVERY
        assert len(await ledger(lambda on: on.due(NOON + timedelta(days=1)))) == 4
        assert said == []
        (kept,) = await ledger(lambda on: damaged_rows.on_file(on, NOON, untold=True))
        assert kept.what == indexes.WHAT
        assert await check.step() == DATABASE_EVERY
        assert len(await ledger(lambda on: damaged_rows.on_file(on, NOON))) == 1
    finally:
        ledger.close()


async def test_what_cannot_be_made_anew_is_put_on_file_once(path: Path) -> None:
    with closing(Ledger(path)) as made:
        open_one(made)
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = made.rows("SELECT rootpage FROM sqlite_master WHERE name = 'changes'")[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    said: list[str] = []

    async def record(why: str) -> None:
        said.append(why)

    ledger = LedgerThread(path, lambda: NOON)
    try:
        check = DatabaseCheck(ledger, lambda: NOON, record)
        for _ in range(2):
            assert await check.step() == DATABASE_EVERY
        assert len(said) == 1
        assert "leftopen restore" in said[0]
    finally:
        ledger.close()


async def test_work_that_an_index_has_led_astray_is_done_once_it_is_made_anew(path: Path) -> None:
    with closing(Ledger(path)) as made:
        open_one(made, tells=False)
    # The finding is under another asset in the index: whoever asks for those of its asset does not find it.
    hide(path, "findings", "findings_asset", "UPDATE findings SET asset = 'other'")
    ledger = LedgerThread(path, lambda: NOON)

    def again(on: Ledger) -> None:
        if not on.on_file("other"):
            with on.step():
                on.save(finding(), change(Step.OPENED), "r1", NOON)

    try:
        await ledger(again)
        assert (await ledger(lambda on: on.on_file("other"))).keys() == {finding().fingerprint}
    finally:
        ledger.close()


async def test_the_first_looks_come_before_the_first_check(path: Path) -> None:
    ledger = LedgerThread(path, lambda: NOON)

    async def record(_: str) -> None: ...

    try:
        check = DatabaseCheck(ledger, lambda: NOON, record, 7.0)
        assert [await check.step(), await check.step()] == [7.0, DATABASE_EVERY]
    finally:
        ledger.close()

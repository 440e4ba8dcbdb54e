"""Drills, deletion and the acknowledgement page go their own way: busy looks and a taken port stop none of them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.queue.outbox import Outbox
from monitor.health.examine import examine
from monitor.inventory.load import load
from monitor.service import supervisor
from monitor.service.application import Application
from monitor.service.parts import housekeeping
from monitor.service.watch import Watch
from monitor.store.rows import stamp, when
from monitor.store.tables import reports
from monitor.store.tables.reports import FiledReport
from monitor.store.thread import LedgerThread
from tests.monitor.service.unit import INVENTORY, closed_port
from tests.waiting import until_async

PAGE = "acknowledge: {{listen: 127.0.0.1:{port}, url: https://leftopen.region.example/}}\n"


@asynccontextmanager
async def watched(
    tmp_path: Path, text: str, on_round: Callable[[], None] = lambda: None
) -> AsyncIterator[LedgerThread]:
    """The service on an inventory, while the block goes on."""
    file = tmp_path / "inventory.yaml"
    file.write_text(text)
    declared = load(file)
    ledger = LedgerThread(tmp_path / "leftopen.db")
    stop = asyncio.Event()
    try:
        async with Application(declared, ledger) as app:
            outbox = Outbox(ledger, declared, app.now, OwnProcess(), environ={})
            service = Watch(app, outbox, file, stop, on_round=lambda _: on_round())
            task = asyncio.create_task(service.run())
            try:
                yield ledger
            finally:
                stop.set()
                await asyncio.wait_for(task, 30)
    finally:
        await asyncio.to_thread(ledger.close)


def listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 0.3)
    monkeypatch.setattr(housekeeping, "PAGE_CHECKED_EVERY", 0.3)


async def test_a_taken_port_of_the_page_stops_no_look_and_is_served_once_it_is_free(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[int] = []
    with socket.socket() as taken, caplog.at_level(logging.INFO):
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = INVENTORY.format(port=closed_port()) + PAGE.format(port=port)
        async with watched(tmp_path, text, lambda: rounds.append(1)) as ledger:
            await until_async(lambda: len(rounds) >= 3, "it comes about")
            declared = load(tmp_path / "inventory.yaml")
            health = await ledger(lambda led: examine(led, declared, datetime.now(UTC)))
            assert any("acknowledge.listen" in fault and str(port) in fault for fault in health.faults)
            taken.close()
            await until_async(lambda: listens(port), "it comes about")
            await until_async(
                lambda: any("works again" in one.getMessage() for one in caplog.records), "it comes about"
            )
            health = await ledger(lambda led: examine(led, declared, datetime.now(UTC)))
            assert not any("acknowledge.listen" in fault for fault in health.faults)
    assert len([one for one in caplog.records if "acknowledge.listen" in one.getMessage()]) == 1


async def test_a_page_that_is_declared_later_is_served_and_one_that_moves_moves(tmp_path: Path) -> None:
    text = INVENTORY.format(port=closed_port())
    first, second = closed_port(), closed_port()
    file = tmp_path / "inventory.yaml"
    async with watched(tmp_path, text):
        file.write_text(text + PAGE.format(port=first))
        await until_async(lambda: listens(first), "it comes about")
        file.write_text(text + PAGE.format(port=second) + "\n")
        await until_async(lambda: listens(second), "it comes about")
        assert not listens(first)
        file.write_text(text)
        await until_async(lambda: not listens(second), "it comes about")


async def test_drills_and_deletion_do_not_wait_until_nothing_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Something is due at every moment: as with a thousand assets of which one is silent.
    async def always(app: Application) -> tuple[tuple[str, ...], datetime]:
        return ("closed",), app.now()

    monkeypatch.setattr(Application, "due", always)
    text = INVENTORY.format(port=closed_port()).replace(
        "interval: 1s",
        "interval: 1s\n  drill_every: 30d\n  keep_looks: 30d\n  keep_reports: 30d\n  keep_damaged_rows: 30d",
    )
    rounds: list[int] = []
    old = stamp(datetime.now(UTC) - timedelta(days=40))
    first = LedgerThread(tmp_path / "leftopen.db")

    def lived(ledger) -> None:  # type: ignore[no-untyped-def]
        with ledger.step():
            ledger.execute("INSERT INTO records VALUES (1, x'00', x'00')")
            ledger.execute("INSERT INTO series (id, asset, probe, endpoint) VALUES (1, 'closed', 'p', 'l')")
            ledger.execute("INSERT INTO rounds (id, started, vantage, inventory) VALUES ('r', ?, 'v', 'i')", old)
            ledger.execute(
                "INSERT INTO observations VALUES (1, 'r', 1, ?, ?, 0, 0, 0, 0, 0, 1, 1, '')",
                old,
                old,
            )
            ledger.execute("INSERT INTO damaged_rows (at, what, row) VALUES (?, 'finding', '{}')", old)
        reports.file(ledger, FiledReport(when(old), "vendor", "region", "2026-01", "en", "d", "t", "e", "seal"), {})

    await first(lived)
    first.close()
    async with watched(tmp_path, text, lambda: rounds.append(1)) as ledger:
        await until_async(lambda: len(rounds) >= 5, "it comes about")
        left = await ledger(
            lambda led: led.rows(
                "SELECT count(*) AS n FROM observations WHERE ended < ?", stamp(datetime.now(UTC) - timedelta(days=30))
            )[0]["n"]
        )
        drilled = await ledger(lambda led: led.rows("SELECT count(*) AS n FROM dues WHERE step = 'drill'")[0]["n"])
        assert await ledger(lambda led: reports.filed(led, 99, 9)) == ()
        assert await ledger(lambda led: led.rows("SELECT * FROM damaged_rows")) == []
    assert left == 0
    assert drilled == 1

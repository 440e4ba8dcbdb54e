"""The service's own faults: an outbox that stops is started anew, and the sign of life is withheld until it is."""

from __future__ import annotations

import asyncio
import socket
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from monitor.alerts.queue.outbox import Outbox
from monitor.inventory.load import load
from monitor.service import supervisor, watch
from monitor.service.application import Application
from monitor.service.watch import DATABASE, INVENTORY, Watch
from monitor.store.damage import indexes
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.tables import service_faults
from monitor.store.thread import LedgerThread
from tests.waiting import until_async

ROOT = Path(__file__).resolve().parents[3]


class Failing:
    """An outbox that fails as one does on a full disk, so many times, and then goes on."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.runs = 0
        self.running = asyncio.Event()

    def wake(self) -> None:
        """Nothing is owed here."""

    def look(self, looking: bool) -> None:
        """Rounds are nothing to it."""

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.left:
            self.left -= 1
            raise OSError("No space left on device")
        self.running.set()
        await stop.wait()


async def test_an_outbox_that_stops_is_started_anew_and_systemd_hears_nothing_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shortest sleep after a fault that still shows the silence; the machine's own is half a minute.
    monkeypatch.setattr(supervisor, "PAUSE", 0.5)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(tmp_path / "notify"))
    heard.setblocking(False)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8").replace("interval: 20s", "interval: 1h")
    (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
    inventory = load(tmp_path / "inventory.yaml")
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        async with Application(inventory, ledger) as app:
            stop, outbox = asyncio.Event(), Failing(times=2)
            service = Watch(app, cast(Outbox, outbox), tmp_path / "inventory.yaml", stop)
            task = asyncio.create_task(service.run())
            await asyncio.wait_for(outbox.running.wait(), 40)
            assert outbox.runs == 3
            before = _messages(heard)
            after: list[str] = []

            def well() -> bool:
                after.extend(_messages(heard))
                return "WATCHDOG=1" in after

            await until_async(well, "it is well again")
            stop.set()
            await asyncio.wait_for(task, 60)
    finally:
        ledger.close()
        heard.close()
    assert any(message.startswith("STATUS=sending") for message in before)
    mute = before[next(i for i, m in enumerate(before) if m.startswith("STATUS=sending")) :]
    assert mute.count("WATCHDOG=1") <= 1, "a service that can tell nobody does not say that it is well"
    assert "WATCHDOG=1" in after


async def test_what_a_check_found_stays_on_file_although_the_check_failed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(watch, "DATABASE_CHECKED_AFTER", 0.0)
    came = iter([LedgerUnusable("locked")])

    def fault_of(_: Path) -> str:
        for error in came:
            raise error
        return "row 7 missing"

    monkeypatch.setattr(indexes, "fault_of", fault_of)
    monkeypatch.setattr(indexes, "make_anew", lambda _, __: "row 7 missing")
    (tmp_path / "inventory.yaml").write_text((ROOT / "inventory.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        async with Application(load(tmp_path / "inventory.yaml"), ledger) as app:
            stop = asyncio.Event()
            service = Watch(app, cast(Outbox, Failing(times=0)), tmp_path / "inventory.yaml", stop)
            unwritten = iter([LedgerUnusable("locked")])
            recorded = service_faults.record

            def record(on: Ledger, part: str, why: str, now: datetime) -> None:
                for error in unwritten if part == INVENTORY else ():
                    raise error
                recorded(on, part, why, now)

            monkeypatch.setattr(service_faults, "record", record)
            monkeypatch.setattr(watch, "FILE_CHECKED_EVERY", 0.05)
            task = asyncio.create_task(service.run())
            found = dict[str, str]()
            (tmp_path / "inventory.yaml").write_text("assets: 7\n", encoding="utf-8")
            for _ in range(200):
                found = {one.part: one.why for one in await ledger(service_faults.faults)}
                if found.keys() >= {DATABASE, INVENTORY}:
                    break
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.3)
            assert {one.part for one in await ledger(service_faults.faults)} >= {DATABASE, INVENTORY}
            assert "row 7 missing" in found[DATABASE]
            told = await ledger(lambda on: on.rows("SELECT 1 FROM dues WHERE step = 'inventory'"))
            assert told, "those who run leftopen are told of the inventory, too"
            stop.set()
            await asyncio.wait_for(task, 20)
    finally:
        ledger.close()


def _messages(heard: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(heard.recv(4096).decode())
        except BlockingIOError:
            return found

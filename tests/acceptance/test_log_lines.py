"""The service as a journal sees it: one line an event, signals as expected, its state in words."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.text.log_lines import FORMATS
from tests.acceptance.builders import NOTHING_OPEN, House
from tests.servers import real
from tests.servers.folders import Tree
from tests.waiting import until

pytestmark = pytest.mark.slow


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def inventory_dues(house: House) -> list[tuple[str]]:
    with contextlib.closing(sqlite3.connect(house.database)) as ledger:
        return ledger.execute("SELECT channel FROM dues WHERE step = 'inventory'").fetchall()


def test_a_watch_writes_one_json_line_an_event_and_obeys_signals(house: House, recordings: Tree) -> None:
    log, words = house.folder / "log", house.folder / "notify"
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(str(words))
    notified.settimeout(0.5)
    house.environ["NOTIFY_SOCKET"] = str(words)
    statuses: list[str] = []

    def status(holds: str) -> Callable[[], bool]:
        def heard() -> bool:
            try:
                statuses.append(notified.recv(4096).decode())
            except TimeoutError:
                return False
            return any(one.startswith("STATUS=") and holds in one for one in statuses)

        return heard

    def events(name: str) -> list[dict[str, Any]]:
        return [one for one in lines(log) if one["event"] == name]

    with real.python(recordings.path) as server:
        nas = {"id": "nas", "host": "127.0.0.1", "ports": [server.port], "data": "recordings"}
        channels = [{"id": "ops", "url": "env:NOWHERE", "operator": True}]
        house.declare(nas, channels=channels, defaults={"interval": "2s"})
        with house.beside("--log", "json", "watch", err=log) as watch:
            until(lambda: bool(events("exposed")), "nothing was found")
            until(status("of 1 asset"), "the state was never said in words")
            (started,) = events("started")
            assert (started["assets"], started["level"]) == (1, "info")
            found = events("exposed")[0]
            assert (found["asset"], found["severity"]) == ("nas", "critical")
            assert found["finding"].startswith("LO-")
            house.inventory.write_text("leftopen: 1\n", "utf-8")
            watch.send_signal(signal.SIGHUP)
            until(lambda: any("is not used" in one["message"] for one in lines(log)), "a broken file was not said")
            until(status("the changed inventory is not used"), "systemd does not hear of a broken file")
            until(lambda: inventory_dues(house) == [("ops",)], "the operators get no message of a broken file")
            assert watch.poll() is None, "SIGHUP ends nothing"
            watch.send_signal(signal.SIGTERM)
            code = watch.wait(60)
    notified.close()
    assert code == NOTHING_OPEN
    assert lines(log)[-1]["event"] == "stopped"
    assert all(one["time"].endswith("Z") for one in lines(log))


def test_a_line_is_one_line_whatever_stands_in_it() -> None:
    record = logging.LogRecord("leftopen.watch", logging.WARNING, "x", 1, "a\n2026 ERROR forged", (), None)
    for made in (FORMATS["text"](), FORMATS["json"]()):
        assert len(made.format(record).splitlines()) == 1
    assert FORMATS["text"]().format(record).endswith("Z WARNING watch a | 2026 ERROR forged")

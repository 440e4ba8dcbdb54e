"""`leftopen watch` as systemd starts it: it says when it is ready, alive and stopping, and it outlives a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.commands import Running, running
from tests.monitor.service.unit import INVENTORY, Manager, closed_port
from tests.waiting import until

WATCHDOG = 0.4
"""Seconds after which this manager would take the service for dead."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    (tmp_path / "inventory.yaml").write_text(INVENTORY.format(port=closed_port()))
    return folder


def watch(manager: Manager, state: Path) -> AbstractContextManager[Running]:
    """The service, started; it is gone at the end, whatever the test did."""
    environ = {
        "PATH": "/usr/bin:/bin",
        "NOTIFY_SOCKET": manager.address,
        "WATCHDOG_USEC": str(int(WATCHDOG * 1e6)),
        "STATE_DIRECTORY": str(state),
        "OURS": f"json://127.0.0.1:{closed_port()}/",
    }
    folder = state.parent
    return running("watch", str(folder / "inventory.yaml"), cwd=folder, env=environ, err=folder / "err")


def rounds(state: Path) -> tuple[int, int]:
    """How many rounds are on file, and how many of them have ended."""
    with sqlite3.connect(state / "leftopen.db") as ledger:
        row = ledger.execute("SELECT count(*), count(ended) FROM rounds").fetchone()
    return row[0], row[1]


def test_ready_alive_and_stopping(tmp_path: Path, state: Path) -> None:
    with Manager(tmp_path) as manager, watch(manager, state) as service:
        said = manager.wait("READY=1")
        assert said == ["READY=1"]
        said = manager.wait("WATCHDOG=1", times=5)
        manager.wait("WATCHDOG=1", times=3, seconds=3 * WATCHDOG)  # in time, and not only at last
        service.send_signal(signal.SIGTERM)
        said = manager.wait("STOPPING=1")
        assert said[-1] == "STOPPING=1"
        assert service.wait(60) == 0, (tmp_path / "err").read_text("utf-8")
    begun, ended = rounds(state)
    assert begun - 1 <= ended >= 1  # the stop may have broken one off


def test_its_files_are_its_own(tmp_path: Path, state: Path) -> None:
    with Manager(tmp_path) as manager, watch(manager, state) as service:
        manager.wait("READY=1")
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    files = {file.name: file.stat().st_mode & 0o077 for file in state.iterdir()}
    assert {"leftopen.db", "leftopen.db.key"} <= set(files)
    assert set(files.values()) == {0}


def test_killed_and_started_again(tmp_path: Path, state: Path) -> None:
    with Manager(tmp_path) as manager:
        with watch(manager, state) as service:
            manager.wait("READY=1")
            manager.wait("WATCHDOG=1", times=2)
            os.kill(service.pid, signal.SIGKILL)
            assert service.wait(60) == -signal.SIGKILL
        before, _ = rounds(state)
        with watch(manager, state) as service:
            manager.wait("READY=1")
            said = manager.wait("WATCHDOG=1", times=8)
            until(lambda: rounds(state)[0] > before, "a round begins after the kill")
            service.send_signal(signal.SIGTERM)
            manager.wait("STOPPING=1")
            assert service.wait(60) == 0
        assert any(one.startswith("STATUS=") and " asset" in one for one in said)
        after, ended = rounds(state)
        assert ended >= after - 2  # but for the one that was killed, and one that the stop may have broken off
        with sqlite3.connect(state / "leftopen.db") as ledger:
            assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_wrong_inventory_is_said_and_never_ready(tmp_path: Path, state: Path) -> None:
    (tmp_path / "inventory.yaml").write_text("leftopen: 1\nassets: []\nintervall: 3\n")
    with Manager(tmp_path) as manager, watch(manager, state) as service:
        assert service.wait(30) == 2
        assert "inventory.yaml:3" in (tmp_path / "err").read_text("utf-8")
        with pytest.raises(AssertionError):
            manager.wait("READY=1", seconds=0.2)

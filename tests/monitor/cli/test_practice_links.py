"""The practice prints links that let in, one for each scope; and says so when its dashboard is not served."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import termios
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.looking.practice import PACKAGED, dashboard_lines, fresh, keys
from monitor.inventory.load import loads
from monitor.store.access.access_file import AccessFile
from monitor.store.ledger import Ledger

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def test_two_links_let_in_once_each(tmp_path: Path) -> None:
    declared = loads(PACKAGED.read_text())
    path = tmp_path / "practice.db"
    Ledger(path).close()
    said = "\n".join(dashboard_lines(declared, path, served=True))
    links = re.findall(r"as (\w+) of ([^:]+): (http://127\.0\.0\.1:8480)/invite/(\S+)", said)
    assert [one[:2] for one in links] == [("approver", "Region Exempel"), ("viewer", "Careline AB")]
    file, now = AccessFile(path), datetime.now(UTC)
    invites = [file.accept(one[3], now) for one in links]
    assert [(one.role, one.party) for one in invites if one] == [("approver", "region"), ("viewer", "careline")]
    assert file.accept(links[0][3], now) is None
    file.close()


def test_a_taken_port_is_said_and_nobody_is_invited(tmp_path: Path) -> None:
    declared = loads(PACKAGED.read_text())
    (line,) = dashboard_lines(declared, tmp_path / "practice.db", served=False)
    assert "127.0.0.1:8480 is taken" in line
    assert list(tmp_path.iterdir()) == []
    without = declared.model_copy(update={"web": None})
    assert dashboard_lines(without, tmp_path / "practice.db", served=True) == []


def test_a_new_practice_knows_nobody_of_the_last_one_and_leaves_other_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    before = AccessFile(folder / "leftopen.db")
    secret = before.invite("Anna", "viewer", "region", NOW, timedelta(minutes=10))
    before.close()
    (folder / "leftopen.db.witness").mkdir()
    (folder / "leftopen.db.witness" / "state").touch()
    others = AccessFile(tmp_path / "leftopen.db")
    kept = others.invite("Berit", "viewer", "region", NOW, timedelta(minutes=10))
    others.close()
    path = fresh(folder)
    assert path == folder / "leftopen.db"
    assert list(folder.iterdir()) == []
    now = AccessFile(path)
    assert now.accept(secret, NOW) is None
    now.close()
    others = AccessFile(tmp_path / "leftopen.db")
    assert others.accept(kept, NOW) is not None
    others.close()


async def test_a_key_on_the_terminal_is_heard_and_the_terminal_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand, terminal = pty.openpty()
    try:
        with os.fdopen(os.dup(terminal), "rb", buffering=0) as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            before = termios.tcgetattr(terminal)
            heard: asyncio.Queue[str] = asyncio.Queue()
            with keys(heard.put_nowait):
                os.write(hand, b"C")
                assert await heard.get() == "c", "no Enter is needed, and a capital does as well"
            assert termios.tcgetattr(terminal) == before
    finally:
        os.close(hand)
        os.close(terminal)

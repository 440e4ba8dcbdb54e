"""Killed at any moment, a survey goes on where it was: the total exact, nothing twice, and no path in the ledger."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.builders import House, asset
from tests.servers import real

FOLDERS, FILES = 120, 600


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real.Server]:
    """A hundred days of five calls, two of which are one, behind nginx."""
    top = tmp_path_factory.mktemp("disk")
    for number in range(FOLDERS):
        day = top / "medicall-anna" / f"{2010 + number // 12}" / f"{number % 12 + 1:02d}"
        day.mkdir(parents=True)
        for call in range(4):
            (day / f"in-0701740{605 + call}-20181121-{140000 + number}.wav").write_bytes(b"x" * 100)
        (day / f"in-0701740605-20181121-{140000 + number}.mp3").write_bytes(b"x" * 10)
    with real.nginx(top) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: real.Server) -> House:
    """The inventory, with a finding that a round has opened; slow enough to be killed on the way."""
    made = House(tmp_path)
    made.declare(asset("nas", (server.host, server.port)), defaults={"survey": {"pace": 60, "concurrency": 4}})
    assert made.run("--no-survey", "--no-alerts").code == 1
    return made


def finding(house: House) -> str:
    with sqlite3.connect(house.database) as ledger:
        return str(ledger.execute("SELECT id FROM findings").fetchone()[0])


def ledger_bytes(house: House) -> bytes:
    return b"".join(f.read_bytes() for f in house.database.parent.glob("leftopen.db*") if f.suffix != ".key")


def interrupted(house: House, id_: str, after: float, how: signal.Signals) -> int:
    """Run a survey, and end it so; its exit code."""
    with house.beside("survey", id_, "--json") as child:
        until = time.monotonic() + 60
        # Its clock begins when it has begun: starting takes longer on a busy machine.
        while _state(house)[0] == 0 and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(after)
        child.send_signal(how)
        return child.wait(60)


def _state(house: House) -> tuple[int, int]:
    """Surveys that are not finished, and folders on file."""
    with sqlite3.connect(house.database, timeout=40) as ledger:
        begun = ledger.execute("SELECT count(*) FROM surveys WHERE ended IS NULL").fetchone()[0]
        return begun, ledger.execute("SELECT count(*) FROM survey_folders").fetchone()[0]


def whole(house: House, id_: str) -> dict[str, Any]:
    """A survey that runs to its end."""
    done = house.ask("survey", id_, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def _expect(found: dict[str, Any]) -> None:
    assert (found["files"], found["folders"]) == (FILES, FOLDERS + 12)
    assert found["bytes"] == FOLDERS * 410
    assert found["calls"] == FOLDERS * 4
    assert found["partial"] == []
    assert found["largest"][0]["files"] == 5
    assert len(found["largest"]) == 10
    assert found["new_files"] is None
    assert len(found["undeclared_customers"]) == 1


@pytest.mark.parametrize("after", [0.2, 1.3])
def test_killed_it_goes_on(house: House, after: float) -> None:
    id_ = finding(house)
    read = 0
    for _ in range(2):
        assert interrupted(house, id_, after, signal.SIGKILL) == -signal.SIGKILL
        with sqlite3.connect(house.database) as ledger:
            sealed = [row[0] for row in ledger.execute("SELECT waiting FROM surveys WHERE waiting IS NOT NULL")]
        assert all(b"medicall" not in one for one in sealed)
        assert b"medicall" not in ledger_bytes(house)
        assert _state(house)[1] >= read
        read = _state(house)[1]
    found = whole(house, id_)
    _expect(found)
    if after > 1:
        assert read > 0
        assert found["requests"] <= FOLDERS + 12 + 8 + 3 * 8 + 180  # what was in flight is asked again
    with sqlite3.connect(house.database) as ledger:
        assert ledger.execute("SELECT count(*) FROM surveys WHERE waiting IS NOT NULL").fetchone()[0] == 0


def test_interrupted_it_says_how_to_go_on(house: House) -> None:
    id_ = finding(house)
    assert interrupted(house, id_, 1.3, signal.SIGINT) == 3
    assert _state(house)[1] > 0
    _expect(whole(house, id_))

"""Reading an exported log from a file: what is no file of bounded size is not read, and nothing waits for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.network.http.client import HttpConversation
from monitor.network.sources.access_log import LARGEST, LogSource, read_access_log
from probes.access_log import AccessLog, CanaryStep
from probes.recognise.logs.rows import LogForm
from probes.requests.http import NoAnswer
from probes.requests.sources import LogRead

COLUMNS = {name: name for name in ("id", "at", "actor", "activity", "object", "system", "sequence")}
LOG = AccessLog((CanaryStep("open", "clerk", "", "Read", "a"),), 120, 86400)
ROW = "id;at;actor;activity;object\n1;2026-11-28T10:00Z;X1;read;R1\n2;2026-11-28T10:01Z;X2;Read;R2\n"


def _no_conversation() -> HttpConversation:
    raise AssertionError("a file is asked for over no network")


async def read(place: Path, written: Path | None = None) -> LogRead | NoAnswer:
    source = LogSource(LogForm.CSV, COLUMNS, None, False, {"X1": "clerk"}, {"R1": "a"}, file=place, written=written)
    return await read_access_log(source, LOG, _no_conversation, datetime(2026, 11, 29, tzinfo=UTC), 5.0)


async def test_the_newest_file_of_a_folder_is_read_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for number, name in enumerate(("a.csv", "b.csv", ".part")):
        (tmp_path / name).write_text(ROW if name == "b.csv" else "")
        os.utime(tmp_path / name, (1000 + number, 1000 + number))
    told = await read(tmp_path)
    assert isinstance(told, LogRead)
    assert (told.exported, told.entries, told.unread) == (1001, 2, "")
    (row,) = told.rows
    assert (row.position, row.actor, row.activity, row.object) == (1, "clerk", "Read", "a")


async def test_a_link_in_the_folder_leads_to_no_other_file_of_this_machine(tmp_path: Path) -> None:
    secret, drop = tmp_path / "secret.csv", tmp_path / "drop"
    secret.write_text(ROW)
    drop.mkdir()
    (drop / "newest.csv").symlink_to(secret)
    told = await read(drop)
    assert isinstance(told, NoAnswer)
    assert told.detail == "the folder of exports is empty"
    (drop / "real.csv").write_text(ROW)
    assert isinstance(await read(drop), LogRead)


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _huge(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(LARGEST + 1)


def _folder(place: Path) -> None:
    place.mkdir()


def _missing(place: Path) -> None:
    assert not place.exists()


@pytest.mark.parametrize("made", [_pipe, _huge, _folder, _missing])
async def test_what_is_no_file_of_bounded_size_is_not_read(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "log")
    told = await read(tmp_path / "log")
    assert isinstance(told, NoAnswer)
    assert str(tmp_path) not in told.detail


@pytest.mark.parametrize("text", ["at,step\nyesterday,open\n", "no table", '{"at": "2026-11-28T10:00Z"}'])
async def test_a_session_that_was_not_written_as_declared_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "log").write_text(ROW)
    (tmp_path / "diary").write_text(text)
    told = await read(tmp_path / "log", tmp_path / "diary")
    assert isinstance(told, LogRead)
    assert told.unread
    (tmp_path / "diary").write_text('{"at": "2026-11-28T10:00:00Z", "step": "open"}\n')
    told = await read(tmp_path / "log", tmp_path / "diary")
    assert isinstance(told, LogRead)
    assert [one.step for one in told.performed] == ["open"]

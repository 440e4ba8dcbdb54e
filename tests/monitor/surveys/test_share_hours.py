"""Hours of sound behind file services: from the first bytes of a few files, and of no file more than 512."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.network.rounds import application
from tests.monitor.surveys.test_audio_hours import sounds
from tests.monitor.surveys.test_shares import SERVED, declared, found, surveyed
from tests.servers import nfs3, services

LENGTHS = [20 + 7 * number % 300 for number in range(60)]


@pytest.fixture
def disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.mark.parametrize("kind", ["ftp", "vsftpd", "smb", "smb1", "nfs"])
async def test_hours_of_a_share(kind: str, disk: Path, tmp_path: Path) -> None:
    hours = sounds(disk, "alaw", LENGTHS)
    with SERVED[kind](disk) as server:
        async with application(declared(kind, server), tmp_path / "l.db") as app:
            result = await surveyed(app, await found(app))
            dump = "".join(await app.ledger(lambda ledger: [*ledger._connection.iterdump()]))
    assert result.tally.files == result.tally.sounds == len(LENGTHS)
    assert result.hours is not None
    assert result.hours.best == pytest.approx(hours, rel=0.02)
    assert result.hours.low <= hours * 1.01
    assert result.hours.high >= hours * 0.99
    assert 0 < result.hours.samples <= 4
    assert "07017406" not in dump


def test_hours_of_an_export_of_nfs_3(disk: Path) -> None:
    hours = sounds(disk, "alaw", LENGTHS)
    found = nfs3.look(disk, "survey")
    assert found["files"] == len(LENGTHS)
    assert found["hours"] == pytest.approx(hours, rel=0.02)


@pytest.mark.parametrize("kind", ["ftp", "smb", "nfs"])
async def test_names_of_sounds_without_sound_in_them_tell_no_hours(kind: str, disk: Path, tmp_path: Path) -> None:
    for number in range(5):
        (disk / f"call-{number}.wav").write_bytes(b"no sound at all" * 9)
    with SERVED[kind](disk) as server:
        async with application(declared(kind, server), tmp_path / "l.db") as app:
            result = await surveyed(app, await found(app))
    assert result.tally.files == 5
    assert result.hours is None


async def test_a_server_that_gives_no_file_is_asked_for_three(disk: Path, tmp_path: Path) -> None:
    sounds(disk, "alaw", LENGTHS[:8], twins=True)
    with services.ftp(disk, "listonly") as server:
        async with application(declared("ftp", server), tmp_path / "l.db") as app:
            result = await surveyed(app, await found(app))
    assert (result.tally.files, result.hours) == (16, None)
    assert result.asks <= 3 + 3 + 3 * 4, "to come in, three folders, and three files"

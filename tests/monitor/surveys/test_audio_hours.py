"""Hours of sound from a few headers: within the bounds, and next to nothing taken of any file."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from tests.monitor.surveys.builders import opened
from tests.servers import real
from tests.servers.sounds import mp3, wav


def sounds(top: Path, codec: Literal["gsm", "pcm", "alaw"], seconds: list[int], twins: bool = False) -> float:
    """Files of known length in two folders; the hours of the calls."""
    for number, length in enumerate(seconds):
        folder = top / f"{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        head, size = wav(length, codec)
        with (folder / f"in-0701740605-{number:04d}.wav").open("wb") as file:
            file.write(head)
            file.truncate(size)
        if twins:
            (folder / f"in-0701740605-{number:04d}.mp3").write_bytes(mp3(length)[0])
    return sum(seconds) / 3600


@pytest.mark.parametrize("codec", ["gsm", "pcm", "alaw"])
@pytest.mark.parametrize("twins", [False, True])
@pytest.mark.parametrize("name", ["nginx", "apache"])
async def test_hours(name: str, codec: Literal["gsm", "pcm", "alaw"], twins: bool, tmp_path: Path) -> None:
    hours = sounds(tmp_path / "disk", codec, [20 + 7 * n % 300 for n in range(60)], twins)
    opener = real.nginx if name == "nginx" else real.apache
    with opener(tmp_path / "disk") as server:
        async with opened(server, tmp_path) as house:
            round_asked = server.asked()
            found = await house.survey()
        asked = server.asked()[len(round_asked) :].splitlines()
    assert found.tally.sounds == 60
    assert found.hours is not None
    assert found.hours.low * 0.97 <= hours <= found.hours.high * 1.03
    assert found.hours.best == pytest.approx(hours, rel=0.1)
    touched = [line for line in asked if ".wav" in line or ".mp3" in line]
    verbs = Counter("HEAD" if '"HEAD' in line else "GET" for line in touched)
    assert verbs["HEAD"] == verbs["GET"] == found.hours.samples <= 8
    paths = [re.search(r'"(?:GET|HEAD) (\S+)', line) for line in touched]
    assert len({match[1] for match in paths if match}) == found.hours.samples
    for line in touched:
        if '"GET' in line:
            assert '"bytes=0-511"' in line
            assert int(line.split('" ')[1].split()[1]) <= 512
    first = next(i for i, line in enumerate(touched) if '"GET' in line)
    assert '"HEAD' in touched[first - 1]


async def test_without_ranges_no_byte_is_taken(tmp_path: Path) -> None:
    sounds(tmp_path / "disk", "gsm", [30] * 10)
    with real.nginx(tmp_path / "disk", extra="max_ranges 0;") as server:
        async with opened(server, tmp_path) as house:
            before = len(server.asked())
            found = await house.survey()
        asked = server.asked()[before:]
    assert found.hours is None
    assert found.tally.files == 10
    assert not [line for line in asked.splitlines() if '"GET' in line and ".wav" in line]


async def test_a_host_that_wants_browsers_is_asked_as_they_ask_for_pages_and_sounds(tmp_path: Path) -> None:
    sounds(tmp_path / "disk", "gsm", [30] * 10)
    with real.nginx(tmp_path / "disk", extra='if ($http_accept !~ "text/html") { return 406; }') as server:
        async with opened(server, tmp_path) as house:
            before = len(server.asked())
            found = await house.survey()
        asked = server.asked()[before:].splitlines()
    assert found.hours is not None
    assert found.tally.sounds == 10
    # Its first answer tells, and no other request is sent twice.
    assert len([line for line in asked if '" 406 ' in line]) == 1

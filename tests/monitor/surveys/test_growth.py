"""A survey after the first costs what has changed, and says how it grows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.findings.reach.tally import Tally
from monitor.store.tables.surveys import FolderRow
from monitor.surveys.web.frontier import unchanged
from tests.monitor.surveys.builders import calls, disk, opened
from tests.servers import real
from tests.servers.pages import Row
from tests.servers.raw import Hit, listening, reply

OLD = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


def tree(top: Path, years: int = 5, days: int = 5) -> list[Path]:
    """Years of months of days with two calls each, last touched long ago; the days."""
    leaves = [
        top / "medicall" / f"{2013 + year}" / f"{month:02d}" / f"{day:02d}"
        for year in range(years)
        for month in range(1, 13)
        for day in range(1, days + 1)
    ]
    for number, leaf in enumerate(leaves):
        leaf.mkdir(parents=True)
        for call in range(2):
            (leaf / f"in-0701740{605 + call}-{number:04d}.wav").write_bytes(b"x" * 100)
    age(top)
    return leaves


def age(top: Path) -> None:
    """As if nothing had changed for years."""
    for path, _, _ in os.walk(top):
        os.utime(path, (OLD, OLD))


@pytest.mark.parametrize("server", ["nginx", "apache-table", "lighttpd"])
async def test_one_changed_folder_of_300_costs_little(server: str, tmp_path: Path) -> None:
    top = tmp_path / "disk"
    leaves = tree(top, days=5)
    openers: dict[str, Callable[[Path], AbstractContextManager[real.Server]]] = {
        "nginx": real.nginx,
        "apache-table": lambda folder: real.apache(folder, look="table"),
        "lighttpd": real.lighttpd,
    }
    with openers[server](top) as running:
        async with opened(running, tmp_path) as house:
            first = await house.survey()
            assert (first.tally.files, first.carried, first.new_files) == (600, 0, None)
            for number in range(3):
                (leaves[100] / f"in-0701740699-new-{number}.wav").write_bytes(b"x" * 50)
            second = await house.survey()
            assert second.partial == ()
            assert (second.tally.files, second.tally.size // 100 >= 600) == (603, True)
            assert (second.new_files, second.new_folders) == (3, 0)
            assert second.carried == 299
            assert second.tally.folders == first.tally.folders
            # 67 shelves above the days have to be looked at to see which day has changed.
            assert second.asks <= 67 + 1 + 8 < first.asks / 4
            # Its time is fresh: whether it has changed since within the same minute is not known, so it is read again.
            third = await house.survey()
            assert (third.tally.files, third.new_files, third.carried) == (603, 0, 299)
            everything = await house.survey(whole=True)
            assert (everything.tally.files, everything.carried) == (603, 0)
            assert everything.asks >= first.asks - 8


async def test_a_wide_tree_is_ten_times_cheaper(tmp_path: Path) -> None:
    top = tmp_path / "disk"
    for number in range(300):
        (top / f"day-{number:03d}").mkdir(parents=True)
        (top / f"day-{number:03d}" / "in-0701740605.wav").write_bytes(b"x")
    age(top)
    with real.nginx(top) as running:
        async with opened(running, tmp_path) as house:
            first = await house.survey()
            for number in (7, 77, 177):
                (top / f"day-{number:03d}" / "in-0701740606.wav").write_bytes(b"x")
            second = await house.survey()
            assert (second.tally.files, second.new_files, second.carried) == (303, 3, 297)
            assert second.asks * 10 <= first.asks


async def test_what_is_gone_is_gone(tmp_path: Path) -> None:
    top = tmp_path / "disk"
    leaves = tree(top, years=1, days=4)
    with real.nginx(top) as running:
        async with opened(running, tmp_path) as house:
            first = await house.survey()
            shutil.rmtree(leaves[5])
            next(iter(leaves[9].iterdir())).unlink()
            second = await house.survey()
            assert second.tally.files == first.tally.files - 3
            assert second.tally.folders == first.tally.folders - 1
            assert second.new_files == 0
            count = "SELECT count(*) FROM survey_folders"
            rows = await house.app.ledger(lambda ledger: ledger.rows(count)[0][0])
            assert rows == second.tally.folders
            leaves[5].mkdir()
            (leaves[5] / "in-0701740605.wav").write_bytes(b"x")
            third = await house.survey()
            assert (third.new_files, third.new_folders) == (1, 1)


async def test_a_folder_that_was_closed_is_asked_again_and_is_no_growth(tmp_path: Path) -> None:
    shut = True

    def rows(path: str) -> list[Row] | None:
        if path == "/":
            return [("in-0701740605.wav", 1), ("a/", None), ("b/", None)]
        return calls(5) if path in ("/a/", "/b/") else None

    async def before(hit: Hit) -> bytes | None:
        return reply(403, b"no") if shut and hit.path == "/b/" else None

    async with listening(disk(rows, before)) as server, opened(server, tmp_path) as house:
        first = await house.survey()
        assert (first.tally.files, first.tally.closed) == (6, 1)
        shut = False
        second = await house.survey()
        assert (second.tally.files, second.tally.closed) == (11, 0)
        assert (second.new_files, second.new_folders) == (0, 0)
        assert second.carried == 1


async def test_what_a_partial_survey_did_not_reach_is_no_growth(tmp_path: Path) -> None:
    broken = True

    def rows(path: str) -> list[Row] | None:
        found: dict[str, list[Row]] = {
            "/": [("in-0701740605.wav", 1), ("a/", None), ("b/", None)], "/a/": calls(5),
            "/b/": [("c/", None)], "/b/c/": calls(7),
        }  # fmt: skip
        return found.get(path)

    async def before(hit: Hit) -> bytes | None:
        return reply(500, b"no") if broken and hit.path == "/b/" else None

    async with listening(disk(rows, before)) as server, opened(server, tmp_path) as house:
        first = await house.survey()
        assert first.partial
        broken = False
        second = await house.survey()
        assert (second.tally.files, second.new_files) == (13, 0)


@pytest.mark.parametrize(
    ("shown", "age_of_it", "leaf", "surely"),
    [
        ("2026-11-20 08:00", timedelta(days=1), True, True),
        ("2026-11-20 08:00", timedelta(days=1), False, False),
        ("2026-11-20 08:00", timedelta(hours=13), True, False),
        ("2026-11-20 08:01", timedelta(days=1), True, False),
        ("", timedelta(days=1), True, False),
        ("yesterday", timedelta(days=1), True, False),
    ],
)
def test_unchanged(shown: str, age_of_it: timedelta, leaf: bool, surely: bool) -> None:
    read = datetime(2026, 11, 20, 8, 0, tzinfo=UTC) + age_of_it
    time = "2026-11-20 08:00" if shown.startswith("2026") else shown
    assert unchanged(FolderRow(b"key", time, b"", leaf, read, Tally(files=3)), shown) is surely

"""The made-up disk: names out of the range for fiction, one call in two files, true headers, growth by the clock."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.practice.disk import EVERY, File, Folder, backup, growing, recorder
from monitor.practice.indexes import size_text
from probes.recognise.media.identify import MediaKind, tell
from probes.recognise.people.recordings import call_key, recording

BEGUN = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)


def every_file(folder: Folder, path: str = "/") -> list[tuple[str, File]]:
    found = [(path, file) for file in folder.files]
    for below in folder.folders:
        found += every_file(below, f"{path}{below.name}/")
    return found


def test_every_number_in_a_name_is_one_that_nobody_has() -> None:
    names = [file.name for _, file in every_file(recorder())]
    names += [file.name for _, file in every_file(growing(BEGUN, BEGUN + timedelta(hours=9)))]
    assert len(names) > 1000
    for name in names:
        match = re.fullmatch(r"(?:in-(07\d{8})-10\d|out-10\d-(07\d{8}))-\d{8}-\d{6}-\d{10}\.\d+\.(?:wav|mp3)", name)
        assert match is not None
        assert 701740605 <= int(match[1] or match[2]) <= 701740699


def test_the_first_years_are_empty() -> None:
    for year in ("2016", "2017"):
        found = recorder().find(f"/medicall/{year}/")
        assert isinstance(found, Folder)
        assert not found.files
        assert not found.folders


def test_some_calls_lie_there_twice_and_are_one_call() -> None:
    files = every_file(recorder())
    keys = {call_key(path, file.name) for path, file in files}
    assert len({path + file.name for path, file in files}) == len(files)
    assert len(keys) == sum(file.name.endswith(".wav") for _, file in files)
    assert sum(file.name.endswith(".mp3") for _, file in files) > 50


def test_headers_are_true() -> None:
    for path, file in every_file(recorder()):
        told = tell(file.read(0, 512), file.name, "", file.size)
        seen = recording(path + file.name)
        assert told.kind is MediaKind.AUDIO
        assert told.confirmed
        assert told.seconds == pytest.approx(
            file.read(0, file.size).__len__() / (1625 if "wav" in told.format else 4000), rel=0.01
        )
        assert seen is not None
        assert seen.product == "Asterisk"


def test_the_backup_unpacks() -> None:
    found = backup().find("/backup/journal.sql.gz")
    assert isinstance(found, File)
    assert gzip.decompress(found.read(0, found.size)).startswith(b"COPY journal")


def test_a_call_appears_when_it_has_ended_and_stays_what_it_was() -> None:
    before = growing(BEGUN, BEGUN + EVERY - timedelta(milliseconds=1))
    after = growing(BEGUN, BEGUN + EVERY)
    assert set(before.files) < set(after.files)
    assert len(after.files) == len(before.files) + 1
    assert before.modified < BEGUN - timedelta(days=2)
    assert BEGUN < after.modified <= BEGUN + EVERY
    assert growing(BEGUN, BEGUN + EVERY) == after


def test_the_growing_disk_keeps_no_more_than_a_page_holds() -> None:
    assert len(growing(BEGUN, BEGUN + timedelta(days=400)).files) == 1000


def test_a_clock_that_steps_back_empties_nothing() -> None:
    assert len(growing(BEGUN, BEGUN - timedelta(hours=1)).files) == 12


@given(st.binary(max_size=9), st.binary(min_size=1, max_size=5), st.integers(0, 60), st.data())
def test_a_part_is_a_part_of_the_whole(head: bytes, fill: bytes, more: int, data: st.DataObject) -> None:
    file = File("x", len(head) + more, BEGUN, head, fill)
    whole = file.read(0, file.size)
    start, stop = data.draw(st.integers(0, 90)), data.draw(st.integers(0, 90))
    assert len(whole) == file.size
    assert whole.startswith(head)
    assert file.read(start, stop) == whole[start:stop]


@pytest.mark.parametrize("path", ["/medicall/2018", "/medicall/2018/", "//medicall//2018/"])
def test_a_folder_is_found_with_its_slash_and_without(path: str) -> None:
    assert isinstance(recorder().find(path), Folder)


@pytest.mark.parametrize("path", ["/medicall/2015/", "/nothing", "/medicall/2018/11/nothing.wav", "/../medicall/"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert recorder().find(path) is None


def test_a_file_is_no_folder() -> None:
    file = recorder().find("/medicall/2018/11/")
    assert isinstance(file, Folder)
    path = f"/medicall/2018/11/{file.files[0].name}"
    assert recorder().find(path) == file.files[0]
    assert recorder().find(f"{path}/") is None


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "  0 "),
        (972, "972 "),
        (973, "1.0K"),
        (10035, "9.8K"),
        (10200, " 10K"),
        (5_000_019, "4.8M"),
        (3 << 30, "3.0G"),
    ],
)
def test_sizes_are_written_as_apache_writes_them(size: int, text: str) -> None:
    assert size_text(size) == text

"""The one counter: a look and a survey of one folder say the same, in any chunks, and hostile names cost little."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.findings.reach.apply_survey import reach_of
from monitor.findings.reach.extent import Extent, extent_of
from monitor.findings.reach.folder_count import FolderCount
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming.rows import Rows, rows_of
from probes.recognise.listing.streaming.stream import PageReader
from tests.monitor.findings.builders import opened
from tests.servers import pages
from tests.speed import within

FOLDERS = {
    "music": ["01 - Intro.mp3", "02 - Song.mp3", "02 - Song.flac", "cover.jpg"],
    "calls": [f"in-07017406{n:02d}-1177-20181121-14{n:02d}12.wav" for n in range(10, 50)],
    "both": ["song.mp3", "in-0701740612-1177-20181121-141212.wav", "in-0701740612-1177-20181121-141212.mp3"],
    "packed": ["calls.sql.gz", "access.log.1", "all.zip", "id_rsa", "notes.old", "site.tar.gz", "mail.pst.old"],
    "nothing": [],
}


def by_survey(page: bytes, path: str) -> Extent:
    """What a survey makes of one page of a known server."""
    reader, count = PageReader(path), FolderCount(b"k", path, 1000)
    for chunk in (page[:5000], page[5000:]):
        rows = reader.feed(chunk)
        if rows is not None:
            count.add(rows)
    last = reader.end()
    assert last is not None
    count.add(last)
    return reach_of(count.close())


@pytest.mark.parametrize("look", ["nginx", "apache"])
@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_look_and_a_survey_of_the_same_folder_agree(folder: str, look: str) -> None:
    rows: list[pages.Row] = [(name, 1000 + n) for n, name in enumerate(FOLDERS[folder])]
    page = pages.listing("/x/", rows, "nginx" if look == "nginx" else "apache")
    found = recognise(page, "http://nas.test/x/")
    assert isinstance(found, Listing)
    seen, measured = extent_of(opened(page=found)), by_survey(page, "/x/")
    for name in ("files", "size", "size_exact", "sized", "kinds", "calls", "newest", "oldest", "claims"):
        assert getattr(seen, name) == getattr(measured, name), name


def test_music_is_no_recorded_call_and_packed_dumps_are_dumps() -> None:
    def kinds(folder: str) -> tuple[dict[str, int], int]:
        count = FolderCount(b"k", "/x/")
        count.add(Rows(files=[name.encode() for name in FOLDERS[folder]], sizes=[1] * len(FOLDERS[folder])))
        tally = count.close()
        return {kind.value: files for kind, (files, _) in tally.by_kind().items()}, tally.calls

    assert kinds("music") == ({"audio": 3, "image": 1}, 0)
    assert kinds("both")[1] == 1
    assert kinds("packed")[0] == {
        "archive": 2, "database-dump": 1, "key-material": 1, "log": 1, "mail-store": 1, "other": 1,
    }  # fmt: skip


def test_an_exact_date_stays_exact_and_a_day_stays_a_day() -> None:
    at = datetime(2026, 11, 28, 20, 15, tzinfo=UTC)
    entry = Entry("a.wav", "/a.wav", Kind.FILE, Size(1, 1, 1), Modified(at, at))
    found = extent_of(opened(page=Listing("dav", (entry,))))
    assert (found.newest, found.oldest) == (at, at)
    day = Modified(at.replace(hour=0) - timedelta(hours=14), at.replace(hour=0) + timedelta(hours=36))
    found = extent_of(opened(page=Listing("x", (Entry("a.wav", "/a.wav", Kind.FILE, None, day),))))
    assert found.newest is not None and found.oldest is not None  # noqa: PT018
    assert found.newest <= day.low
    assert found.oldest >= day.high


def test_a_files_name_is_its_own_where_a_script_lists_it() -> None:
    entry = Entry("call 1.wav", "/list.php?dir=a&file=call%201.wav", Kind.FILE)
    rows = rows_of(Listing("script", (entry,)))
    assert (rows.files, rows.paths) == ([b"call%201.wav"], ["/list.php?dir=a&file=call%201.wav"])


@given(
    st.lists(
        st.sampled_from([name for names in FOLDERS.values() for name in names]), min_size=1, max_size=30, unique=True
    ),
    st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_chunks_change_no_count(names: list[str], size: int) -> None:
    def counted(step: int) -> tuple[object, ...]:
        count = FolderCount(b"k", "/x/")
        for first in range(0, len(names), step):
            some = [name.encode() for name in names[first : first + step]]
            count.add(Rows(files=some, sizes=[7] * len(some), sized=len(some), exact=len(some)))
        tally = count.close()
        return tally.files, tally.size, tally.calls, tally.sounds, tally.by_kind(), tally.by_extension, count.digest

    assert counted(size) == counted(1000)


@pytest.mark.parametrize("unit", [b"a", b"1", b"-", b"a1", b"%C3%B6", b"20181121-", b"\xff", b"0701740612 "])
def test_long_names_cost_little(unit: bytes) -> None:
    names = [unit * (200_000 // len(unit)) + b".wav", unit * (60_000 // len(unit)) + b".x"]
    count = FolderCount(b"k", "/x/")
    begun = time.process_time()
    count.add(Rows(files=names, sizes=[1, 1]))
    count.close()
    assert within(time.process_time() - begun, 0.5)

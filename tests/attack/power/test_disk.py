"""What the disk of the attack `power-cuts` may hold after a cut, and what it never does."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from tests.attack.attack import Outcome
from tests.attack.power import trace
from tests.attack.power.cut import small_files
from tests.attack.power.disk import Disk, Op


def left(*ops: Op) -> set[tuple[tuple[str, bytes], ...]]:
    """All that many cuts after these leave."""
    disk = Disk()
    for op in ops:
        disk.do(op)
    return {tuple(sorted(disk.cut(Random(seed)).items())) for seed in range(300)}


MADE = (Op("make", "/d/a"), Op("write", "/d/a", b"x" * 600), Op("sync", "/d/a"), Op("sync", "/d"))


def test_what_was_synced_is_there() -> None:
    assert left(*MADE) == {(("/d/a", b"x" * 600),)}


def test_a_file_whose_folder_was_not_synced_may_be_gone() -> None:
    assert left(*MADE[:3]) == {(), (("/d/a", b"x" * 600),)}


def test_what_was_written_since_is_there_lost_torn_by_sectors_or_of_zeros() -> None:
    bodies = {dict(one)["/d/a"] for one in left(*MADE, Op("write", "/d/a", b"y" * 1024, 600))}
    assert bodies >= {b"x" * 600, b"x" * 600 + b"y" * 1024, b"x" * 600 + bytes(1024)}
    assert b"x" * 600 + b"y" * 424 in bodies, "the rest of a sector, and no more"
    assert b"x" * 600 + bytes(424) + b"y" * 600 in bodies, "a later part alone"
    assert all(one.startswith(b"x" * 600) for one in bodies)


def test_writes_may_come_in_another_order() -> None:
    later = [Op("write", "/d/a", letter, 0) for letter in (b"1", b"2")]
    assert {dict(one)["/d/a"][:1] for one in left(*MADE, *later)} == {b"x", b"1", b"2"}


def test_a_file_that_takes_the_place_of_another_is_the_old_one_or_the_new_one() -> None:
    new = (Op("make", "/d/b"), Op("write", "/d/b", b"new"), Op("sync", "/d/b"), Op("rename", "/d/b", to="/d/a"))
    assert {dict(one)["/d/a"] for one in left(*MADE, *new)} == {b"x" * 600, b"new"}
    assert left(*MADE, *new, Op("sync", "/d")) == {(("/d/a", b"new"),)}


def test_a_file_that_was_removed_may_be_back() -> None:
    assert left(*MADE, Op("unlink", "/d/a")) == {(), (("/d/a", b"x" * 600),)}


def test_what_processes_do_is_read_from_a_trace() -> None:
    lines = (
        r'7  openat(AT_FDCWD<\x2f\x64>, "\x61", O_WRONLY|O_CREAT|O_EXCL, 0600) = 3<\x2f\x64\x2f\x61>',
        r'7  write(3<\x2f\x64\x2f\x61>, "\x68\x69", 2) = 2',
        r"8  fsync(4<\x2f\x64> <unfinished ...>",
        r'7  pwrite64(3<\x2f\x64\x2f\x61>, "\x21", 1, 512) = 1',
        r"8  <... fsync resumed>) = 0",
        r'7  write(1<\x70\x69\x70\x65\x3a\x5b\x31\x5d>, "\x6b\x65\x70\x74", 4) = 4',
        r'7  unlink("\x2f\x64\x2f\x62") = -1 ENOENT (No such file or directory)',
    )
    assert list(trace.read("\n".join(lines), "/d/", re.compile(b"kept"))) == [
        Op("make", "/d/a"), Op("write", "/d/a", b"hi"), Op("write", "/d/a", b"!", 512), Op("sync", "/d"),
        Op("said", "", b"kept"),
    ]  # fmt: skip
    with pytest.raises(trace.NotFollowed):
        list(trace.read(r"7  sendfile(3<\x2f\x64\x2f\x61>, 4<\x2f\x62>, NULL, 9) = 9", "/d/", re.compile(b"kept")))


def test_what_small_files_were_said_to_keep_is_there_after_a_cut(tmp_path: Path) -> None:
    if why := trace.refused():
        pytest.skip(why)
    outcome = Outcome()
    small_files(outcome, tmp_path, 40, Random(1))
    assert (outcome.tried, outcome.failures) == (40, [])

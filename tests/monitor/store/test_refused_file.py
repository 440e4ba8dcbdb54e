"""What a worker's file remembers of refused passwords: for the next worker, and of no use to a reader."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from monitor.store.files.refused_file import RefusedFile, RefusedFileUnusable


def test_another_program_with_the_same_key_knows_what_was_refused(tmp_path: Path) -> None:
    path = tmp_path / "refused"
    RefusedFile(path, "key").keep("portal", "admin-a", "a:wrong-password")
    again = RefusedFile(path, "key")
    assert again.holds("portal", "admin-a", "a:wrong-password")
    assert not again.holds("portal", "admin-a", "a:another"), "another password is another try"
    assert not again.holds("portal", "admin-b", "a:wrong-password")
    assert not RefusedFile(path, "another key").holds("portal", "admin-a", "a:wrong-password")
    assert b"wrong-password" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again.forget("portal", "admin-a")
    assert not RefusedFile(path, "key").holds("portal", "admin-a", "a:wrong-password")


def test_a_file_that_is_none_is_said_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "refused").write_bytes(b"something else" * 100)
    for path in (tmp_path / "refused", tmp_path / "nowhere" / "refused"):
        with pytest.raises(RefusedFileUnusable, match="refused"):
            RefusedFile(path, "key")

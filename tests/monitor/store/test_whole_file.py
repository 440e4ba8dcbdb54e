"""Files that are there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.store.files.whole_file import put_in_place, write_new, write_whole


def test_a_file_takes_the_place_of_another_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "head"
    for body in (b"one", b"two"):
        write_whole(file, body)
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (body, 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["head"]


def test_nothing_is_left_of_a_file_that_cannot_be_put_there(tmp_path: Path) -> None:
    (tmp_path / "head").mkdir()
    with pytest.raises(OSError, match="head"):
        write_whole(tmp_path / "head", b"one")
    assert [one.name for one in tmp_path.iterdir()] == ["head"]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write_new(tmp_path / "key", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "key", b"two")
    assert (tmp_path / "key").read_bytes() == b"one"


def test_a_file_that_was_written_gets_its_name(tmp_path: Path) -> None:
    (tmp_path / "half").write_bytes(b"one")
    put_in_place(tmp_path / "half", tmp_path / "whole")
    assert [one.name for one in tmp_path.iterdir()] == ["whole"]

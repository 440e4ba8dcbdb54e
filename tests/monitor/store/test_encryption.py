"""The key beside the database: whole from the first moment that it is there, whoever makes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from monitor.store.encryption import KeyUnusable, Seal


def test_many_that_make_the_key_at_once_have_the_same_whole_key(tmp_path: Path) -> None:
    at_once = 8
    together = Barrier(at_once)

    def make(database: Path) -> str:
        together.wait(40)
        return Seal.beside(database, make=True).signature("x")

    with ThreadPoolExecutor(at_once) as pool:
        for n in range(60):
            folder = tmp_path / str(n)
            folder.mkdir()
            made = [pool.submit(make, folder / "leftopen.db") for _ in range(at_once)]
            assert len({one.result(10) for one in made}) == 1
            assert [one.name for one in folder.iterdir()] == ["leftopen.db.key"]
            assert (folder / "leftopen.db.key").stat().st_mode & 0o777 == 0o600


def test_what_is_no_key_is_said_and_kept(tmp_path: Path) -> None:
    (tmp_path / "leftopen.db.key").write_text("no key")
    with pytest.raises(KeyUnusable, match="is not a key"):
        Seal.beside(tmp_path / "leftopen.db", make=True)
    assert (tmp_path / "leftopen.db.key").read_text() == "no key"

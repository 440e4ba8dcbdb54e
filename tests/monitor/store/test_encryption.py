"""The key beside the database: whole from the first moment that it is there, whoever makes it."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from monitor.findings.finding import Step
from monitor.store.damage import damaged_rows
from monitor.store.encryption import KeyUnusable, Seal, key_file, make_key, new_key
from monitor.store.ledger import Ledger
from monitor.store.schema.stored import RowDamaged
from tests.monitor.alerts.builders import NOON, change, finding


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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with a finding, of which two files were seen open."""
    path = tmp_path / "leftopen.db"
    ledger = Ledger(path)
    with ledger.step():
        ledger.save(finding(), change(Step.OPENED), "r1", NOON)
        ledger.add_witnesses(finding().id, ("/a.wav", "/b.wav"))
    ledger.close()
    return path


@pytest.mark.parametrize("holds", ["witnesses", "nothing yet"])
def test_the_key_of_another_ledger_is_said_and_never_used(path: Path, tmp_path: Path, holds: str) -> None:
    if holds == "nothing yet":
        path = tmp_path / "new" / "leftopen.db"
        Ledger(path).close()
    right = key_file(path).read_bytes()
    key_file(path).unlink()
    make_key(key_file(path))
    with pytest.raises(KeyUnusable, match="is that of another database"):
        Ledger(path)
    said = CliRunner().invoke(main, ["findings", "--database", str(path)])
    assert (said.exit_code, "is that of another database" in said.output) == (2, True)
    key_file(path).write_bytes(right)
    Ledger(path).close()


def test_a_key_that_was_made_for_a_lost_one_is_the_right_one_from_then_on(path: Path) -> None:
    key_file(path).unlink()
    done = CliRunner().invoke(main, ["new-key", "--database", str(path)])
    assert done.exit_code == 0, done.output
    ledger = Ledger(path)
    with pytest.raises(RowDamaged):
        ledger.witnesses(finding().id)
    ledger.close()


def test_a_ledger_of_before_learns_its_key(path: Path) -> None:
    ledger = Ledger(path)
    ledger.execute("PRAGMA application_id = 0")
    ledger.close()
    ledger = Ledger(path)
    assert ledger.rows("PRAGMA application_id")[0][0] == ledger.seal.mark
    assert ledger.witnesses(finding().id) == ("/a.wav", "/b.wav")
    ledger.close()


@pytest.mark.parametrize("wrong", [b"", b"no token", None, "text", b"\xff\xfe"])
def test_files_that_cannot_be_opened_any_more_are_never_lost_without_a_word(path: Path, wrong: object) -> None:
    ledger = Ledger(path)
    if wrong is not None:
        ledger.execute("UPDATE witnesses SET sealed = ?", wrong)
    else:
        ledger.execute("UPDATE witnesses SET sealed = CAST(x'fffe' AS TEXT)")
    ledger.execute("COMMIT")
    ledger.close()
    ledger = Ledger(path)
    with pytest.raises(RowDamaged):
        ledger.witnesses(finding().id)
    assert damaged_rows.set_aside(ledger, NOON) == 1
    (kept,) = damaged_rows.on_file(ledger, NOON, untold=True)
    assert finding().id in kept.what
    assert ledger.witnesses(finding().id) == ()
    ledger.close()


def test_a_new_key_that_was_broken_off_leaves_the_ledger_as_one_whose_key_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "a.db"
    Ledger(database).close()
    key_file(database).unlink()

    def broken(*_: object, **__: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr("os.link", broken)
    with pytest.raises(OSError, match="the power went"):
        new_key(database)
    monkeypatch.undo()
    with pytest.raises(KeyUnusable, match="is missing: put it back"):
        Ledger(database)
    new_key(database)
    Ledger(database).close()


def test_a_process_that_is_killed_while_it_makes_a_key_leaves_nothing(tmp_path: Path) -> None:
    def killed(_: Seal) -> None:
        os._exit(9)

    child = multiprocessing.get_context("fork").Process(target=make_key, args=(tmp_path / "a.db.key", killed))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert [*tmp_path.iterdir()] == []


def test_where_no_file_can_be_without_a_name_the_key_is_made_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So a file system refuses that does not know the flag.
    monkeypatch.setattr(os, "O_TMPFILE", os.O_DIRECTORY)
    make_key(tmp_path / "a.db.key")
    assert [*tmp_path.iterdir()] == [tmp_path / "a.db.key"]
    assert (tmp_path / "a.db.key").stat().st_mode & 0o777 == 0o600
    Seal.beside(tmp_path / "a.db")

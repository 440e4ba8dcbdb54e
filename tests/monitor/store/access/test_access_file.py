"""Sessions, invitations and tokens stand on file as digests, work for as long as they should, and the log stays."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.store.access.access_file import AccessFile, Read
from monitor.store.access.thread import AccessThread
from monitor.store.schema.stored import LedgerUnusable

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
YEAR = NOW + timedelta(days=365)


def test_a_session_holds_what_was_said_until_it_is_ended(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    secret = file.begin("https://id.example", "sub-1", "Anna", {"groups": ("a", "b")}, NOW)
    session = file.session(secret, NOW + timedelta(minutes=5))
    assert session is not None
    assert (session.subject, session.claims["groups"], session.proven) == ("sub-1", ("a", "b"), NOW)
    again = file.session(secret, NOW)
    assert again is not None
    assert again.seen == NOW + timedelta(minutes=5), "when it was last used is on file"
    assert file.session(secret + "x", NOW) is None
    file.end(session.digest, NOW)
    assert file.session(secret, NOW) is None
    file.close()


def test_a_file_that_a_power_cut_left_in_the_middle_of_a_write_can_be_read(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    id_ = file.id()
    file.close()
    with closing(sqlite3.connect(tmp_path / "access.db", isolation_level=None)) as writing:
        writing.execute("PRAGMA journal_mode = DELETE")
        writing.execute("PRAGMA cache_size = 1")
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("CREATE TABLE unfinished (text)")
        writing.executemany("INSERT INTO unfinished VALUES (?)", [("x" * 500,)] * 1000)
        cut = tmp_path / "cut"
        cut.mkdir()
        for name in ("access.db", "access.db-journal"):
            shutil.copy(tmp_path / name, cut / name)
    read = AccessFile(cut / "leftopen.db", read_only=True)
    assert read.id() == id_
    with pytest.raises(LedgerUnusable):
        read.begin("invite", "Anna", "Anna", {}, NOW)
    read.close()
    with closing(sqlite3.connect(cut / "access.db")) as whole:
        assert not whole.execute("SELECT 1 FROM sqlite_master WHERE name = 'unfinished'").fetchone()


def test_no_secret_stands_on_file(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    secrets = [
        file.begin("invite", "Anna", "Anna", {}, NOW),
        file.invite("Anna", "viewer", "alpha", NOW, timedelta(minutes=10)),
        file.make_token("grafana", "viewer", "alpha", ("metrics:read",), NOW, YEAR) or "",
    ]
    file.close()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [secret for secret in secrets if secret.encode() in on_disk] == []
    assert oct((tmp_path / "access.db").stat().st_mode & 0o777) == "0o600"


def test_an_invitation_works_once_and_in_its_time(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    late = file.invite("Anna", "viewer", "alpha", NOW, timedelta(minutes=10))
    assert file.accept(late, NOW + timedelta(minutes=10)) is None
    assert file.accept("guessed", NOW) is None
    won = []
    good = file.invite("Bo", "responder", "beta", NOW, timedelta(minutes=10))
    file.close()

    def press() -> None:
        mine = AccessFile(tmp_path / "leftopen.db")
        won.append(mine.accept(good, NOW))
        mine.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [(one.name, one.role, one.party) for one in won if one is not None] == [("Bo", "responder", "beta")]


def test_a_token_ends_is_taken_back_and_is_told_by_its_checksum(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    secret = file.make_token("grafana", "viewer", "alpha", ("metrics:read", "findings:read"), NOW, YEAR)
    assert secret is not None
    assert secret.startswith("lo_")
    assert file.make_token("grafana", "viewer", "alpha", (), NOW, YEAR) is None, "a label is one token's"
    found = file.token(secret, NOW)
    assert found is not None
    assert (found.scopes, found.party) == (("metrics:read", "findings:read"), "alpha")
    assert file.token(secret, YEAR) is None
    for wrong in (secret[:-1] + ("0" if secret[-1] != "0" else "1"), secret.upper(), "lo_", "", "lo_é" * 9):
        assert file.token(wrong, NOW) is None
    assert file.revoke("grafana", NOW)
    assert not file.revoke("grafana", NOW)
    assert file.token(secret, NOW) is None
    assert [one.label for one in file.tokens()] == ["grafana"]
    file.close()


def test_the_log_is_appended_and_read_by_party(tmp_path: Path) -> None:
    file = AccessFile(tmp_path / "leftopen.db")
    for party in ("alpha", "beta", "alpha"):
        file.log(Read(NOW, "Anna", "viewer", party, "read", "finding", "LO-1", 200))
    assert [read.party for _, read in file.reads("alpha", 10, 50)] == ["alpha", "alpha"]
    assert [number for number, _ in file.reads(None, 3, 50)] == [2, 1]
    assert file.reads(None, 10, 50, "LO-2") == ()
    for sql in ("UPDATE reads SET who = 'x'", "DELETE FROM reads"):
        other = sqlite3.connect(tmp_path / "access.db")
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            other.execute(sql)
        other.close()
    file.close()


async def test_pages_of_the_file_that_are_damaged_are_said_in_words(tmp_path: Path) -> None:
    access = AccessThread(tmp_path / "leftopen.db")
    try:
        secret = await access(lambda file: file.begin("invite", "Ada", "Ada", {"role": ("viewer",)}, NOW))
        await access(lambda file: file._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        page = await access(
            lambda file: file._connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'sessions'"
            ).fetchone()[0]
        )
        with (tmp_path / "access.db").open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
        await access(lambda file: file._connection.execute("PRAGMA shrink_memory").fetchall())
        with pytest.raises(LedgerUnusable, match=r"access\.db: .*move it away"):
            await access(lambda file: file.session(secret, NOW))
    finally:
        access.close()

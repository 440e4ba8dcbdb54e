"""What must be asked again but may not be read from the database: paths once seen open, sealed with a key beside it.

Before a finding is closed, the objects that were once seen open are tried again (the classic half fix turns the index
off and leaves the files readable). Their names are a patient's or a caller's data, so the ledger holds them only
encrypted, and the key is never in the ledger: a stolen database, or a backup of it, tells nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from monitor.store.files.causes import cause

_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")
_MOST_TRIED = 20


class KeyUnusable(Exception):
    """The key file cannot be read or is no key; the message says what to do."""


class Seal:
    """Encrypts and decrypts lists of paths (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        # A key of its own for digests: what can be compared must not help with what can be opened.
        self.digest_key = hashlib.blake2b(key, digest_size=32, person=b"leftopen-digest").digest()

    @classmethod
    def beside(cls, database: Path, *, make: bool = False) -> Seal:
        """The seal whose key lies in `<database>.key`, readable by its owner alone; `make` it when there is none.

        A key is made only for a new ledger: beside an old one a new key would make every sealed path and every
        confirmation worthless without a word. Raises KeyUnusable.
        """
        file = key_file(database)
        try:
            if not file.exists():
                if not make:
                    raise KeyUnusable(
                        f"the key {file} is missing: put it back. If it is lost, `leftopen new-key` makes another one; "
                        "what was sealed with the old one is lost then, and channels must be confirmed again"
                    )
                make_key(file)
        except OSError as error:
            raise KeyUnusable(f"cannot make the key {file}: {cause(file, error)}") from error
        try:
            return cls(file.read_bytes().strip())
        except OSError as error:
            raise KeyUnusable(f"cannot read the key {file}: {cause(file, error)}") from error
        except ValueError as error:
            raise KeyUnusable(
                f"{file} is not a key; put the right one back, or move it away to begin with a new one "
                "(witnesses sealed with the old one are then lost)"
            ) from error

    def digest(self, text: str) -> bytes:
        """Ten bytes that stand for a text: equal for equal texts, and of no use to whoever lacks the key.

        (A plain hash of a phone number is found by trying all of them.)
        """
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10, key=self.digest_key).digest()

    @property
    def mark(self) -> int:
        """By which a database knows its own key again: 31 bits that say nothing of it, and are never 0."""
        digest = hashlib.blake2b(self.digest_key, digest_size=4, person=b"leftopen-mark").digest()
        return int.from_bytes(digest) >> 1 or 1

    def signature(self, text: str) -> str:
        """A signature of a text in 24 letters, for links; digits would be masked as a person's number."""
        key = hashlib.blake2b(self.digest_key, digest_size=32, person=b"leftopen-links").digest()
        digest = hashlib.blake2b(text.encode(), digest_size=12, key=key).hexdigest()
        return digest.translate(_LETTERS)

    def close(self, paths: tuple[str, ...]) -> bytes:
        """The paths, sealed."""
        return self._fernet.encrypt(json.dumps(paths).encode())

    def open(self, sealed: bytes) -> tuple[str, ...] | None:
        """The paths again; None when they were sealed with another key, or are not what was sealed."""
        try:
            return tuple(json.loads(self._fernet.decrypt(sealed)))
        except (InvalidToken, ValueError, TypeError):
            return None


def key_file(database: Path) -> Path:
    """Where the key of a ledger lies."""
    return database.with_name(database.name + ".key")


def fit(connection: sqlite3.Connection, seal: Seal) -> bool:
    """Whether `seal` is that of this database: its header holds the mark of its key, written when there is none yet.

    A key of another ledger is a key too: it would open nothing that is sealed here, and a finding could then close
    without a test of the files that were once seen open. Raises sqlite3.Error.
    """
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if mark == seal.mark:
        return True
    rows = connection.execute("SELECT CAST(sealed AS BLOB) FROM witnesses").fetchmany(_MOST_TRIED)
    opens = any(one is not None and seal.open(one) is not None for (one,) in rows)
    if mark and not opens:
        return False
    if opens or not rows:
        # Where nothing can be written now the next one who opens it does it.
        with suppress(sqlite3.OperationalError):
            set_mark(connection, seal)
    return True


def seal_of(database: Path, connection: sqlite3.Connection) -> Seal:
    """The seal whose key lies beside an open database, and is its own. Raises KeyUnusable, sqlite3.Error."""
    seal = Seal.beside(database)
    if not fit(connection, seal):
        raise KeyUnusable(
            f"the key {key_file(database)} is that of another database: put the right one back. If that is lost, move "
            "this one away, and `leftopen new-key` makes another one"
        )
    return seal


def set_mark(connection: sqlite3.Connection, seal: Seal) -> None:
    """From here on this is the key of the database. Raises sqlite3.Error."""
    connection.execute(f"PRAGMA application_id = {seal.mark}")


def new_key(database: Path) -> None:
    """A new key beside a database whose own is lost: it is its own from here on, although nothing that is sealed there
    opens with it. Raises KeyUnusable, OSError.

    The database is marked before the key is there: where this is killed in between, it lacks a key as before. The other
    way round it would have one that it takes for another database's.
    """

    def mark(seal: Seal) -> None:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            set_mark(connection, seal)

    try:
        make_key(key_file(database), mark)
    except sqlite3.Error as error:
        raise KeyUnusable(f"cannot use the database {database}: {cause(database, error)}") from error


def make_key(file: Path, before: Callable[[Seal], None] = lambda _: None) -> None:
    """Make the key without a name and link it into place: no other process ever sees half of it, or two of them, and
    a killed one leaves nothing.

    `before` is called with what it seals, before it is in place.
    """
    key = Fernet.generate_key()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        with _without_name(file) as (descriptor, made):
            os.write(descriptor, key)
            os.fsync(descriptor)
            before(Seal(key))
            with suppress(FileExistsError):  # another process was first: its key is the key
                # Only with a folder's descriptor the link is to what the name in /proc leads to.
                os.link(made, file.name, dst_dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _without_name(file: Path) -> Iterator[tuple[int, str]]:
    """A new file in the folder of `file`, and by which name it is linked into place."""
    try:
        descriptor = os.open(file.parent, os.O_WRONLY | os.O_TMPFILE, 0o600)
        made, named = f"/proc/self/fd/{descriptor}", False
    except OSError:
        # Some file systems have none without a name.
        made, named = str(file.with_name(f"{file.name}.{secrets.token_hex(8)}")), True
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor, made
    finally:
        os.close(descriptor)
        if named:
            Path(made).unlink()

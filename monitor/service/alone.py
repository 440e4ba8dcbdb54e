"""One watcher a ledger: two would ask every host twice as often."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyWatched(Exception):
    """Another process watches with this ledger; the text names it."""


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Hold `<database>.watch` while the service runs; the lock ends with the process, however it ends.

    Raises AlreadyWatched. Where the file system has no locks the service runs without one.
    """
    descriptor = os.open(database.with_name(f"{database.name}.watch"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(descriptor, 20).decode("ascii", "replace").strip() or "another process"
            way = "stop that one first, or name another database with --database"
            raise AlreadyWatched(f"process {pid} watches with {database} already: {way}") from None
        except OSError:
            yield
            return
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def is_watched(database: Path) -> bool:
    """Whether a service holds this ledger now. Where the file system has no locks that cannot be known: False."""
    try:
        descriptor = os.open(database.with_name(f"{database.name}.watch"), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def was_watched(database: Path) -> bool:
    """Whether a service held this ledger once: who then looks by `leftopen run` alone removes `<database>.watch`."""
    return database.with_name(f"{database.name}.watch").exists()

"""Files that outlive a power cut: after it the old one stands, or the new one, and never a part of it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, body: bytes) -> None:
    """Put a file in the place of what was there, readable by its owner alone. Raises OSError."""
    half = file.with_name(f"{file.name}.{secrets.token_hex(4)}.half")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(body)
        put_in_place(half, file)
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def write_new(file: Path, body: bytes) -> None:
    """Make a file, readable by its owner alone. Raises FileExistsError where one is there, OSError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    sync(file.parent)


def put_in_place(half: Path, file: Path) -> None:
    """Give a file that was written its name; what had it before is gone. Raises OSError."""
    sync(half)
    half.replace(file)
    sync(file.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

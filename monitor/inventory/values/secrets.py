"""Reads a secret from where the inventory says that it is; the secret itself is in no text that is made here."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from monitor.inventory.values.scalars import reference_of

_LARGEST = 64 * 2**10


class NoSecret(Exception):
    """A secret could not be had; the text says why, and where it was looked for."""


def resolve_secret(ref: str, environ: Mapping[str, str]) -> str:
    """The secret that `env:NAME` or `file:/path` leads to, without the space around it. Raises NoSecret."""
    try:
        kind, _, where = reference_of(ref).partition(":")
    except ValueError as error:
        raise NoSecret(f"a secret {error}") from None
    if kind == "env":
        if where not in environ:
            raise NoSecret(f"{ref}: the environment has no variable {where}")
        secret = environ[where].strip()
    else:
        secret = _from_file(ref, Path(where))
    if not secret:
        raise NoSecret(f"{ref}: is empty")
    if any(ord(c) < 32 or ord(c) == 127 for c in secret):
        raise NoSecret(f"{ref}: holds more than one line, or a control character")
    return secret


def _from_file(ref: str, path: Path) -> str:
    try:
        if not path.is_file():
            raise NoSecret(f"{ref}: there is no such file")
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise NoSecret(f"{ref}: cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > _LARGEST:
        raise NoSecret(f"{ref}: is larger than {_LARGEST // 2**10} KiB")
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise NoSecret(f"{ref}: is not UTF-8") from None


def warning(ref: str) -> str | None:
    """What to warn of before the secret is used: a file that every user of the machine may read."""
    kind, _, where = ref.partition(":")
    if kind != "file":
        return None
    try:
        mode = Path(where).stat().st_mode
    except OSError:
        return None
    if mode & stat.S_IROTH:
        return f"{where} can be read by every user of this machine: chmod o-r"
    return None

"""A command as a probe names it, and as a protocol's table spells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Argument: TypeAlias = str | bytes | int


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the closed list: `Command("ftp", "STAT", b"/")`."""

    protocol: str
    verb: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        # An argument may be a name that was learnt: it is never written down.
        return f"{self.verb} {{...}}" if self.arguments else self.verb


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: protocols that have a field for it are told."""

    contact: str
    """A mail address of the organisation (FTP's anonymous password, RFC 1635)."""
    name: str = "leftopen"


@dataclass(frozen=True, slots=True)
class Verb:
    """How one command is spelled, and what it does to the server: nothing but to read."""

    spell: Callable[..., bytes]
    """From the asker and the arguments to the bytes on the wire. Raises ValueError for an argument that would say more
    than the command."""
    says: str
    """One line for people: what the server is asked."""


Verbs: TypeAlias = Mapping[str, Verb]

LONGEST = 1024
"""Bytes of a name that is sent."""


def fixed(sent: bytes) -> Callable[..., bytes]:
    """A command that is always the same, and takes no arguments."""

    def spell(asker: Asker) -> bytes:
        return sent

    return spell


def line(word: str, *, ending: bytes = b"\r\n") -> Callable[..., bytes]:
    """A command of one line with one name behind it, which is sent as it came from the server or the owner."""

    def spell(asker: Asker, name: str | bytes) -> bytes:
        return word.encode("ascii") + b" " + one_line(name) + ending

    return spell


def one_line(name: str | bytes) -> bytes:
    """A name that stays within its line. Raises ValueError."""
    told = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else bytes(name)
    if not told or len(told) > LONGEST or any(byte in told for byte in b"\r\n\0"):
        raise ValueError("a name of more than one line, or of none")
    return told

"""What a probe may ask in somebody's name: a GET in the session of a declared subject, of which no body comes back.

The session holds the credential and the cookies, and looks for the canary tokens; a probe learns the status and whose
tokens were shown. So no secret reaches a probe, and no stranger's data either.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InSession:
    """A GET of a declared path as a subject; `fresh` asks over a new connection."""

    subject: str
    path: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Requests of several subjects, whose sessions know nothing of each other: those of one subject are sent one after
    the other, those of different ones side by side, within the host's pace. The answers come in the order given."""

    asks: tuple[InSession, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of it."""

    status: int
    tenants: tuple[str, ...] = ()
    """Whose canary tokens stand in the answer, in its address or in a table or document that it is."""
    login: bool = False
    """Whether the answer is a login page, or leads to one."""
    whole: bool = True
    """Whether the answer was read to its end: a token may stand in what was not read."""
    wire: int = 0
    """Bytes of body read from the wire."""
    at: int = 0
    """When it was answered, in Unix seconds."""

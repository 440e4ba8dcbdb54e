"""What a probe may ask over a bare connection: open it, say a harmless command, listen so far, speak TLS, close it.

Nothing is sent but what `commands.TABLE` holds: a probe names a command and its arguments, and the driver spells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

from probes.facts import FactKind
from probes.requests.commands.command import Command


@dataclass(frozen=True, slots=True)
class Line:
    """Listen to the end of a line."""


@dataclass(frozen=True, slots=True)
class FtpReply:
    """Listen to the end of a reply of FTP, over several lines where it says so (RFC 959 section 4.2)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Listen until these bytes came."""

    bytes: bytes


@dataclass(frozen=True, slots=True)
class Exactly:
    """Listen to so many bytes."""

    count: int


@dataclass(frozen=True, slots=True)
class Framed:
    """Listen to one frame that tells its own length: `size` bytes at `at`, which count all but `add` bytes of it."""

    at: int
    size: int
    order: Literal["big", "little"] = "big"
    add: int = 0
    mask: int = -1
    """What of the length's bits counts (Sun RPC marks the last fragment in the highest one)."""
    pad: int = 1
    """To what a frame is filled up behind its length."""


@dataclass(frozen=True, slots=True)
class Ber:
    """Listen to one value of BER, which tells its own length (X.690): a message of LDAP."""


@dataclass(frozen=True, slots=True)
class Some:
    """Listen to what comes first, however much that is."""


@dataclass(frozen=True, slots=True)
class LineOf:
    """Listen to the end of a line that begins with one of these; lines before it are listened to as well."""

    starts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Listen until something came, and then nothing more for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class UntilClosed:
    """Listen until the peer closes."""


Until: TypeAlias = Line | LineOf | FtpReply | Mark | Exactly | Framed | Ber | Some | Quiet | UntilClosed
"""How far to listen: a value, so that it can be compared and recorded."""


@dataclass(frozen=True, slots=True)
class Open:
    """A connection to the target's own address. `channel` is what it is called in the steps that follow.

    `port` is another port than the target's, which the service named: FTP's passive data, NFS from the portmapper. The
    driver refuses it for any other protocol, and below 1024 but for the portmapper. No address ever comes from an
    answer.
    """

    channel: str = "main"
    port: int | None = None
    tls: bool = False
    low: bool = False
    """From a source port below 1024, where we may have one: servers of NFS take it for a sign of a machine's root."""
    narrow: bool = False
    """Whether little is wanted of much: the receive buffer is small, so that little more leaves the server."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send a command (None: send nothing), and listen: to `take` bytes at most, whatever length a frame claims."""

    command: Command | None
    until: Until
    take: int = 4096
    channel: str = "main"


@dataclass(frozen=True, slots=True)
class Secure:
    """Speak TLS on a connection from here on (AUTH TLS, STARTTLS)."""

    channel: str = "main"


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close a connection. All are closed at the end of the dialogue."""

    channel: str = "main"


@dataclass(frozen=True, slots=True)
class Datagram:
    """A command in one datagram to the target's own port, and the first `take` bytes of the first answer from its
    address. `then` is said to the port that answered, which may be another one."""

    command: Command
    then: Command | None = None
    take: int = 512


Step: TypeAlias = Open | Exchange | Secure | Disconnect | Datagram


@dataclass(frozen=True, slots=True)
class Sweep:
    """Knock at declared ports of the target (its `beside`), and say nothing there."""

    ports: tuple[int, ...]
    seconds: float = 3.0
    """How long each is waited for."""
    at_once: int = 8


@dataclass(frozen=True, slots=True)
class Swept:
    """How ports answered."""

    answered: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()


class Stop(StrEnum):
    """Why listening stopped."""

    WHOLE = "whole"
    CUT = "cut"  # at `take`: the connection is closed then, since nobody knows what comes next
    CLOSED = "closed"  # the peer closed before the end
    RESET = "reset"
    SILENT = "silent"  # something came, and then nothing for too long


@dataclass(frozen=True, slots=True)
class Received:
    """What came back; empty for Open, Secure and Disconnect that went well."""

    data: bytes = b""
    stop: Stop = Stop.WHOLE
    certificate: tuple[FactKind, ...] = ()
    """What is wrong with the certificate shown in TLS, if anything."""
    low: bool = False
    """Of an opened connection: whether it comes from a port below 1024."""


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    begin = 0
    while end := data.find(b"\n", begin) + 1:
        yield begin, end
        begin = end


_FTP_FIRST = re.compile(rb"(\d{3})-")


def _last_line(data: bytes, code: bytes) -> int | None:
    """The end of the line that ends a reply of many lines: its code without a hyphen. A reply may be a long list."""
    at = -1
    while (at := data.find(b"\n" + code, at + 1)) >= 0:
        if data[at + 4 : at + 5] in (b" ", b"\r", b"\n"):
            return data.find(b"\n", at + 1) + 1 or None
    return None


def _end_of_ber(data: bytes) -> int | None:
    if len(data) < 2:
        return None
    # A long length has up to four bytes; with none (an endless form that LDAP forbids) it is no frame, and all of it.
    count = data[1] & 0x7F if data[1] & 0x80 else 0
    if count > 4 or data[1] == 0x80:
        return len(data)
    if len(data) < 2 + count:
        return None
    length = int.from_bytes(data[2 : 2 + count], "big") if count else data[1]
    return 2 + count + length if len(data) >= 2 + count + length else None


def end_of(until: Until, data: bytes) -> int | None:
    """How many of these bytes are what is listened to; None while more is needed."""
    match until:
        case Line():
            return data.find(b"\n") + 1 or None
        case LineOf(starts=starts):
            return next((end for begin, end in _lines(data) if data.startswith(starts, begin)), None)
        case FtpReply():
            first = _FTP_FIRST.match(data)
            return _last_line(data, first[1]) if first is not None else data.find(b"\n") + 1 or None
        case Mark(bytes=mark):
            at = data.find(mark)
            return None if at < 0 else at + len(mark)
        case Exactly(count=count):
            return count if len(data) >= count else None
        case Framed(at=at, size=size, order=order, add=add, mask=mask, pad=pad):
            if len(data) < at + size:
                return None
            counted = int.from_bytes(data[at : at + size], order) & mask
            length = max(at + size, counted + -counted % pad + add)
            return length if len(data) >= length else None
        case Ber():
            return _end_of_ber(data)
        case Some():
            return len(data) or None
        case UntilClosed() | Quiet():
            return None
        case _:
            assert_never(until)

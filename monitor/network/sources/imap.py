"""A mailbox over IMAP in TLS (RFC 9051): opened for reading alone, within bounds, and nothing in it is changed.

The server's certificate must be good, unlike that of a place that is looked at: a password goes there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.network.channel import Channel, Dialer
from monitor.network.transport import verifying
from probes.api import WebTarget

_LONGEST_LINE: Final = 1 << 16
_LITERAL: Final = re.compile(rb"\{(\d{1,10})\+?\}$")
_UID: Final = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d{1,12})\b")
_DATE: Final = re.compile(rb'INTERNALDATE "([^"]{10,40})"')


class MailboxRefused(Exception):
    """The box could not be read; the text is our own."""


@dataclass(frozen=True, slots=True)
class ImapBox:
    """Where a mailbox is, and what opens it."""

    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"
    authority: Path | None = None
    """Certificates that are trusted, where they are not the system's."""


@dataclass(frozen=True, slots=True)
class RawLetter:
    """A letter as it lies in a box; `body` is None where it is larger than may be read."""

    at: int
    body: bytes | None = field(repr=False)


async def read_imap(
    box: ImapBox, target: WebTarget, dialer: Dialer, since: int, most_letters: int, most_bytes: int, ends: float
) -> list[RawLetter]:
    """The letters received since a time, the newest last. Raises OSError, ValueError and MailboxRefused."""
    async with _opened(box, target, dialer, ends) as line:
        await line.command(f"LOGIN {_quoted(box.user)} {_quoted(box.password)}", "the server does not let us in")
        try:
            await line.command(f"EXAMINE {_quoted(box.folder)}", "there is no such folder")
            # SINCE compares days, in the server's zone: from the day before on.
            day = datetime.fromtimestamp(since, UTC) - timedelta(days=1)
            found = await line.command(f"UID SEARCH SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}", "no search")
            listed = b" ".join(row[len(b"* SEARCH") :] for row, _ in found if row.upper().startswith(b"* SEARCH"))
            uids = sorted(int(uid) for uid in listed.split() if uid.isdigit() and len(uid) <= 10)
            return await _letters(line, uids, since, most_letters, most_bytes)
        finally:
            await line.leave()


async def _letters(line: _Line, uids: list[int], since: int, most: int, most_bytes: int) -> list[RawLetter]:
    letters: list[RawLetter] = []
    left = most_bytes
    for uid in uids:
        told = await line.command(f"UID FETCH {uid} (UID INTERNALDATE RFC822.SIZE)", "a letter is not told of")
        row = next((row for row, _ in told if (said := _UID.search(row)) and int(said[1]) == uid), b"")
        date, size = _DATE.search(row), _SIZE.search(row)
        if date is None or size is None:
            raise MailboxRefused("the server does not tell when letters came")
        at = _received(date[1].decode("ascii", "replace"))
        if at < since:
            continue
        if len(letters) >= most:
            raise MailboxRefused(f"more than {most} letters")
        body: bytes | None = None
        if int(size[1]) <= left:
            rows = await line.command(f"UID FETCH {uid} (BODY.PEEK[])", "a letter is not given", left)
            body = next((literals[0] for _, literals in rows if literals), None)
            left -= len(body or b"")
        letters.append(RawLetter(at, body))
    return letters


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _received(text: str) -> int:
    """The INTERNALDATE `28-Nov-2026 10:00:00 +0100` in Unix seconds, whatever the locale. Raises MailboxRefused."""
    said = re.fullmatch(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)", text)
    if said is None or said[2].capitalize() not in _MONTHS:
        raise MailboxRefused("the server does not tell when letters came")
    month = _MONTHS.index(said[2].capitalize()) + 1
    try:
        written = f"{said[3]}-{month:02}-{int(said[1]):02}T{said[4]}{said[5]}:{said[6]}"
        return int(datetime.fromisoformat(written).timestamp())
    except (ValueError, OverflowError):
        raise MailboxRefused("the server does not tell when letters came") from None


def _quoted(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise MailboxRefused("user, password or folder hold a letter that IMAP does not carry plainly")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@asynccontextmanager
async def _opened(box: ImapBox, target: WebTarget, dialer: Dialer, ends: float) -> AsyncIterator[_Line]:
    """A connection whose server has greeted us."""
    context = await asyncio.to_thread(verifying, box.authority)
    channel = await dialer.open(target.name, target.address, box.port, ends)
    try:
        await dialer.secure(channel, target.name or target.address, ends, context=context)
        line = _Line(channel, ends)
        greeting, _ = await line.row(0)
        if not greeting.upper().startswith(b"* OK"):
            raise MailboxRefused("the server does not greet as IMAP does")
        yield line
    finally:
        channel.close()


class _Line:
    """Commands and their answers over one connection."""

    def __init__(self, channel: Channel, ends: float) -> None:
        self._channel = channel
        self._ends = ends
        self._held = bytearray()
        self._ended = False
        self._more = asyncio.Event()
        self._count = 0
        channel.listen(self._take, self._end)

    def _take(self, data: memoryview) -> None:
        self._held += data
        self._more.set()
        if len(self._held) > 4 * _LONGEST_LINE:
            self._channel.pause()

    def _end(self, error: OSError | None) -> None:
        self._ended = True
        self._more.set()

    async def command(self, text: str, refused: str, most: int = 0) -> list[tuple[bytes, list[bytes]]]:
        """Say a command; the untagged rows of its answer with their literals, of `most` bytes in all."""
        self._count += 1
        tag = b"L%d" % self._count
        self._channel.write(tag + b" " + text.encode("ascii") + b"\r\n")
        rows: list[tuple[bytes, list[bytes]]] = []
        while True:
            row, literals = await self.row(most)
            if row.startswith(tag + b" "):
                if not row[len(tag) + 1 :].upper().startswith(b"OK"):
                    raise MailboxRefused(refused)
                return rows
            if row.startswith((b"* BYE", b"+")):
                raise MailboxRefused(refused)
            if len(rows) >= _MOST_ROWS:
                raise MailboxRefused("the server says too much")
            rows.append((row, literals))

    async def row(self, most: int) -> tuple[bytes, list[bytes]]:
        """One answer of the server, with the literals in it taken out."""
        whole, literals = b"", list[bytes]()
        while True:
            part = await self._until_newline()
            whole += part
            if len(whole) > _LONGEST_LINE:
                raise MailboxRefused("the server says too much")
            literal = _LITERAL.search(part)
            if literal is None:
                return whole, literals
            size = int(literal[1])
            if size > most or literals:
                raise MailboxRefused("the server says too much")
            literals.append(await self._exactly(size))

    async def leave(self) -> None:
        """Say that we go; what is answered does not matter."""
        if not self._channel.closed:
            self._channel.write(b"LX LOGOUT\r\n")

    async def _until_newline(self) -> bytes:
        while (at := self._held.find(b"\r\n")) < 0:
            if len(self._held) > _LONGEST_LINE:
                raise MailboxRefused("the server says too much")
            await self._wait()
        row = bytes(self._held[:at])
        del self._held[: at + 2]
        return row

    async def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            if not self._held:
                await self._wait()
            wanted = size - len(found)
            found += self._held[:wanted]
            del self._held[:wanted]
        return bytes(found)

    async def _wait(self) -> None:
        if self._ended or self._channel.closed:
            raise MailboxRefused("the server closed the connection")
        self._more.clear()
        self._channel.listen(self._take, self._end)
        async with asyncio.timeout_at(self._ends):
            await self._more.wait()


_MOST_ROWS: Final = 10_000

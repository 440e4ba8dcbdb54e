"""Reads the boxes of synthetic recipients, and tells which canary cases lie in them.

A box is a Maildir on this machine, a folder over IMAP in TLS, or a declared path of the host that lists letters as
JSON. Letters are held while tokens are looked for in them; of one without a token nothing is told but that it is there.
Credentials and tokens are read when a look begins, and are in no target, record, text or exception.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.sources.imap import ImapBox, MailboxRefused, RawLetter, read_imap
from monitor.network.transport import failure
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.canary_tokens import tokens_in
from probes.recognise.letters import LetterContent, letter_content
from probes.requests.http import Ending, NoAnswer, Request
from probes.requests.sources import Letter, MailboxRead

MOST_LETTERS: Final = 500
LARGEST: Final = 8 << 20
"""Bytes of one letter."""
ALL: Final = 48 << 20
"""Bytes of all letters of a box."""


@dataclass(frozen=True, slots=True)
class HttpBox:
    """A path that lists the letters of a box as JSON."""

    path: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One box, and the tokens that are looked for in it."""

    place: Path | ImapBox | HttpBox
    tokens: Mapping[str, str] = field(repr=False)
    """For each case the text that stands in it and nowhere else."""


_Seen: TypeAlias = tuple[int, LetterContent]


async def read_mailbox(
    box: Mailbox,
    target: WebTarget,
    since: int,
    dialer: Dialer,
    conversation: Callable[[], HttpConversation],
    seconds: float,
) -> MailboxRead | NoAnswer:
    """The letters of a box that were received since a time and hold a token."""
    try:
        match box.place:
            case Path():
                return await asyncio.to_thread(_of_maildir, box.place, since, box.tokens)
            case ImapBox():
                ends = asyncio.get_running_loop().time() + seconds
                raw = await read_imap(box.place, target, dialer, since, MOST_LETTERS, ALL, ends)
                return await asyncio.to_thread(_of_raw, raw, box.tokens)
            case HttpBox():
                return await _of_http(box.place, box.tokens, since, conversation, seconds)
    except MailboxRefused as error:
        return MailboxRead(unread=str(error))
    except OSError as error:
        return failure(error) or NoAnswer(NoAnswerReason.RESET, "the connection to the box ended")
    except ValueError:
        return NoAnswer(NoAnswerReason.TLS_FAILED, "the name of the host cannot be checked in TLS")


def _of_raw(letters: list[RawLetter], tokens: Mapping[str, str]) -> MailboxRead:
    unread = LetterContent((), 0, whole=False)
    seen = [
        (one.at, unread if one.body is None or len(one.body) > LARGEST else letter_content(one.body, tokens))
        for one in letters
    ]
    return _told(seen, sum(len(one.body or b"") for one in letters))


def _told(seen: list[_Seen], wire: int) -> MailboxRead:
    return MailboxRead(
        tuple(Letter(at, one.cases, one.attachments) for at, one in seen if one.cases),
        sum(not one.cases and one.whole for _, one in seen),
        tuple(at for at, one in seen if not one.cases and not one.whole),
        wire=wire,
    )


def _of_maildir(place: Path, since: int, tokens: Mapping[str, str]) -> MailboxRead:
    """The letters of a Maildir. They stay where they are: none is moved, marked or opened for writing."""
    try:
        names = [(folder, name) for folder in ("new", "cur") for name in os.listdir(place / folder)]  # noqa: PTH208
        found: list[RawLetter] = []
        left = ALL
        for folder, name in names:
            if name.startswith("."):
                continue
            number = os.open(place / folder / name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(number, "rb") as file:
                status = os.fstat(number)
                at = int(status.st_mtime)
                if not stat.S_ISREG(status.st_mode) or at < since:
                    continue
                if len(found) >= MOST_LETTERS:
                    raise MailboxRefused(f"more than {MOST_LETTERS} letters")
                fits = status.st_size <= min(LARGEST, left)
                found.append(RawLetter(at, file.read(LARGEST + 1) if fits else None))
                left -= status.st_size if fits else 0
    except OSError as error:
        # A letter that a mail program moves while it is read is there again in the next look.
        raise MailboxRefused(f"the Maildir cannot be read: {error.strerror or type(error).__name__}") from None
    return _of_raw(found, tokens)


async def _of_http(
    box: HttpBox, tokens: Mapping[str, str], since: int, conversation: Callable[[], HttpConversation], seconds: float
) -> MailboxRead | NoAnswer:
    async with conversation() as web:
        answer = await web.ask(Request("GET", box.path, ALL, headers=box.headers), seconds)
    if isinstance(answer, NoAnswer):
        return answer
    if answer.status != 200 or answer.ending is not Ending.WHOLE:
        said = f"status {answer.status}" if answer.status != 200 else f"the body is {answer.ending.value}"
        return MailboxRead(unread=said, wire=answer.wire)
    return await asyncio.to_thread(_of_json, answer.body, since, tokens)


def _of_json(body: bytes, since: int, tokens: Mapping[str, str]) -> MailboxRead:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise MailboxRefused("the list of letters is no JSON") from None
    letters = said.get("letters") if isinstance(said, dict) else None
    if not isinstance(letters, list) or len(letters) > MOST_LETTERS:
        raise MailboxRefused(f"no list of at most {MOST_LETTERS} letters")
    seen = [_letter(one, tokens) for one in letters]
    return _told([(at, content) for at, content in seen if at >= since], len(body))


def _letter(said: Any, tokens: Mapping[str, str]) -> _Seen:
    """A letter with `received`, and `subject`, `text` and `attachments` as far as it has them."""
    try:
        received = datetime.fromisoformat(said["received"])
        if received.tzinfo is None:
            raise MailboxRefused("when a letter was received is told without a zone")
        files = [base64.b64decode(str(one.get("content", "")), validate=True) for one in said.get("attachments") or ()]
        names = " ".join(str(one.get("name", "")) for one in said.get("attachments") or ())
        text = f"{said.get('subject', '')}\n{said.get('text', '')}\n{names}".encode("utf-8", "replace")
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        raise MailboxRefused("a letter is not as declared") from None
    found = [tokens_in(part, tokens) for part in (text, *files)]
    cases = {case for cases, _ in found for case in cases}
    return int(received.timestamp()), LetterContent(tuple(sorted(cases)), len(files), all(read for _, read in found))

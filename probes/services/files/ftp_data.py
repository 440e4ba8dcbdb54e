"""Lists and first bytes of FTP: on the control connection where the server lists there, else on a data connection."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import ServiceTarget
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.shares.ftp import bare_names, code_of, last_code, passive_port, rows
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, FtpReply, Open, Received, Secure, Stop, UntilClosed
from probes.services._connect import say
from probes.services.files.tree import FolderRows, NotListed

LONGEST = 1 << 20
"""Bytes of a list that a look reads; a survey reads more."""
_FIRST_BYTES = 64
_LAST_LINE = 200
_TRUNCATED = re.compile(rb"(?i)truncated")
"""Pure-FTPd says so behind 10,000 rows."""


_OTHERWISE = {"MLSD": (500, 502), "NLST": (500, 502, 550)}
"""The replies to LIST after which another command may list all the same."""
_UNREAD = NotListed(UndecidedReason.GRAMMAR_UNKNOWN)
_REFUSED = NotListed(UndecidedReason.STATUS_UNEXPECTED, refused=True)


def listed(
    target: ServiceTarget, path: bytes, *, secured: bool, data: bool = True, take: int = LONGEST
) -> Generator[Ask, Reply, FolderRows | NotListed]:
    """What a folder lists to whoever has come in; without `data` on the control connection alone."""
    told = yield from exchanged(say(target, "STAT", FtpReply(), path, take=take))
    if isinstance(told, NoAnswer):
        return NotListed(told.why)
    partial = "cut short" if told.stop is not Stop.WHOLE else ""
    if not partial and _TRUNCATED.search(told.data[-_LAST_LINE:]):
        partial = "the server cuts its lists short"
    found, strange = rows(told.data)
    if 211 <= code_of(told.data) <= 213 and (found or (partial and not strange)):
        return FolderRows(found, partial)
    if partial or not data:
        return NotListed(NoAnswerReason.RESET)
    # Nothing was listed: the folder is empty, or missing, or this server lists on data connections alone.
    over_data = yield from _on_data(target, path, secured=secured, take=take)
    # Rows came, and none is understood: that folder is not empty.
    unread = isinstance(over_data, NotListed) and over_data.why is UndecidedReason.GRAMMAR_UNKNOWN
    if isinstance(over_data, NotListed) and not (over_data.refused or unread or found or strange):
        if 211 <= code_of(told.data) <= 213:
            return FolderRows((), "")
        if last_code(told.data) in (450, 550, 553):
            return _REFUSED
    return over_data


def _on_data(
    target: ServiceTarget, path: bytes, *, secured: bool, take: int
) -> Generator[Ask, Reply, FolderRows | NotListed]:
    # Some servers know MLSD alone (RFC 3659), and some that refuse LIST tell names alone (NLST).
    begun = yield from _begun(target, "LIST", path, secured=secured, instead=("MLSD", "NLST"))
    if isinstance(begun, NotListed):
        return begun
    told = yield from exchanged(Exchange(None, UntilClosed(), take, "data"))
    if isinstance(told, NoAnswer):
        return NotListed(told.why)
    yield from exchanged(Disconnect("data"))
    ended = yield from exchanged(Exchange(None, FtpReply()))
    whole = told.stop is Stop.WHOLE and isinstance(ended, Received) and last_code(ended.data) in (226, 250)
    if isinstance(ended, Received) and _TRUNCATED.search(ended.data):
        whole = False
    found, strange = rows(told.data)
    if strange and not found:
        named = bare_names(told.data)
        return FolderRows(named, "" if whole else "cut short", bare=True) if named else _UNREAD
    return FolderRows(found, "" if whole else "cut short")


def read(target: ServiceTarget, path: bytes, *, secured: bool) -> Generator[Ask, Reply, bool | NotListed]:
    """Whether a file's first bytes come: True or False by the server's own word, else why there is none."""
    told = yield from head(target, path, _FIRST_BYTES, secured=secured)
    if isinstance(told, NotListed):
        return False if told.refused else told
    return True


def head(target: ServiceTarget, path: bytes, take: int, *, secured: bool) -> Generator[Ask, Reply, bytes | NotListed]:
    """The first bytes of a file, `take` at most; or why there are none."""
    begun = yield from _begun(target, "RETR", path, secured=secured, narrow=True)
    if isinstance(begun, NotListed):
        return begun
    told = yield from exchanged(Exchange(None, Exactly(take), take, "data"))
    yield from exchanged(Disconnect("data"))
    # What the server says of the connection that we closed is listened to, so that it is not taken for an answer.
    yield from exchanged(Exchange(None, FtpReply()))
    return NotListed(told.why) if isinstance(told, NoAnswer) else told.data


def _begun(
    target: ServiceTarget, verb: str, path: bytes, *, secured: bool, narrow: bool = False, instead: tuple[str, ...] = ()
) -> Generator[Ask, Reply, NotListed | None]:
    """A data connection with a command under way on it; or why there is none. The server names a port, and no more:
    whatever address it names, ours goes to the address of the control connection."""
    if secured:
        for word in ("PBSZ", "PROT"):
            yield from exchanged(say(target, word, FtpReply()))
    port = None
    for word in ("EPSV", "PASV"):
        told = yield from exchanged(say(target, word, FtpReply()))
        if isinstance(told, NoAnswer):
            return NotListed(told.why)
        port = passive_port(told.data)
        if port is not None:
            break
    if port is None:
        return NotListed(UndecidedReason.STATUS_UNEXPECTED)
    connected = yield from exchanged(Open("data", port=port, narrow=narrow))
    if isinstance(connected, NoAnswer):
        return NotListed(connected.why)
    reply = yield from exchanged(say(target, verb, FtpReply(), path))
    for other in instead:
        if isinstance(reply, NoAnswer) or last_code(reply.data) not in _OTHERWISE[other]:
            continue
        reply = yield from exchanged(say(target, other, FtpReply(), path))
    if isinstance(reply, NoAnswer):
        return NotListed(reply.why)
    if last_code(reply.data) not in (125, 150):
        yield from exchanged(Disconnect("data"))
        refused = last_code(reply.data) in (450, 501, 532, 550, 553)
        return _REFUSED if refused else NotListed(UndecidedReason.STATUS_UNEXPECTED)
    if secured:
        spoken = yield from exchanged(Secure("data"))
        if isinstance(spoken, NoAnswer):
            return NotListed(spoken.why)
    return None

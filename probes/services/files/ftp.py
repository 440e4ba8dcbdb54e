"""The probe `ftp`: FTP servers that let the anonymous account in, in clear or in TLS, and what they show it."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote_from_bytes

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.listing.model import Listing
from probes.recognise.shares.ftp import code_of, last_code, refuses_our_address
from probes.recognise.shares.rows import ShareRow, listing_of
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exchange, FtpReply, Received, Secure
from probes.services._connect import Undecided, answer_to, opened, say, settled, silent
from probes.services.files.ftp_data import head, listed, read
from probes.services.files.tree import FolderRows, NotListed

KIND = "ftp"
_REPLY = re.compile(rb"(?i)(?![^\n]*\bE?SMTP\b)[1-5]\d\d[ \-\r\n]")
_BUSY = re.compile(rb"(?i)too many|maximum|max\.? |try (?:again )?later|busy")
_WANTS_TLS = frozenset({421, 503, 521, 522, 530, 533, 534, 538, 550})
_ENCRYPT = re.compile(rb"(?i)\b(?:tls|ssl|encrypt|secure|security)")
_FOLDERS = 3
"""Folders of one level that are looked into for a file: the last ones, which are the newest where names are dates."""
_DEEP = 4
"""Recorders file by year, month and day, often below a customer."""
SURVEYED = 64 << 20
"""Bytes of one folder that a survey reads: half a million rows."""


@dataclass(frozen=True, slots=True)
class _Wants:
    """Strangers are let in over TLS alone, as the server says."""


@dataclass(frozen=True, slots=True)
class _NoTls:
    """The server does not offer TLS on this port."""


_Entered: TypeAlias = Received | Undecided | _Wants | _NoTls


def look(target: ServiceTarget) -> Dialogue:
    """Enter as the anonymous account, in clear and, where that is refused, in TLS; list the root, read a few bytes of
    a file, and do both again over a second connection. A banner proves nothing, nor does an accepted login alone."""
    place = target.place("/")
    secured = target.tls
    entered = yield from _enter(target, place, secure=False)
    if not secured and _tls_may_help(entered):
        yield from exchanged(Disconnect())
        over_tls = yield from _enter(target, place, secure=True)
        if not isinstance(over_tls, _NoTls):
            entered, secured = over_tls, True
    if isinstance(entered, _Wants | _NoTls):
        return (Unknown(place, KIND, NoAnswerReason.TLS_FAILED, "it wants TLS, and does not offer it"),)
    if not isinstance(entered, Received):
        return (entered,)
    root = yield from listed(target, b"/", secured=secured)
    if isinstance(root, NotListed):
        return ((yield from _by_name(target, place, root, secured=secured)),)
    if not root.rows:
        # Some servers show an empty list where they withhold it, and give what is asked for by its name.
        withheld = NotListed(UndecidedReason.NAME_NEEDED, refused=True)
        named = yield from _by_name(target, place, withheld, secured=secured)
        if isinstance(named, Exposed):
            return (named,)
    file, inside = yield from _a_file(target, root, secured=secured)
    yield from exchanged(Disconnect())
    return ((yield from _proven(target, place, root, inside, file, secured=secured)),)


def _tls_may_help(entered: _Entered) -> bool:
    return isinstance(entered, _Wants) or (isinstance(entered, Clear) and entered.why is ClosedReason.LOGIN_DEMANDED)


def _enter(target: ServiceTarget, place: Place, *, secure: bool) -> Generator[Ask, Reply, _Entered]:
    """Come in as the anonymous account over a new connection; in TLS from the start of the dialogue where wanted."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    greeting = yield from answer_to(target, place, Exchange(None, FtpReply(), 8192), _REPLY)
    if not isinstance(greeting, Received):
        return greeting
    if code_of(greeting.data) != 220:
        busy = code_of(greeting.data) in (120, 421) or _BUSY.search(greeting.data)
        if code_of(greeting.data) == 530 and not busy and not refuses_our_address(greeting.data):
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        return Unknown(place, KIND, UndecidedReason.THROTTLED if busy else UndecidedReason.FIREWALLED)
    if secure:
        auth = yield from answer_to(target, place, say(target, "AUTH", FtpReply()), _REPLY)
        if not isinstance(auth, Received):
            return auth
        if last_code(auth.data) != 234:
            passing = 400 <= last_code(auth.data) < 500
            return Unknown(place, KIND, UndecidedReason.THROTTLED) if passing else _NoTls()
        told = yield from exchanged(Secure())
        if isinstance(told, NoAnswer):
            return silent(place, KIND, told)
    reply = yield from answer_to(target, place, say(target, "USER", FtpReply()), _REPLY)
    if isinstance(reply, Received) and last_code(reply.data) == 331:
        reply = yield from answer_to(target, place, say(target, "PASS", FtpReply(), take=16_384), _REPLY)
    return _judged(place, reply, secured=secure or target.tls) if isinstance(reply, Received) else reply


def _judged(place: Place, reply: Received, *, secured: bool) -> _Entered:
    """What the last reply to a login says."""
    code = last_code(reply.data)
    if code in (202, 230, 232):
        return reply
    if code in _WANTS_TLS and not secured and _ENCRYPT.search(reply.data):
        return _Wants()
    if code == 421 or _BUSY.search(reply.data):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if code in (430, 530, 532) and refuses_our_address(reply.data):
        return Unknown(place, KIND, UndecidedReason.FIREWALLED, "our address is refused")
    if code in (331, 332, 430, 530, 532):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"reply {code} to a login")


def _by_name(target: ServiceTarget, place: Place, root: NotListed, *, secured: bool) -> Generator[Ask, Reply, Verdict]:
    """Strangers are let in and shown no list: what was declared, or was once seen open, decides."""
    if not root.refused:
        return Unknown(place, KIND, root.why, "let in, and the list did not come")
    known = [path for one in target.known for path in one.witnesses]
    names = list(dict.fromkeys((*target.names, *known)))
    if not names:
        return Unknown(place, KIND, UndecidedReason.NAME_NEEDED, "let in without a list: declare a file under names")
    missing = yield from read(target, _path(f"/{target.nonce}.wav"), secured=secured)
    refused = 0
    for name in names:
        told = yield from read(target, _path(name), secured=secured)
        if told is True and missing is False:
            proof = tuple(map(Proof, (ProofStep.LET_IN, ProofStep.SHARE_FILE_READ, ProofStep.SHARE_CANARY)))
            shown = Exposed(place, KIND, OpenReason.READABLE_UNLISTED, witnesses=(name,), proof=proof)
            return (yield from _again(target, shown, None, _path(name), secured=secured))
        refused += told is False
    if refused == len(names):
        return Clear(place, KIND, ClosedReason.NOTHING_OFFERED, facts=(Fact(FactKind.LET_IN_TO_NOTHING),))
    return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "declared files were neither given nor refused")


def _path(name: str) -> bytes:
    told = name.encode("utf-8", "surrogateescape")
    return told if told.startswith(b"/") else b"/" + told


def _a_file(
    target: ServiceTarget, root: FolderRows, *, secured: bool
) -> Generator[Ask, Reply, tuple[bytes, tuple[Listing, ...]]]:
    """A file of the root, or of one of its first folders: its path, and the folders that were read on the way."""
    inside: list[Listing] = []
    level = [(b"/", root)]
    for _ in range(_DEEP + 1):
        file = next((path + row.name for path, rows in level for row in rows.rows if not row.folder), b"")
        if file:
            return file, tuple(inside)
        folders = [path + row.name + b"/" for path, rows in level for row in rows.rows if row.folder][-_FOLDERS:]
        level = []
        for folder in folders:
            rows = yield from listed(target, folder, secured=secured)
            if isinstance(rows, FolderRows) and rows.rows:
                inside.append(listing_of(KIND, quote_from_bytes(folder), rows.rows, rows.partial))
                level.append((folder, rows))
    return b"", tuple(inside)


def _proven(
    target: ServiceTarget,
    place: Place,
    root: FolderRows,
    inside: tuple[Listing, ...],
    file: bytes,
    *,
    secured: bool,
) -> Generator[Ask, Reply, Verdict]:
    """What was listed is an exposure, as it is seen again over a new connection, with a file and a canary."""
    shown = Exposed(
        place,
        KIND,
        OpenReason.TREE_LISTED if file else OpenReason.FOLDERS_LISTED if root.rows else OpenReason.EMPTY,
        listing=listing_of(KIND, "/", root.rows, root.partial),
        inside=inside,
        facts=(Fact(FactKind.TLS_ALONE),) if secured and not target.tls else (),
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_LISTS, KIND)),
        witnesses=(file.decode("utf-8", "surrogateescape"),) if file else (),
    )
    verdict = yield from _again(target, shown, root.rows, file, secured=secured)
    if not root.bare:
        return verdict
    if not isinstance(verdict, Exposed) or verdict.why is not OpenReason.LISTED_AND_READABLE:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN, "what may be names, and no file of them came")
    missing = yield from read(target, _path(f"/{target.nonce}.wav"), secured=secured)
    catch_all = Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a file that cannot exist is given")
    return catch_all if missing is True else verdict


def _again(
    target: ServiceTarget, shown: Exposed, rows: tuple[ShareRow, ...] | None, file: bytes, *, secured: bool
) -> Generator[Ask, Reply, Verdict]:
    """The same over a second connection: come in, list a folder that cannot exist, list the root, read of the file."""
    place = shown.place
    yield from exchanged(Disconnect())
    entered = yield from _enter(target, place, secure=secured and not target.tls)
    if isinstance(entered, _Wants | _NoTls):
        entered = Unknown(place, KIND, NoAnswerReason.TLS_FAILED)
    if not isinstance(entered, Received):
        return settled(shown, entered)
    proof = list(shown.proof)
    if rows is not None:
        canary = yield from listed(target, f"/{target.nonce}/".encode(), secured=secured, data=False)
        same = isinstance(canary, FolderRows) and [row.name for row in canary.rows] == [row.name for row in rows]
        if same and rows:
            return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a folder that cannot exist lists the same")
        if not same:
            proof.append(Proof(ProofStep.SHARE_CANARY))
        again = yield from listed(target, b"/", secured=secured)
        if isinstance(again, NotListed):
            # No list came, which a busy server says by any number; its own refusal alone takes back what was shown.
            busy = again.why is UndecidedReason.STATUS_UNEXPECTED and not again.refused
            return settled(shown, Unknown(place, KIND, UndecidedReason.THROTTLED if busy else again.why))
    why = shown.why
    if file:
        told = yield from read(target, file, secured=secured)
        if told is True:
            proof.append(Proof(ProofStep.SHARE_FILE_READ))
            why = OpenReason.LISTED_AND_READABLE if rows is not None else why
        elif told is False:
            proof.append(Proof(ProofStep.SHARE_FILE_REFUSED))
            why = OpenReason.NAMES_ONLY
    verdict = Exposed(
        place, KIND, why, listing=shown.listing, inside=shown.inside, witnesses=shown.witnesses, facts=shown.facts,
        proof=tuple(dict.fromkeys(proof)),
    )  # fmt: skip
    return settled(verdict, None)


class FtpTree:
    """The folders of an FTP server, as the anonymous account sees them."""

    def __init__(self, target: ServiceTarget, place: Place) -> None:
        self._place = place
        self._target = target
        self._secured = target.tls

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come in, in clear where that is let in, else in TLS."""
        place = self._place
        entered = yield from _enter(self._target, place, secure=False)
        if not self._target.tls and _tls_may_help(entered):
            entered = yield from _enter(self._target, place, secure=True)
            self._secured = True
        if isinstance(entered, _Wants | _NoTls):
            return Unknown(place, KIND, NoAnswerReason.TLS_FAILED)
        return None if isinstance(entered, Received) else entered

    def folder(self, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder lists."""
        return (yield from listed(self._target, path, secured=self._secured, take=SURVEYED))

    def head(self, path: bytes, take: int) -> Generator[Ask, Reply, bytes]:
        """The first bytes of a file."""
        told = yield from head(self._target, path, take, secured=self._secured)
        return b"" if isinstance(told, NotListed) else told


FTP: Probe[ServiceTarget] = Probe(
    "ftp",
    ServiceTarget,
    look,
    "FTP and FTPS servers that let the anonymous account in: what they list, and whether a file can be read.",
)

"""A session of SMB 1 over one connection, for servers that know no later version; and which session a server wants."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final, TypeAlias

from probes.api import Place, ServiceTarget, Unknown
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.shares import smb, smb1
from probes.recognise.shares.rows import ShareRow
from probes.recognise.shares.smb1 import Packet1
from probes.requests.commands.command import Argument
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Exchange, Received, Stop
from probes.services._connect import Undecided, answered, say
from probes.services.files.smb_session import (
    DENIED,
    FRAME,
    LONGEST,
    NETBIOS_PORT,
    QUERIES,
    Session,
    Status,
    broken,
    connected,
    not_listed,
    refused,
)
from probes.services.files.tree import FolderRows, NotListed

_BEGINS: Final = re.compile(rb"\0...\xffSMB\x72", re.DOTALL)
_PARTS: Final = 64
"""Frames in which a transaction may be answered."""


class Session1:
    """One session, as `Session` of SMB 2."""

    def __init__(self, target: ServiceTarget, place: Place, account: str = "", *, netbios: bool = False) -> None:
        self.target = target
        self._netbios = netbios
        self.spoken = False
        """Whether the server speaks SMB 1 at all."""
        self._place = place
        self._account = account
        self._message = 0
        self._session = 0
        self._trees: dict[str, int] = {}

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come in over a new connection; None when we are in."""
        place, speaks = self._place, self.target.speaks
        begun = yield from connected(self.target, place, netbios=self._netbios)
        if not isinstance(begun, Received):
            return begun
        told = yield from exchanged(say(self.target, "NEGOTIATE 1", FRAME, take=LONGEST))
        chosen = answered(self.target, place, told, _BEGINS)
        if not isinstance(chosen, Received):
            return chosen
        self.spoken = True
        answer = smb1.packet1(chosen.data)
        able = smb1.capabilities(answer) if answer is not None else None
        if answer is None or able is None or not able & smb1.UNICODE:
            return Unknown(place, speaks, UndecidedReason.GRAMMAR_UNKNOWN, "SMB before NT")
        self._message = 1
        if able & smb1.EXTENDED:
            entered = yield from self._extended()
        else:
            entered = yield from self._ask("SESSION_SETUP 1 old", answer.data[:8], self._account)
        if not isinstance(entered, Packet1):
            return Unknown(place, speaks, entered)
        self._session = entered.session
        return None if entered.status == smb.OK else refused(self.target, place, entered.status)

    def _extended(self) -> Generator[Ask, Reply, Packet1 | NoAnswerReason | UndecidedReason]:
        hello = yield from self._ask("SESSION_SETUP 1")
        if not isinstance(hello, Packet1) or hello.status != smb.MORE_PROCESSING:
            return hello
        self._session = hello.session
        challenge = smb.challenge(smb1.token(hello))
        if challenge is None:
            return UndecidedReason.GRAMMAR_UNKNOWN
        return (yield from self._ask("SESSION_SETUP 1 enter", self._session, *challenge, self._account))

    def shares(self) -> Generator[Ask, Reply, tuple[str, ...] | Status]:
        """The disks that the server lists, or the status by which it does not."""
        refused_ = yield from self.connect("IPC$")
        if refused_ is not None:
            return refused_
        tree = self._trees["IPC$"]
        found = yield from self._pipe(tree)
        if found is None:
            told = yield from self._transacted("TRANSACT NetShareEnum", self._session, tree)
            if not isinstance(told, tuple):
                return told
            found = smb1.shares1(*told)
        return UndecidedReason.GRAMMAR_UNKNOWN if found is None else smb.disks(found)

    def _pipe(self, tree: int) -> Generator[Ask, Reply, tuple[smb.Share, ...] | None]:
        """The shares by the newer of two services; None where there is none, or it refuses."""
        pipe = yield from self._ask("CREATE 1 srvsvc", self._session, tree)
        if not isinstance(pipe, Packet1) or pipe.status != smb.OK:
            return None
        file = smb1.file_of(pipe)
        bound = yield from self._transacted("TRANSACT bind", self._session, tree, file)
        if not isinstance(bound, tuple):
            return None
        told = yield from self._transacted("TRANSACT NetrShareEnum", self._session, tree, file, self._host)
        return smb.shares(told[1]) if isinstance(told, tuple) else None

    def connect(self, share: str) -> Generator[Ask, Reply, Status | None]:
        """Enter a share; None when we are in it."""
        told = yield from self._ask("TREE_CONNECT 1", self._session, self._host, share)
        if not isinstance(told, Packet1):
            return told
        if told.status == smb.OK:
            self._trees[share] = told.tree
            return None
        return told.status

    def folder(self, share: str, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder of an entered share lists; its path below the share, in bytes as the rows tell them."""
        tree, found = self._trees[share], list[ShareRow]()
        try:
            name = smb.utf16(path.strip(b"/").replace(b"/", b"\\"))
        except ValueError:
            return DENIED
        told = yield from self._transacted("FIND_FIRST2", self._session, tree, name)
        if told in (smb.NO_MORE_FILES, smb.NO_SUCH_FILE):
            return FolderRows(())
        if not isinstance(told, tuple):
            return not_listed(told)
        search, told = int.from_bytes(told[0][:2], "little"), (told[0][2:], told[1])
        for _ in range(QUERIES):
            parameters, rows = told[0], smb.directory_rows(told[1])
            found += rows
            if len(parameters) < 8:
                return NotListed(UndecidedReason.GRAMMAR_UNKNOWN)
            if parameters[2:4] != b"\0\0":
                return FolderRows(tuple(found))
            if not rows:
                return broken(found)
            last = smb.utf16(rows[-1].name)
            told = yield from self._transacted("FIND_NEXT2", self._session, tree, search, last)
            if told == smb.NO_MORE_FILES:
                return FolderRows(tuple(found))
            if not isinstance(told, tuple):
                return broken(found) if isinstance(told, int) else NotListed(told)
        return FolderRows(tuple(found), "a folder beyond all bounds")

    def head(self, share: str, path: bytes, take: int) -> Generator[Ask, Reply, bytes | int]:
        """The first bytes of a file, `take` at most; or the status of a refusal, or no bytes."""
        tree = self._trees[share]
        try:
            name = smb.utf16(path.strip(b"/").replace(b"/", b"\\"))
        except ValueError:
            return b""
        made = yield from self._ask("CREATE 1", self._session, tree, name)
        if not isinstance(made, Packet1) or made.status != smb.OK:
            return smb.ACCESS_DENIED if isinstance(made, Packet1) and made.status == smb.ACCESS_DENIED else b""
        file = smb1.file_of(made)
        told = yield from self._ask("READ 1", self._session, tree, file, take)
        yield from self._ask("CLOSE 1", self._session, tree, file)
        if not isinstance(told, Packet1) or told.status != smb.OK:
            return smb.ACCESS_DENIED if isinstance(told, Packet1) and told.status == smb.ACCESS_DENIED else b""
        return smb1.read1(told)

    @property
    def _host(self) -> str:
        return self.target.name or self.target.address

    def _ask(
        self, verb: str, *arguments: Argument
    ) -> Generator[Ask, Reply, Packet1 | NoAnswerReason | UndecidedReason]:
        told = yield from self._parts(verb, *arguments)
        return told[0] if isinstance(told, list) else told

    def _transacted(self, verb: str, *arguments: Argument) -> Generator[Ask, Reply, tuple[bytes, bytes] | Status]:
        """The parameters and the data that a transaction was answered."""
        told = yield from self._parts(verb, *arguments, transaction=True)
        if not isinstance(told, list):
            return told
        whole = smb1.transacted(told)
        return told[0].status or UndecidedReason.GRAMMAR_UNKNOWN if whole is None or told[0].status else whole

    def _parts(
        self, verb: str, *arguments: Argument, transaction: bool = False
    ) -> Generator[Ask, Reply, list[Packet1] | NoAnswerReason | UndecidedReason]:
        """The answer to a request: one frame; of a transaction as many as it takes."""
        message = self._message
        self._message += 1
        told = yield from exchanged(say(self.target, verb, FRAME, message, *arguments, take=LONGEST))
        found: list[Packet1] = []
        for _ in range(_PARTS):
            if isinstance(told, NoAnswer):
                return told.why
            answer = smb1.packet1(told.data)
            if told.stop is not Stop.WHOLE or answer is None:
                return UndecidedReason.GRAMMAR_UNKNOWN if told.stop is Stop.WHOLE else NoAnswerReason.RESET
            if answer.message == message and answer.status != smb.PENDING:
                found.append(answer)
                if not transaction or answer.status or smb1.transacted(found) is not None:
                    return found
            told = yield from exchanged(Exchange(None, FRAME, LONGEST))
        return UndecidedReason.STATUS_UNEXPECTED


AnySession: TypeAlias = Session | Session1


def entered(target: ServiceTarget, place: Place, account: str = "") -> Generator[Ask, Reply, AnySession | Undecided]:
    """A session that is let in, in the newest version that the server speaks; or the verdict on `place`.

    At port 139 a session of NetBIOS is asked for first. Elsewhere it is tried where the server closes without a word:
    one that wants it does so.
    """
    netbios = target.port == NETBIOS_PORT
    told = yield from _entered(target, place, account, netbios=netbios)
    if netbios or not isinstance(told, Unknown) or told.why is not NoAnswerReason.RESET:
        return told
    again = yield from _entered(target, place, account, netbios=True)
    return told if isinstance(again, Unknown) else again


def _entered(
    target: ServiceTarget, place: Place, account: str, *, netbios: bool
) -> Generator[Ask, Reply, AnySession | Undecided]:
    session = Session(target, place, account, netbios=netbios)
    told = yield from session.enter()
    if told is None:
        return session
    if not session.older:
        return told
    older = Session1(target, place, account, netbios=netbios)
    again = yield from older.enter()
    if again is None:
        return older
    return again if older.spoken else told

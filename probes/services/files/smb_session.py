"""A session of SMB 2 or 3 over one connection: as nobody, or as an account that cannot exist, with its shares."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final, TypeAlias

from probes.api import Clear, Place, ServiceTarget, Unknown
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.recognise.shares import smb
from probes.recognise.shares.rows import ShareRow
from probes.recognise.shares.smb import Packet
from probes.requests.commands.command import Argument
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Exchange, Framed, Received, Stop
from probes.services._connect import Undecided, answered, opened, say
from probes.services.files.tree import FolderRows, NotListed

FRAME: Final = Framed(1, 3, add=4)
LONGEST: Final = 1 << 18
_BEGINS: Final = re.compile(rb"\0...\xfeSMB", re.DOTALL)
_OLDER: Final = re.compile(rb"\0...\xffSMB", re.DOTALL)
_WAITS: Final = 8
"""Frames that may say "wait" before an answer."""
QUERIES: Final = 400
"""Lists of one folder that are asked for: about two hundred thousand files."""
DENIED: Final = NotListed(UndecidedReason.STATUS_UNEXPECTED, refused=True)

NETBIOS_PORT: Final = 139
_NETBIOS: Final = re.compile(rb"[\x82-\x84]\0", re.DOTALL)
_GRANTED, _RETARGETED = 0x82, 0x84
_NO_ROOM: Final = 0x83
"""RFC 1002 section 4.3.4, of the errors: insufficient resources."""

Status: TypeAlias = int | NoAnswerReason | UndecidedReason


def connected(target: ServiceTarget, place: Place, *, netbios: bool) -> Generator[Ask, Reply, Received | Undecided]:
    """Connect to the server, and where `netbios` says so, in a session of NetBIOS, which port 139 wants first."""
    told = yield from opened(target, place)
    if not netbios or not isinstance(told, Received):
        return told
    step = say(target, "session request", FRAME)
    heard = answered(target, place, (yield from exchanged(step)), _NETBIOS)
    if not isinstance(heard, Received) or heard.data[0] == _GRANTED:
        return heard
    if heard.data[0] == _RETARGETED:
        return Unknown(place, target.speaks, UndecidedReason.REDIRECTED, "it names another address, which is not asked")
    if heard.data[4:5] == bytes([_NO_ROOM]):
        return Unknown(place, target.speaks, UndecidedReason.THROTTLED)
    return Unknown(place, target.speaks, UndecidedReason.STATUS_UNEXPECTED, "no session of NetBIOS for *SMBSERVER")


class Session:
    """One session. `account` is empty for nobody; else a name that holds chance, so that nobody can be called so."""

    def __init__(self, target: ServiceTarget, place: Place, account: str = "", *, netbios: bool = False) -> None:
        self.target = target
        self._place = place
        self._account = account
        self._netbios = netbios
        self._message = 0
        self._session = 0
        self._trees: dict[str, int] = {}
        self.older = False
        """Whether the server did as those do that know SMB 1 alone: it closed without a word, or answered in SMB 1."""

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come in over a new connection; None when we are in."""
        self._message, self._session, self._trees = 0, 0, {}
        place, speaks = self._place, self.target.speaks
        begun = yield from connected(self.target, place, netbios=self._netbios)
        if not isinstance(begun, Received):
            return begun
        told = yield from exchanged(say(self.target, "NEGOTIATE", FRAME, self.target.nonce, take=LONGEST))
        chosen = answered(self.target, place, told, _BEGINS)
        if not isinstance(chosen, Received):
            old = isinstance(told, Received) and _OLDER.match(told.data) is not None
            self.older = old or chosen.why is NoAnswerReason.RESET
            return chosen
        answer = smb.packets(chosen.data)
        if not answer or answer[0].status != smb.OK or smb.dialect(answer[0]) < 0x0202:
            return Unknown(place, speaks, UndecidedReason.STATUS_UNEXPECTED, "no version of SMB in common")
        self._message = 1
        hello = yield from self._ask("SESSION_SETUP")
        if not isinstance(hello, Packet):
            return Unknown(place, speaks, hello)
        self._session = hello.session
        challenge = smb.challenge(smb.token(hello)) if hello.status == smb.MORE_PROCESSING else None
        if challenge is None:
            return refused(self.target, place, hello.status)
        entered = yield from self._ask("SESSION_SETUP enter", self._session, *challenge, self._account)
        if not isinstance(entered, Packet):
            return Unknown(place, speaks, entered)
        return None if entered.status == smb.OK else refused(self.target, place, entered.status)

    def shares(self) -> Generator[Ask, Reply, tuple[str, ...] | Status]:
        """The disks that the server lists, or the status by which it does not."""
        tree = yield from self.connect("IPC$")
        if tree is not None:
            return tree
        number = self._trees["IPC$"]
        pipe = yield from self._ask("CREATE srvsvc", self._session, number)
        if not isinstance(pipe, Packet) or pipe.status != smb.OK:
            return pipe.status if isinstance(pipe, Packet) else pipe
        file = smb.file_id(pipe)
        bound = yield from self._ask("IOCTL bind", self._session, number, file)
        if not isinstance(bound, Packet) or bound.status != smb.OK:
            return bound.status if isinstance(bound, Packet) else bound
        told = yield from self._ask("IOCTL NetrShareEnum", self._session, number, file, self._host)
        if not isinstance(told, Packet) or told.status != smb.OK:
            return told.status if isinstance(told, Packet) else told
        found = smb.shares(smb.rpc_answer(told))
        return UndecidedReason.GRAMMAR_UNKNOWN if found is None else smb.disks(found)

    def connect(self, share: str) -> Generator[Ask, Reply, Status | None]:
        """Enter a share; None when we are in it."""
        told = yield from self._ask("TREE_CONNECT", self._session, self._host, share)
        if not isinstance(told, Packet):
            return told
        if told.status == smb.OK:
            self._trees[share] = told.tree
            return None
        return told.status

    def folder(self, share: str, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder of an entered share lists; its path below the share, in bytes as the rows tell them."""
        tree = self._trees[share]
        try:
            name = smb.utf16(path.strip(b"/").replace(b"/", b"\\"))
        except ValueError:
            return DENIED
        told = yield from self._several("QUERY_DIRECTORY", 4, self._session, tree, name)
        if not isinstance(told, tuple):
            return NotListed(told)
        opened_, first, second, _ = told
        if opened_.status != smb.OK:
            return not_listed(opened_.status)
        found: list[ShareRow] = []
        for answer in (first, second):
            if answer.status in (smb.NO_MORE_FILES, smb.NO_SUCH_FILE):
                return FolderRows(tuple(found))
            if answer.status != smb.OK:
                return not_listed(answer.status)
            found += smb.rows(answer)
        return (yield from self._large(tree, name))

    def _large(self, tree: int, name: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """A folder whose list needs more than two answers."""
        folder = yield from self._ask("CREATE folder", self._session, tree, name)
        if not isinstance(folder, Packet) or folder.status != smb.OK:
            return not_listed(folder.status if isinstance(folder, Packet) else folder)
        file, found = smb.file_id(folder), list[ShareRow]()
        for _ in range(QUERIES):
            told = yield from self._ask("QUERY_DIRECTORY next", self._session, tree, file)
            if not isinstance(told, Packet):
                return NotListed(told)
            if told.status == smb.NO_MORE_FILES:
                return FolderRows(tuple(found))
            rows = smb.rows(told)
            if told.status != smb.OK or not rows:
                return broken(found)
            found += rows
        return FolderRows(tuple(found), "a folder beyond all bounds")

    def head(self, share: str, path: bytes, take: int) -> Generator[Ask, Reply, bytes | int]:
        """The first bytes of a file, `take` at most; or the status of a refusal, or no bytes."""
        try:
            name = smb.utf16(path.strip(b"/").replace(b"/", b"\\"))
        except ValueError:
            return b""
        told = yield from self._several("READ", 3, self._session, self._trees[share], name, take)
        if not isinstance(told, tuple):
            return b""
        if smb.ACCESS_DENIED in (told[0].status, told[1].status):
            return smb.ACCESS_DENIED
        return smb.read_bytes(told[1]) if told[0].status == told[1].status == smb.OK else b""

    @property
    def _host(self) -> str:
        return self.target.name or self.target.address

    def _ask(self, verb: str, *arguments: Argument) -> Generator[Ask, Reply, Packet | NoAnswerReason | UndecidedReason]:
        told = yield from self._several(verb, 1, *arguments)
        return told[0] if isinstance(told, tuple) else told

    def _several(
        self, verb: str, count: int, *arguments: Argument
    ) -> Generator[Ask, Reply, tuple[Packet, ...] | NoAnswerReason | UndecidedReason]:
        """The answers to the requests of one frame, in their order; a server may answer them one by one, and late."""
        first = self._message
        self._message += count
        told = yield from exchanged(say(self.target, verb, FRAME, first, *arguments, take=LONGEST))
        found: dict[int, Packet] = {}
        for _ in range(_WAITS + count):
            if isinstance(told, NoAnswer):
                return told.why
            answers = smb.packets(told.data)
            if told.stop is not Stop.WHOLE or not answers:
                return UndecidedReason.GRAMMAR_UNKNOWN if told.stop is Stop.WHOLE else NoAnswerReason.RESET
            found |= {one.message: one for one in answers if one.status != smb.PENDING}
            if all(first + number in found for number in range(count)):
                return tuple(found[first + number] for number in range(count))
            told = yield from exchanged(Exchange(None, FRAME, LONGEST))
        return UndecidedReason.STATUS_UNEXPECTED


def refused(target: ServiceTarget, place: Place, status: int) -> Undecided:
    """What the status says by which a login was not taken."""
    if status in smb.LOGON_REFUSED:
        return Clear(place, target.speaks, ClosedReason.LOGIN_DEMANDED)
    why = UndecidedReason.THROTTLED if status in smb.BUSY else UndecidedReason.STATUS_UNEXPECTED
    return Unknown(place, target.speaks, why, f"status {status:#010x} to a login")


def broken(found: list[ShareRow]) -> FolderRows | NotListed:
    """A list that ended before its end: an empty one is none."""
    return FolderRows(tuple(found), "the list broke off") if found else NotListed(UndecidedReason.GRAMMAR_UNKNOWN)


def not_listed(status: Status) -> NotListed:
    """What the status says by which a folder gave no list."""
    if isinstance(status, NoAnswerReason | UndecidedReason):
        return NotListed(status)
    if status in smb.BUSY:
        return NotListed(UndecidedReason.THROTTLED)
    return DENIED if status in smb.SHARE_REFUSED else NotListed(UndecidedReason.STATUS_UNEXPECTED)

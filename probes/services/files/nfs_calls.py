"""Calls of NFS 3 and 4 over bare connections: each is answered by a value, or by why there is none."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Final, TypeAlias, TypeVar

from probes.api import ServiceTarget
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.shares import nfs
from probes.recognise.shares.nfs import Malformed, Page, Refused
from probes.recognise.shares.rows import ShareRow
from probes.requests.commands.command import Argument
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exchange, Framed, Open, Received, Stop
from probes.services._connect import say
from probes.services.files.tree import FolderRows, NotListed

PORTMAPPER: Final = 111
_FRAGMENT: Final = Framed(0, 4, add=4, mask=0x7FFFFFFF)
_LONGEST: Final = (1 << 20) + (1 << 16)
_FRAGMENTS: Final = 64
_PAGES: Final = 2000

V = TypeVar("V")
Failure: TypeAlias = NoAnswerReason | UndecidedReason


class Calls:
    """The calls of one dialogue, numbered."""

    def __init__(self, target: ServiceTarget) -> None:
        self.target = target
        self._number = 0
        self.last: Received | NoAnswer = NoAnswer(NoAnswerReason.NOT_ASKED)
        """What came back last, as it came."""
        self.handles: dict[bytes, bytes] = {}
        """Handles of NFS 3 by path, of the exports that were entered and of what they list."""

    def call(
        self, verb: str, read: Callable[[nfs._Xdr], V], *arguments: Argument, channel: str = "main"
    ) -> Generator[Ask, Reply, V | Refused | Failure]:
        """One call, and what `read` makes of its results."""
        self._number += 1
        number = self._number
        told = yield from exchanged(
            say(self.target, verb, _FRAGMENT, number, *arguments, take=_LONGEST, channel=channel)
        )
        self.last = told
        record = b""
        for _ in range(_FRAGMENTS):
            if isinstance(told, NoAnswer):
                return told.why
            if told.stop is not Stop.WHOLE:
                return UndecidedReason.GRAMMAR_UNKNOWN if told.stop is Stop.CUT else NoAnswerReason.RESET
            record += told.data[4:]
            if told.data[0] & 0x80:
                try:
                    xdr = nfs.results(record, number)
                    return xdr if isinstance(xdr, Refused) else read(xdr)
                except Malformed:
                    return UndecidedReason.GRAMMAR_UNKNOWN
            told = yield from exchanged(Exchange(None, _FRAGMENT, _LONGEST, channel))
        return UndecidedReason.GRAMMAR_UNKNOWN

    def port(self, verb: str) -> Generator[Ask, Reply, int]:
        """The port that the portmapper names for a program; 0 where none is had."""
        connected = yield from exchanged(Open("portmapper", port=PORTMAPPER))
        if not isinstance(connected, Received):
            return 0
        told = yield from self.call(verb, nfs.port, channel="portmapper")
        yield from exchanged(Disconnect("portmapper"))
        return told if isinstance(told, int) else 0

    def folder4(self, path: bytes) -> Generator[Ask, Reply, Page | Failure]:
        """The whole list of a folder by NFS 4; its status where there is none."""

        def asked(cookie: int, verifier: bytes) -> Generator[Ask, Reply, Page | Refused | Failure]:
            return self.call("READDIR", lambda xdr: nfs.page4(xdr, path), path, cookie, verifier)

        return (yield from _paged(asked))

    def folder3(self, path: bytes) -> Generator[Ask, Reply, Page | Failure]:
        """The whole list of a folder by NFS 3, below an export that was entered."""
        handle = yield from self._handle(path)
        if not isinstance(handle, bytes):
            return handle if not isinstance(handle, int) else Page(handle)

        def asked(cookie: int, verifier: bytes) -> Generator[Ask, Reply, Page | Refused | Failure]:
            return self.call("READDIRPLUS", nfs.page3, handle, cookie, verifier)

        page = yield from _paged(asked)
        if isinstance(page, Page):
            for row in page.rows:
                if page.handles.get(row.name):
                    self.handles[path.rstrip(b"/") + b"/" + row.name] = page.handles[row.name]
        return page

    def _handle(self, path: bytes) -> Generator[Ask, Reply, bytes | int | Failure]:
        """The handle of a folder: known, or found name by name from the nearest folder above that is."""
        path = path.rstrip(b"/")
        above = path
        while above and above not in self.handles:
            above = above.rpartition(b"/")[0]
        if above not in self.handles:
            return nfs.NOENT
        handle = self.handles[above]
        for name in filter(None, path[len(above) :].split(b"/")):
            told = yield from self.call("LOOKUP", nfs.handle3, handle, name)
            if not isinstance(told, tuple):
                return UndecidedReason.STATUS_UNEXPECTED if isinstance(told, Refused) else told
            if told[0] != nfs.OK:
                return told[0]
            handle = told[1]
        self.handles[path] = handle
        return handle

    def read3(self, path: bytes, take: int) -> Generator[Ask, Reply, tuple[int, bytes] | Failure]:
        """The first bytes of a listed file by NFS 3."""
        handle = self.handles.get(path.rstrip(b"/"), b"")
        told = yield from self.call("READ 3", nfs.read3, handle, take)
        return UndecidedReason.STATUS_UNEXPECTED if isinstance(told, Refused) else told

    def read4(self, path: bytes, take: int) -> Generator[Ask, Reply, tuple[int, bytes] | Failure]:
        """The first bytes of a file by NFS 4."""
        told = yield from self.call("READ", nfs.read4, path, take)
        return UndecidedReason.STATUS_UNEXPECTED if isinstance(told, Refused) else told


def _paged(
    asked: Callable[[int, bytes], Generator[Ask, Reply, Page | Refused | Failure]],
) -> Generator[Ask, Reply, Page | Failure]:
    whole = Page(nfs.OK)
    for _ in range(_PAGES):
        page = yield from asked(whole.cookie, whole.verifier)
        match page:
            case Page() if page.status != nfs.OK:
                return page
            case Page():
                moved = page.cookie != whole.cookie
                whole.rows += page.rows
                whole.systems |= page.systems
                whole.handles |= page.handles
                whole.system = whole.system or page.system
                whole.cookie, whole.verifier, whole.whole = page.cookie, page.verifier, page.whole
                if page.whole or not moved:
                    return whole
            case Refused(denied=True):
                return UndecidedReason.LOW_PORT_WANTED
            case Refused():
                return UndecidedReason.NOT_OFFERED
            case _:
                return page
    return whole


def rows_of(page: Page | Failure) -> FolderRows | NotListed:
    """A page as what a folder lists."""
    if not isinstance(page, Page):
        return NotListed(page)
    if page.status == nfs.OK:
        return FolderRows(tuple(page.rows), "" if page.whole else "the list broke off")
    return NotListed(UndecidedReason.STATUS_UNEXPECTED, refused=page.status in nfs.ACCESS)


def file_in(rows: tuple[ShareRow, ...] | list[ShareRow]) -> bytes:
    """The name of a file that has bytes; empty when there is none."""
    return next((row.name for row in rows if not row.folder and row.size), b"")

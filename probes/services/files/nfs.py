"""The probe `nfs`: exports of NFS 3 and 4 that strangers may list and read."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes, unquote_to_bytes

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.shares import nfs
from probes.recognise.shares.nfs import Page
from probes.recognise.shares.rows import listing_of
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Open, Received
from probes.services._connect import answered, opened, settled
from probes.services.files.nfs_calls import Calls, Failure, file_in, rows_of
from probes.services.files.tree import FolderRows, NotListed, Undecided

KIND = "nfs"
_REPLY = re.compile(rb".{8}\x00{3}\x01", re.DOTALL)
"""How a reply of ONC RPC begins: its length, our number, and that it is a reply."""
_EXPORTS = 12
_FIRST = 16
"""Bytes of a file that a look reads."""
_DEEP = 4
"""Folders of the server's own tree above an export, at most; and those that are gone down for a file."""
_FOLDERS = 3


@dataclass(frozen=True, slots=True)
class _Export:
    """An export as one version of the protocol showed it."""

    version: int
    page: Page
    file: bytes
    """The path of a file to be read; empty when none was met."""


def look(target: ServiceTarget) -> Dialogue:
    """List the root by NFS 4 and each export below it; where there is no NFS 4, ask the portmapper and the mount
    service for the exports of NFS 3 and enter each; all as nobody, from a source port below 1024 where we may have one.
    Rows of a folder are the proof, a list of exports is none."""
    root = target.place("/")
    connected = yield from opened(target, root, low=True)
    if not isinstance(connected, Received):
        return tuple(replace(connected, place=place) for place in _places(target))
    calls, low = Calls(target), connected.low
    wanted = [unquote_to_bytes(one.path).rstrip(b"/") for one in target.known if one.path != "/"]
    wanted += [b"/" + name.strip("/").encode("utf-8", "surrogateescape") for name in target.names]
    first = yield from calls.folder4(b"/")
    if not isinstance(first, Page):
        spoken = answered(target, root, calls.last, _REPLY)
        if not isinstance(spoken, Received):
            return tuple(replace(spoken, place=place) for place in _places(target))
    version, failed = 4, first if not isinstance(first, Page) else None
    if isinstance(first, Page) and first.status == nfs.OK:
        wanted += yield from _exports4(calls, first)
    else:
        version = 3
        found = yield from _exports3(calls)
        failed = found if not isinstance(found, tuple) else None
        if failed is not None and isinstance(first, Page) and first.status in nfs.ACCESS:
            # NFS 4 alone, whose root itself is refused.
            verdict = _refused(target, b"/", first, low=low)
            return tuple(replace(verdict, place=place) for place in _places(target))
        wanted += found if isinstance(found, tuple) else ()
    wanted = list(dict.fromkeys(wanted))
    if failed is not None:
        why = NoAnswerReason.RESET if failed is NoAnswerReason.RESET else failed
        return tuple(Unknown(place, KIND, why) for place in _places(target))
    canary = yield from _entered(calls, b"/" + target.nonce.encode(), version)
    if isinstance(canary, Page) and canary.status == nfs.OK:
        return tuple(Unknown(place, KIND, UndecidedReason.CATCH_ALL) for place in _places(target))
    verdicts: list[Verdict] = []
    for path in wanted[:_EXPORTS]:
        told = yield from _export(calls, path, version)
        if isinstance(told, _Export):
            verdicts.append((yield from _proven(target, path, told)))
        else:
            verdicts.append(_refused(target, path, told, low=low))
    if len(wanted) > _EXPORTS:
        verdicts.append(Unknown(root, KIND, NoAnswerReason.BUDGET_SPENT, f"{len(wanted) - _EXPORTS} exports left"))
    elif not any(isinstance(one, Exposed) for one in verdicts):
        verdicts.append(Clear(root, KIND, ClosedReason.NOTHING_OFFERED))
    return tuple(verdicts)


def _place(target: ServiceTarget, path: bytes) -> Place:
    return target.place(quote_from_bytes(path.rstrip(b"/")) + "/")


def _places(target: ServiceTarget) -> tuple[Place, ...]:
    """The server's own place, and those of its exports that are on file: what holds for all holds for each."""
    return tuple(dict.fromkeys((target.place("/"), *(target.place(one.path) for one in target.known))))


def _exports4(calls: Calls, root: Page) -> Generator[Ask, Reply, list[bytes]]:
    """Where exports begin: folders that lie on another file system than the server's own tree above them."""
    found: list[bytes] = []
    if any(not row.folder for row in root.rows):
        return [b"/"]
    level: list[tuple[bytes, Page]] = [(b"", root)]
    for _ in range(_DEEP):
        below: list[tuple[bytes, Page]] = []
        for path, page in level:
            for row in [row for row in page.rows if row.folder][:_EXPORTS]:
                inner = path + b"/" + row.name
                if page.systems.get(row.name) != page.system:
                    found.append(inner)
                    continue
                told = yield from calls.folder4(inner)
                if isinstance(told, Page) and told.status == nfs.OK:
                    if any(not one.folder for one in told.rows):
                        found.append(inner)
                    else:
                        below.append((inner, told))
        level = below
    return found


def _exports3(calls: Calls) -> Generator[Ask, Reply, tuple[bytes, ...] | Failure]:
    """The exports that the mount service shows; its connection stays open as `mount`."""
    port = yield from calls.port("GETPORT mount")
    if not port:
        return UndecidedReason.NOT_OFFERED
    connected = yield from exchanged(Open("mount", port=port, low=True))
    if not isinstance(connected, Received):
        return connected.why
    told = yield from calls.call("EXPORT", nfs.exports, channel="mount")
    return told if isinstance(told, tuple) else UndecidedReason.STATUS_UNEXPECTED


def _entered(calls: Calls, path: bytes, version: int) -> Generator[Ask, Reply, Page | Failure]:
    """What the top folder of an export lists."""
    if version == 4:
        return (yield from calls.folder4(path))
    mounted = yield from calls.call("MNT", nfs.mounted, path or b"/", channel="mount")
    if not isinstance(mounted, tuple):
        return mounted if isinstance(mounted, NoAnswerReason | UndecidedReason) else UndecidedReason.LOW_PORT_WANTED
    if mounted[0] != nfs.OK:
        return Page(mounted[0])
    calls.handles[path.rstrip(b"/")] = mounted[1]
    return (yield from calls.folder3(path))


def _export(calls: Calls, path: bytes, version: int) -> Generator[Ask, Reply, _Export | Page | Failure]:
    """Enter an export, and find a file in it to be read."""
    page = yield from _entered(calls, path, version)
    if not isinstance(page, Page) or page.status != nfs.OK:
        return page
    level = [(path.rstrip(b"/") + b"/", page.rows)]
    for _ in range(_DEEP + 1):
        file = next((at + file_in(rows) for at, rows in level if file_in(rows)), b"")
        if file:
            return _Export(version, page, file)
        folders = [at + row.name for at, rows in level for row in rows if row.folder][-_FOLDERS:]
        level = []
        for folder in folders:
            inner = yield from (calls.folder4(folder) if version == 4 else calls.folder3(folder))
            if isinstance(inner, Page) and inner.status == nfs.OK:
                level.append((folder + b"/", inner.rows))
    return _Export(version, page, b"")


def _refused(target: ServiceTarget, path: bytes, told: Page | Failure, *, low: bool) -> Undecided:
    """What is to be said of an export that was not listed; `low`: we came from a source port below 1024."""
    place = _place(target, path)
    if not isinstance(told, Page):
        return Unknown(place, KIND, told)
    match told.status:
        case nfs.WRONGSEC:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        case status if status in nfs.ACCESS:
            return Clear(place, KIND, ClosedReason.DENIED)
        case nfs.NOENT if not low:
            # An export for low source ports alone hides itself so from others.
            return Unknown(place, KIND, UndecidedReason.LOW_PORT_WANTED)
        case nfs.NOENT | nfs.NOTDIR:
            return Clear(place, KIND, ClosedReason.NOT_FOUND)
        case status:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"status {status}")


def _proven(target: ServiceTarget, path: bytes, first: _Export) -> Generator[Ask, Reply, Verdict]:
    """An export that was listed, seen again over a new connection, with the first bytes of a file."""
    place = _place(target, path)
    why = OpenReason.TREE_LISTED if first.file else OpenReason.FOLDERS_LISTED if first.page.rows else OpenReason.EMPTY
    proof = [Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_LISTS, KIND), Proof(ProofStep.SHARE_CANARY)]
    yield from exchanged(Disconnect())
    connected = yield from opened(target, place, low=True)
    if not isinstance(connected, Received):
        return settled(Exposed(place, KIND, why, proof=tuple(proof)), connected)
    calls = Calls(target)
    again = yield from _export(calls, path, first.version)
    if isinstance(again, _Export) and again.file:
        told = yield from (calls.read4(again.file, _FIRST) if first.version == 4 else calls.read3(again.file, _FIRST))
        if isinstance(told, tuple) and (told[1] or told[0] in nfs.ACCESS):
            proof.append(Proof(ProofStep.SHARE_FILE_READ if told[1] else ProofStep.SHARE_FILE_REFUSED))
            why = OpenReason.LISTED_AND_READABLE if told[1] else OpenReason.NAMES_ONLY
    listing = listing_of(KIND, place.path, first.page.rows, "" if first.page.whole else "cut short")
    shown = Exposed(place, KIND, why, listing=listing, proof=tuple(proof))
    return settled(shown, None if isinstance(again, _Export) else _refused(target, path, again, low=connected.low))


class NfsTree:
    """The folders of one export, as nobody sees them."""

    def __init__(self, target: ServiceTarget, place: Place) -> None:
        self._target = target
        self._place = place
        self._calls = Calls(target)
        self._version = 4

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come to the export by NFS 4, or by NFS 3."""
        path = unquote_to_bytes(self._place.path).rstrip(b"/")
        connected = yield from opened(self._target, self._place, low=True)
        if not isinstance(connected, Received):
            return connected
        self._calls, self._version = Calls(self._target), 4
        page = yield from self._calls.folder4(path or b"/")
        if isinstance(page, Page) and page.status == nfs.OK:
            return None
        found = yield from _exports3(self._calls)
        if isinstance(found, tuple):
            self._version = 3
            page = yield from _entered(self._calls, path, 3)
            if isinstance(page, Page) and page.status == nfs.OK:
                return None
        return _refused(self._target, path, page, low=connected.low)

    def folder(self, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder lists."""
        calls = self._calls
        page = yield from (calls.folder4(path) if self._version == 4 else calls.folder3(path.rstrip(b"/")))
        return rows_of(page)

    def head(self, path: bytes, take: int) -> Generator[Ask, Reply, bytes]:
        """The first bytes of a file; by NFS 3 with the handle that came with its name."""
        calls = self._calls
        told = yield from (calls.read4(path, take) if self._version == 4 else calls.read3(path, take))
        return told[1] if isinstance(told, tuple) else b""


NFS: Probe[ServiceTarget] = Probe(
    "nfs",
    ServiceTarget,
    look,
    "NFS 3 and 4: exports that anybody may list as nobody, and whether a file can be read.",
)

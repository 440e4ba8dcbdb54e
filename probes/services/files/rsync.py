"""The probe `rsync`: modules of an rsync daemon that strangers may list and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes, unquote_to_bytes

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.shares.rows import listing_of
from probes.recognise.shares.rsync import ENDS, OK, FileEntry, FileList, NotAList, index_of, modules
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Line, LineOf, Quiet, Received, Some, Stop
from probes.services._connect import Undecided, answer_to, cut, opened, say, settled
from probes.services.files.tree import FolderRows, NotListed

KIND = "rsync"
_GREETING = re.compile(rb"@RSYNCD: \d|@ERROR")
_BUSY = re.compile(rb"(?i)max connections|too many|busy|try again")
_MODULES = 12
"""Modules of a daemon that one look tries."""
_LONGEST = 4 << 20
"""Bytes of a list that a look reads; a survey reads more."""
_READS = 16
_PIECE = 1 << 18
"""Bytes of a list that a survey takes at a time, at most."""
_PAUSE = 0.3
"""Seconds without a byte after which what came is read, to see whether the list is whole."""
_SEED = 4
"""Bytes that the daemon sends before a list."""
_ECHO = 24
"""Bytes before a file's first ones: its number, four counts, and the length of its first piece."""


@dataclass(frozen=True, slots=True)
class _Daemon:
    """What the daemon says to whoever asks for its modules."""

    modules: tuple[bytes, ...]
    false_ends: int
    """Lines of its message of the day that look like the end of an answer: they come before each answer."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a module lists to strangers."""

    entries: tuple[FileEntry, ...]
    partial: str
    read: bool | None
    """Whether the first bytes of a file came; None where no file was tried, or no answer came."""


def look(target: ServiceTarget) -> Dialogue:
    """Ask for the modules that the daemon shows, and enter each, and those that are declared; then each that listed
    itself again. `@RSYNCD: OK` proves nothing: the list of files does."""
    daemon = yield from _shown(target, target.place("/"))
    if not isinstance(daemon, _Daemon):
        return tuple(replace(daemon, place=place) for place in _places(target))
    shown = daemon.modules
    canary = yield from _entered(target, _place(target, target.nonce.encode()), target.nonce.encode(), daemon)
    if isinstance(canary, _Listed):
        why = UndecidedReason.CATCH_ALL
        return tuple(Unknown(place, KIND, why, "a module that cannot exist is listed") for place in _places(target))
    declared = [name.strip("/").encode("utf-8", "surrogateescape") for name in target.names]
    known = [unquote_to_bytes(one.path.strip("/")) for one in target.known if one.path != "/"]
    wanted = list(dict.fromkeys((*known, *declared, *shown)))
    verdicts: list[Verdict] = []
    for name in wanted[:_MODULES]:
        facts = () if name in shown else (Fact(FactKind.NOT_IN_THE_LIST),)
        verdicts.append((yield from _module(target, name, daemon, facts)))
    if len(wanted) > _MODULES:
        left = f"{len(wanted) - _MODULES} modules were not tried: declare them as services of their own"
        verdicts.append(Unknown(target.place("/"), KIND, NoAnswerReason.BUDGET_SPENT, left))
    elif not any(isinstance(one, Exposed) for one in verdicts):
        # The daemon itself: its modules refuse strangers. One without any hides them: they open by name.
        at = target.place("/")
        hidden = Unknown(at, KIND, UndecidedReason.NAME_NEEDED, "no module is listed: declare their names")
        verdicts.append(Clear(at, KIND, ClosedReason.NOTHING_OFFERED) if verdicts else hidden)
    return tuple(verdicts)


def _place(target: ServiceTarget, name: bytes) -> Place:
    return target.place(f"/{quote_from_bytes(name, safe='')}/")


def _places(target: ServiceTarget) -> tuple[Place, ...]:
    """The daemon's own place, and those of its modules that are on file: what holds for all holds for each."""
    return tuple(dict.fromkeys((target.place("/"), *(target.place(one.path) for one in target.known))))


def _greeted(
    target: ServiceTarget, place: Place, *, narrow: bool = False
) -> Generator[Ask, Reply, Received | Undecided]:
    connected = yield from opened(target, place, narrow=narrow)
    if not isinstance(connected, Received):
        return connected
    told = yield from answer_to(target, place, Exchange(None, Line()), _GREETING)
    if isinstance(told, Received) and told.data.startswith(b"@ERROR"):
        return _refused(place, told.data)
    return told


def _shown(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, _Daemon | Undecided]:
    """The modules that the daemon lists, and what its message of the day looks like."""
    told = yield from _greeted(target, place)
    if not isinstance(told, Received):
        return told
    listed = yield from exchanged(say(target, "#list", LineOf((b"@RSYNCD: EXIT", b"@ERROR")), take=65_536))
    yield from exchanged(Disconnect())
    if isinstance(listed, NoAnswer):
        return Unknown(place, KIND, listed.why, listed.detail)
    if b"\n@ERROR" in b"\n" + listed.data:
        return _refused(place, listed.data)
    if listed.stop is not Stop.WHOLE:
        return Unknown(place, KIND, *cut(listed))
    ends = sum(line.startswith(ENDS) for line in listed.data.split(b"\n"))
    return _Daemon(modules(listed.data), ends - 1)


def _module(
    target: ServiceTarget, name: bytes, daemon: _Daemon, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Verdict]:
    place = _place(target, name)
    first = yield from _entered(target, place, name, daemon)
    yield from exchanged(Disconnect())
    if isinstance(first, Unknown) and first.why is UndecidedReason.ENTRY_UNPROVEN:
        again = yield from _entered(target, place, name, daemon)
        yield from exchanged(Disconnect())
        first = Clear(place, KIND, ClosedReason.NO_LISTING) if again == first else again
    if not isinstance(first, _Listed):
        return replace(first, facts=facts) if facts else first
    top = [entry for entry in first.entries if b"/" not in entry.path]
    files = any(entry.file for entry in top)
    shown = Exposed(
        place,
        KIND,
        OpenReason.TREE_LISTED if files else OpenReason.FOLDERS_LISTED if top else OpenReason.EMPTY,
        listing=listing_of(KIND, place.path, (entry.row() for entry in top), first.partial),
        facts=facts,
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_LISTS, KIND), Proof(ProofStep.SHARE_CANARY)),
    )
    again = yield from _entered(target, place, name, daemon, read=True)
    if not isinstance(again, _Listed):
        return settled(shown, again)
    if again.read is not None:
        step = ProofStep.SHARE_FILE_READ if again.read else ProofStep.SHARE_FILE_REFUSED
        why = OpenReason.LISTED_AND_READABLE if again.read else OpenReason.NAMES_ONLY
        shown = replace(shown, why=why, proof=(*shown.proof, Proof(step)))
    return settled(shown, None)


def _entered(
    target: ServiceTarget, place: Place, name: bytes, daemon: _Daemon, *, read: bool = False
) -> Generator[Ask, Reply, _Listed | Undecided]:
    """Enter a module and list its top folder, and `read` the first bytes of a file of it.

    A daemon that refuses writes its error and closes at once: when something of ours is still on its way, the reset of
    the connection overtakes the error. So a connection that was reset is tried once more.
    """
    told = yield from _entered_once(target, place, name, daemon, read=read)
    if isinstance(told, Unknown) and told.why is NoAnswerReason.RESET:
        yield from exchanged(Disconnect())
        told = yield from _entered_once(target, place, name, daemon, read=read)
    return told


def _entered_once(
    target: ServiceTarget, place: Place, name: bytes, daemon: _Daemon, *, read: bool
) -> Generator[Ask, Reply, _Listed | Undecided]:
    """The same over one new connection."""
    told = yield from _greeted(target, place, narrow=read)
    if not isinstance(told, Received):
        return told
    refused = yield from _let_in(target, place, name, daemon)
    if refused is not None:
        return refused
    # The message of the day may hold the words all the same: what comes next is read as what it is.
    came = yield from exchanged(say(target, "list", Quiet(_PAUSE), name, take=_LONGEST))
    data = b""
    for _ in range(_READS):
        if isinstance(came, NoAnswer):
            break
        data += came.data
        files = _list_in(data)
        if files is not None and files.whole:
            got = (yield from _first_bytes(target, files)) if read else None
            return _Listed(tuple(files.entries), "", got)
        if came.stop is not Stop.WHOLE or len(data) >= _LONGEST:
            break
        came = yield from exchanged(Exchange(None, Quiet(_PAUSE), _LONGEST - len(data)))
    files = _list_in(data)
    if files is not None and files.entries:
        return _Listed(tuple(files.entries), "cut short", None)
    return _nothing_listed(place, data, came)


def _let_in(
    target: ServiceTarget, place: Place, name: bytes, daemon: _Daemon
) -> Generator[Ask, Reply, Undecided | None]:
    """Ask for a module; None when the daemon lets us in, as it says."""
    entered = yield from exchanged(say(target, "module", LineOf(ENDS), name, take=65_536))
    for _ in range(daemon.false_ends):
        if isinstance(entered, NoAnswer) or entered.stop is not Stop.WHOLE:
            break
        entered = yield from exchanged(Exchange(None, LineOf(ENDS), 65_536))
    return (
        Unknown(place, KIND, entered.why, entered.detail)
        if isinstance(entered, NoAnswer)
        else _verdict_of(place, entered)
    )


def _verdict_of(place: Place, entered: Received) -> Undecided | None:
    """What the line says that ended the answer; None when it lets us in, as it seems."""
    if entered.stop is not Stop.WHOLE:
        return (
            Unknown(place, KIND, *cut(entered)) if not entered.data else _nothing_listed(place, entered.data, entered)
        )
    line = entered.data[entered.data.rfind(b"\n", 0, -1) + 1 :]
    return None if line.startswith(b"@RSYNCD: OK") else _refused(place, line)


def _refused(place: Place, line: bytes) -> Undecided:
    if line.startswith(b"@RSYNCD: AUTHREQD") or b"\n@RSYNCD: AUTHREQD" in line:
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    error = line[max(0, (b"\n" + line).rfind(b"\n@ERROR")) :]
    if _BUSY.search(error):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    for words, why in (
        (b"Unknown module", ClosedReason.NOT_FOUND),
        (b"chdir failed", ClosedReason.NOT_FOUND),
        (b"chroot failed", ClosedReason.NOT_FOUND),
        (b"access denied", ClosedReason.DENIED),
        (b"auth failed", ClosedReason.LOGIN_DEMANDED),
    ):
        if words in error:
            return Clear(place, KIND, why)
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "an error of the daemon that is not known")


def _list_in(data: bytes) -> FileList | None:
    """The file list that begins after an OK and four bytes of a seed; None when there is none."""
    starts = [0, *(match.end() for match in re.finditer(re.escape(OK), data))]
    for start in reversed(starts):
        files = FileList()
        try:
            files.feed(data[start + _SEED :])
        except NotAList:
            continue
        return files
    return None


def _nothing_listed(place: Place, data: bytes, came: Received | NoAnswer) -> Undecided:
    """Let in, as it seemed, and no list of files came."""
    files = _list_in(data)
    if b"@ERROR" in data or b"@RSYNCD: AUTHREQD" in data:
        return _refused(place, data)
    if isinstance(came, NoAnswer):
        return Unknown(place, KIND, came.why, came.detail)
    if came.stop is Stop.CLOSED and len(data[data.rfind(OK) + len(OK) :] if OK in data else data) == _SEED:
        # So does a module that may be written alone: it lets in, and sends nothing.
        return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "let in, and no list came")
    if files is not None and files.errors:
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "an error of the daemon that is not known")
    return Unknown(place, KIND, *cut(came))


def _first_bytes(target: ServiceTarget, files: FileList) -> Generator[Ask, Reply, bool | None]:
    """Whether the first bytes of a file come; None when there is none to try, or no answer."""
    file = next((entry for entry in files.entries if entry.file and entry.size and b"/" not in entry.path), None)
    if file is None:
        return None
    files.rest.clear()
    told = yield from exchanged(
        say(target, "first bytes", Quiet(_PAUSE), index_of(files.entries, file.path), take=1024)
    )
    if isinstance(told, NoAnswer):
        return None
    try:
        files.feed(told.data)
    except NotAList:
        return None
    if len(files.rest) > _ECHO:
        return True
    return False if files.errors else None


def everything(
    target: ServiceTarget, place: Place, sink: Callable[[list[FileEntry]], None]
) -> Generator[Ask, Reply, FolderRows | NotListed]:
    """List a module with all below it over one connection: entries go to `sink` as they come. What is returned holds no
    rows, and says whether the list was whole. A connection that breaks before the first entry is tried once more."""
    told = yield from _everything(target, place, sink)
    if isinstance(told, NotListed) and told.why in (NoAnswerReason.RESET, NoAnswerReason.TIMED_OUT):
        return (yield from _everything(target, place, sink))
    return told


def _everything(
    target: ServiceTarget, place: Place, sink: Callable[[list[FileEntry]], None]
) -> Generator[Ask, Reply, FolderRows | NotListed]:
    name = unquote_to_bytes(place.path.strip("/"))
    daemon = yield from _shown(target, place)
    if not isinstance(daemon, _Daemon):
        return _unlisted(daemon)
    told = yield from _greeted(target, place)
    if not isinstance(told, Received):
        return _unlisted(told)
    refused = yield from _let_in(target, place, name, daemon)
    if refused is not None:
        return _unlisted(refused)
    files = FileList()
    came = yield from exchanged(say(target, "list", Exactly(_SEED), name, 1, take=_SEED))
    counted = 0
    while isinstance(came, Received):
        came = yield from exchanged(Exchange(None, Some(), _PIECE))
        if isinstance(came, NoAnswer):
            return FolderRows((), came.why.value) if counted else NotListed(came.why)
        try:
            files.feed(came.data)
        except NotAList:
            return NotListed(UndecidedReason.GRAMMAR_UNKNOWN)
        counted += len(files.entries)
        sink(files.entries)
        files.entries = []
        if files.whole:
            # What the daemon could not read itself is not in its list.
            return FolderRows((), "the daemon could not read all of it" if files.errors else "")
        if not came.data:
            return FolderRows((), "the list broke off") if counted else NotListed(NoAnswerReason.RESET)
    return NotListed(came.why)


def _unlisted(verdict: Undecided) -> NotListed:
    """A module that is not entered now: refused where the daemon says so."""
    why = verdict.why if isinstance(verdict, Unknown) and isinstance(verdict.why, NoAnswerReason) else None
    return NotListed(why or UndecidedReason.STATUS_UNEXPECTED, refused=isinstance(verdict, Clear))


RSYNC: Probe[ServiceTarget] = Probe(
    "rsync",
    ServiceTarget,
    look,
    "Modules of rsync daemons, listed or declared, that strangers may list, and whether a file can be read.",
)

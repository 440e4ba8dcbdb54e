"""The probe `smb`: shares of SMB that strangers may list and read, as nobody or as a guest."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.shares import smb
from probes.recognise.shares.rows import listing_of
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect
from probes.services._connect import settled
from probes.services.files.smb1_session import AnySession, Session1, entered
from probes.services.files.smb_session import Status
from probes.services.files.tree import FolderRows, NotListed, Undecided

KIND = "smb"
_SHARES = 12
"""Shares of a server that one look tries."""
_FOLDERS = 3
"""Folders of one level that are looked into for a file: the last ones, which are the newest where names are dates."""
_DEEP = 4


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a session saw of a share."""

    rows: FolderRows
    read: bool | None = None
    """Whether the first bytes of a file came; None where no file was tried, or no answer came."""
    files: bool = False
    old: bool = False
    """Whether it was seen in SMB 1, which the server speaks alone."""


def look(target: ServiceTarget) -> Dialogue:
    """Come in as nobody, and as an account that cannot exist (whoever lets that in lets everybody in); list the shares;
    list each disk and read a few bytes of a file; all of it again over a second connection. Shares that are listed, and
    sessions that are granted, prove nothing: the rows of a folder do."""
    root = target.place("/")
    refused: dict[str, Undecided] = {}
    listed: list[str] = []
    refused_list = 0
    seen: dict[str, tuple[str, _Seen]] = {}
    denied: dict[str, Status] = {}
    canary_let_in = False
    wanted = [unquote(one.path.strip("/")) for one in target.known if one.path != "/"]
    wanted = list(dict.fromkeys((*wanted, *(name.strip("/\\") for name in target.names))))
    for account in ("", target.nonce):
        session = yield from entered(target, root, account)
        if isinstance(session, Clear | Unknown):
            refused[account] = session
        else:
            names = yield from session.shares()
            if isinstance(names, tuple):
                listed += [name for name in names if name not in listed]
            refused_list += not isinstance(names, tuple)
            missing = yield from session.connect(target.nonce)
            canary_let_in |= missing is None
            for share in _each(wanted, listed)[:_SHARES]:
                if share not in seen:
                    told = yield from _share(session, share)
                    if isinstance(told, _Seen):
                        seen[share] = (account, told)
                    else:
                        denied[share] = _weaker(denied.get(share), told)
        yield from exchanged(Disconnect())
        if isinstance(refused.get(account), Unknown) and not account:
            break  # the canary would be told the same
    if canary_let_in:
        why = UndecidedReason.CATCH_ALL
        return tuple(Unknown(place, KIND, why, "a share that cannot exist lets in") for place in _places(target))
    if len(refused) == 2 or isinstance(refused.get(""), Unknown):
        # One that is not known stands before one that is refused.
        verdict = min(refused.values(), key=lambda one: isinstance(one, Clear))
        return tuple(replace(verdict, place=place) for place in _places(target))
    verdicts: list[Verdict] = []
    for account in ("", target.nonce):
        verdicts += yield from _proven(
            target, account, {s: one for s, (by, one) in seen.items() if by == account}, listed
        )
    verdicts += [_refused(target, share, status) for share, status in denied.items() if share not in seen]
    every = _each(wanted, listed)
    if len(every) > _SHARES:
        left = f"{len(every) - _SHARES} shares were not tried: declare them as names"
        verdicts.append(Unknown(root, KIND, NoAnswerReason.BUDGET_SPENT, left))
    elif not seen:
        unlisted = refused_list and not every and target.nonce not in refused
        verdicts.append(
            Unknown(root, KIND, UndecidedReason.NAME_NEEDED, "let in, and shares are not listed: declare their names")
            if unlisted
            else Clear(root, KIND, ClosedReason.NOTHING_OFFERED)
        )
    return tuple(verdicts)


def _each(wanted: list[str], listed: list[str]) -> list[str]:
    """Each share once, as its owner or an earlier look spells it: SMB does not tell upper case from lower."""
    found: dict[str, str] = {}
    for name in (*wanted, *listed):
        found.setdefault(name.casefold(), name)
    return list(found.values())


def _weaker(before: Status | None, now: Status) -> Status:
    """Of what two sessions were told of a share, what decides less."""
    return now if before is None or not isinstance(now, int) else before


def _place(target: ServiceTarget, share: str) -> Place:
    return target.place(f"/{quote(share, safe='', errors='surrogatepass')}/")


def _places(target: ServiceTarget) -> tuple[Place, ...]:
    """The server's own place, and those of its shares that are on file: what holds for all holds for each."""
    return tuple(dict.fromkeys((target.place("/"), *(target.place(one.path) for one in target.known))))


def _refused(target: ServiceTarget, share: str, status: Status) -> Undecided:
    place = _place(target, share)
    if not isinstance(status, int):
        return Unknown(place, KIND, status)
    if status not in smb.SHARE_REFUSED:
        why = UndecidedReason.THROTTLED if status in smb.BUSY else UndecidedReason.STATUS_UNEXPECTED
        return Unknown(place, KIND, why, f"status {status:#010x}")
    return Clear(place, KIND, ClosedReason.NOT_FOUND if status == smb.BAD_NETWORK_NAME else ClosedReason.DENIED)


def _share(session: AnySession, share: str) -> Generator[Ask, Reply, _Seen | Status]:
    """Enter a share, list its root, and read of a file of it or of its first folders."""
    status = yield from session.connect(share)
    if status is not None:
        return status
    rows = yield from session.folder(share, b"/")
    if isinstance(rows, NotListed):
        return smb.ACCESS_DENIED if rows.refused else rows.why
    path, level = b"", [(b"/", rows)]
    for _ in range(_DEEP + 1):
        files = (at + row.name for at, one in level for row in one.rows if not row.folder and row.size)
        path = next(files, b"")
        folders = [at + row.name + b"/" for at, one in level for row in one.rows if row.folder][-_FOLDERS:]
        if path:
            break
        level = []
        for folder in folders:
            inner = yield from session.folder(share, folder)
            if isinstance(inner, FolderRows):
                level.append((folder, inner))
    head = (yield from session.head(share, path, 64)) if path else b""
    read = False if head == smb.ACCESS_DENIED else bool(head) or None
    return _Seen(rows, read, bool(path), isinstance(session, Session1))


def _proven(
    target: ServiceTarget, account: str, seen: dict[str, _Seen], listed: list[str]
) -> Generator[Ask, Reply, list[Verdict]]:
    """Shares that one kind of session listed, seen again by such a session over a new connection."""
    if not seen:
        return []
    session = yield from entered(target, target.place("/"), account)
    refused = session if isinstance(session, Clear | Unknown) else None
    verdicts: list[Verdict] = []
    for share, first in seen.items():
        again = None if isinstance(session, Clear | Unknown) else (yield from _share(session, share))
        in_list = share.casefold() in {name.casefold() for name in listed}
        shown = _shown(target, share, first, again, listed=in_list)
        if isinstance(again, _Seen):
            verdicts.append(settled(shown, None))
        else:
            verdicts.append(settled(shown, refused if again is None else _refused(target, share, again)))
    yield from exchanged(Disconnect())
    return verdicts


def _shown(target: ServiceTarget, share: str, first: _Seen, again: _Seen | Status | None, *, listed: bool) -> Exposed:
    """What two looks at a share show."""
    place, rows = _place(target, share), first.rows.rows
    open_ = OpenReason.TREE_LISTED if first.files else OpenReason.FOLDERS_LISTED if rows else OpenReason.EMPTY
    proof = [Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_LISTS, KIND), Proof(ProofStep.SHARE_CANARY)]
    if isinstance(again, _Seen) and again.read is not None:
        proof.append(Proof(ProofStep.SHARE_FILE_READ if again.read else ProofStep.SHARE_FILE_REFUSED))
        open_ = OpenReason.LISTED_AND_READABLE if again.read else OpenReason.NAMES_ONLY
    unlisted = () if listed else (Fact(FactKind.NOT_IN_THE_LIST),)
    facts = (*unlisted, Fact(FactKind.ANSWERS_AS, "SMB 1")) if first.old else unlisted
    listing = listing_of(KIND, place.path, rows, first.rows.partial)
    return Exposed(place, KIND, open_, listing=listing, facts=facts, proof=tuple(proof))


class SmbTree:
    """The folders of one share, as strangers see them."""

    def __init__(self, target: ServiceTarget, place: Place) -> None:
        self._target = target
        self._place = place
        self._share = unquote(place.path.strip("/"))
        self._session: AnySession | None = None

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come in as nobody, and where the share is refused to nobody, as a guest."""
        told: Undecided | None = None
        for account in ("", self._target.nonce):
            session = yield from entered(self._target, self._place, account)
            if isinstance(session, Clear | Unknown):
                told = session
                continue
            status = yield from session.connect(self._share)
            rows = (yield from session.folder(self._share, b"/")) if status is None else None
            if isinstance(rows, FolderRows):
                self._session = session
                return None
            told = _refused(self._target, self._share, status or smb.ACCESS_DENIED)
        return told

    def folder(self, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder lists."""
        below = path.strip(b"/").partition(b"/")[2]
        if self._session is None:
            return NotListed(UndecidedReason.STATUS_UNEXPECTED)
        return (yield from self._session.folder(self._share, b"/" + below))

    def head(self, path: bytes, take: int) -> Generator[Ask, Reply, bytes]:
        """The first bytes of a file."""
        below = path.strip(b"/").partition(b"/")[2]
        if self._session is None:
            return b""
        told = yield from self._session.head(self._share, b"/" + below, take)
        return told if isinstance(told, bytes) else b""


SMB: Probe[ServiceTarget] = Probe(
    "smb",
    ServiceTarget,
    look,
    "SMB 2, 3 and 1: shares, listed or declared, that nobody in particular may list, and whether a file can be read.",
)

"""The probe `mongodb`: MongoDB servers that tell strangers which databases they hold."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import mongodb
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Framed, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "mongodb"
_FRAME = Framed(0, 4, "little")
_ANSWER = re.compile(rb".{8}\x01\0\0\0(?:\xdd\x07|\x01\0)\0\0", re.DOTALL)
"""The reply to our first and only number, in the form of OP_MSG or in the older one (OP_REPLY)."""
_SINCE_3_6 = 6
"""The version of the protocol since which there is OP_MSG, and commands are asked in it alone."""
_LONGEST = 1 << 18


@dataclass(frozen=True, slots=True)
class _Named:
    """How many databases were named, but for MongoDB's own."""

    databases: int


def look(target: ServiceTarget) -> Dialogue:
    """Ask for the names of its databases; and that again over a new connection.

    `isMaster` is answered to everybody and proves nothing; that its answer names no database shows that the server
    tells commands apart. No collection is named, and no document read.
    """
    place = target.place("/")
    named = yield from _databases(target, place)
    if not isinstance(named, _Named):
        return (named,)
    yield from exchanged(Disconnect())
    again = yield from _databases(target, place)
    # Whoever may list the databases without a login is on a server that asks nobody for one.
    shown = Exposed(
        place, KIND, OpenReason.FULL_CONTROL, counted=(Count("databases", named.databases),) if named.databases else (),
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_NAMES)),
    )  # fmt: skip
    return (settled(shown, None if isinstance(again, _Named) else again),)


def _databases(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, _Named | Undecided]:
    """The databases that it names over a new connection; or why it names none."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    replies: list[mongodb.Reply] = []
    verb = "isMaster"
    while len(replies) < 2:
        told = yield from answer_to(target, place, say(target, verb, _FRAME, take=_LONGEST), _ANSWER)
        if not isinstance(told, Received):
            return told
        try:
            replies.append(mongodb.read(told.data))
        except mongodb.NotAReply:
            return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
        verb = "listDatabases" if replies[0].version >= _SINCE_3_6 else "listDatabases before 3.6"
    hello, listed = replies
    if hello.databases is not None:
        return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "another command names databases too")
    if not listed.ok and listed.code == mongodb.UNAUTHORIZED:
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if not (hello.ok and hello.server and listed.ok):
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"error {listed.code or hello.code}")
    if listed.databases is None:
        # A server names its own databases at least: whoever is shown none was let in to nothing.
        return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "let in, and no database is named")
    return _Named(listed.databases)


MONGODB: Probe[ServiceTarget] = Probe(
    "mongodb", ServiceTarget, look, "MongoDB that tells strangers which databases it holds; no document is read."
)

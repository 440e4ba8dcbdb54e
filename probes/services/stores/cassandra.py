"""The probe `cassandra`: Cassandra databases that ask nobody for a login."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import databases
from probes.recognise.stores.databases import Entry
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Framed, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "cassandra"
_VERSIONS = (4, 3, 2)
"""Of the protocol: Cassandra 2.1 knows 3 at most, and 2.0 knows 2."""
_ANSWER = re.compile(rb"[\x81-\x85]")


def look(target: ServiceTarget) -> Dialogue:
    """Enter without an account and ask for a table of a keyspace that cannot exist; then again over a new connection.

    A server without logins has no rights either: whoever is in may change all. Nothing that exists is asked for.
    """
    place = target.place("/")
    refused = yield from _refused(target, place)
    if refused is not None:
        return (refused,)
    steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_CANARY))
    shown = Exposed(place, KIND, OpenReason.FULL_CONTROL, proof=steps)
    return (settled(shown, (yield from _refused(target, place))),)


def _refused(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Undecided | None]:
    """Why a stranger may not ask, over a new connection; None when a stranger may."""
    first: Unknown | None = None
    for version in _VERSIONS:
        told = yield from _refused_by(target, place, version)
        if not isinstance(told, Unknown):
            return told
        first = first or told
        # A server that is older says so, or ends the connection.
        if told.why not in (UndecidedReason.STATUS_UNEXPECTED, NoAnswerReason.RESET):
            break
    return first


def _refused_by(target: ServiceTarget, place: Place, version: int) -> Generator[Ask, Reply, Undecided | None]:
    """The same in one version of the protocol."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    entries: list[Entry] = []
    # The length of an answer stands behind the number of the stream.
    framed = Framed(5, 4, add=9) if version > 2 else Framed(4, 4, add=8)
    for verb, arguments in (("STARTUP", (version,)), ("QUERY of none", (target.nonce, version))):
        told = yield from answer_to(target, place, say(target, verb, framed, *arguments), _ANSWER)
        if not isinstance(told, Received):
            return told
        try:
            entries.append(databases.cassandra(told.data))
        except databases.NotAReply:
            return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
        if entries[0] is not Entry.LET_IN:
            break
    yield from exchanged(Disconnect())
    match entries:
        case [Entry.LET_IN, Entry.NO_SUCH]:
            return None
        case [Entry.LOGIN] | [Entry.LET_IN, Entry.LOGIN]:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        case [Entry.REFUSED] | [Entry.LET_IN, Entry.REFUSED]:
            return Clear(place, KIND, ClosedReason.DENIED)
        case [Entry.BUSY] | [Entry.LET_IN, Entry.BUSY]:
            return Unknown(place, KIND, UndecidedReason.THROTTLED)
        case [Entry.LET_IN, _]:
            return Unknown(place, KIND, UndecidedReason.CANARY_FAILED, "let in, and what cannot exist is not missing")
        case _:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither let in nor refused")


CASSANDRA: Probe[ServiceTarget] = Probe(
    "cassandra", ServiceTarget, look, "Cassandra that asks nobody for a login; nothing that it holds is asked for."
)

"""The probe `zookeeper`: ensembles that show strangers their nodes."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import zookeeper
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Framed, Received, Stop
from probes.services._connect import Undecided, answer_to, cut, opened, say, settled

KIND = "zookeeper"
_FRAME = Framed(0, 4, add=4)
_SESSION = re.compile(rb"\0\0\0[$%]\0\0\0\0")
_LONGEST = 1 << 20
"""Bytes of a list of nodes: ZooKeeper's own limit of a reply (jute.maxbuffer)."""


@dataclass(frozen=True, slots=True)
class _Root:
    """What is said of the root."""

    nodes: int
    anyone_changes: bool


def look(target: ServiceTarget) -> Dialogue:
    """Open a session and ask for the nodes below the root and who may change them; then for a node that cannot exist,
    and for all again over a second connection. A granted session proves nothing: one that must log in is granted too.
    No node's content is ever asked for."""
    place = target.place("/")
    root = yield from _root(target, place)
    if not isinstance(root, _Root):
        return (root,)
    again = yield from _root(target, place)
    why = OpenReason.STORE_OPEN if root.nodes else OpenReason.STORE_EMPTY
    shown = Exposed(
        place,
        KIND,
        OpenReason.FULL_CONTROL if root.anyone_changes else why,
        counted=(Count("nodes", root.nodes),) if root.nodes else (),
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_NAMES), Proof(ProofStep.SHARE_CANARY)),
    )
    return (settled(shown, None if isinstance(again, _Root) else again),)


def _root(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, _Root | Undecided]:
    """What a new session is told of the root; or why it is told nothing."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    told = yield from answer_to(target, place, say(target, "connect", _FRAME), _SESSION)
    if not isinstance(told, Received):
        return told
    try:
        if not zookeeper.session(told.data):
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "no session was granted")
        listed = yield from _asked(target, place, "getChildren")
        if not isinstance(listed, zookeeper.Answer):
            return listed
        if listed.error in zookeeper.REFUSED:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        if listed.error:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"error {listed.error}")
        nodes = zookeeper.children(listed.body)
        canary = yield from _asked(target, place, "getChildren of none", target.nonce)
        if not isinstance(canary, zookeeper.Answer):
            return canary
        if canary.error == 0:
            return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a node that cannot exist is there")
        if canary.error != zookeeper.NO_NODE:
            return Unknown(place, KIND, UndecidedReason.CANARY_FAILED, f"error {canary.error}")
        rights = yield from _asked(target, place, "getACL")
        # Whoever may list may not always read who may do what: the names stand without it.
        anyone = isinstance(rights, zookeeper.Answer) and rights.error == 0 and zookeeper.anyone_changes(rights.body)
    except zookeeper.NotAReply:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
    yield from exchanged(say(target, "closeSession", Exactly(20)))
    yield from exchanged(Disconnect())
    return _Root(nodes, anyone)


def _asked(
    target: ServiceTarget, place: Place, verb: str, *arguments: str
) -> Generator[Ask, Reply, zookeeper.Answer | Unknown]:
    """The reply to a question of the session. Raises NotAReply."""
    told = yield from exchanged(say(target, verb, _FRAME, *arguments, take=_LONGEST))
    if isinstance(told, NoAnswer):
        return Unknown(place, KIND, told.why, told.detail)
    if told.stop is not Stop.WHOLE:
        return Unknown(place, KIND, *(cut(told) if told.data else (NoAnswerReason.RESET, "")))
    return zookeeper.answer(told.data)


ZOOKEEPER: Probe[ServiceTarget] = Probe(
    "zookeeper", ServiceTarget, look, "ZooKeeper that shows strangers the names of its nodes, and who may change them."
)

"""The probe `zookeeper`: ensembles that show strangers their nodes."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
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


_NODES = 8


@dataclass(frozen=True, slots=True)
class _Node:
    """What is said of a node."""

    below: int
    anyone_changes: bool


def look(target: ServiceTarget) -> Dialogue:
    """Open a session and ask for the nodes below the root and who may change them; then for a node that cannot exist,
    and for all again over a second connection. A granted session proves nothing: one that must log in is granted too.
    Each node has an access list of its own, so the declared ones are asked for too. No node's content is asked for."""
    known = (unquote(one.path) for one in target.known if one.path != "/")
    nodes = [name for name in dict.fromkeys(one.strip("/") for one in (*known, *target.names)) if name]
    root = yield from _looked(target, target.place("/"), "/")
    if isinstance(root, Clear) and root.why is ClosedReason.DENIED and not nodes:
        why = "strangers get a session, and the root is not listed: declare nodes under names"
        root = Unknown(root.place, KIND, UndecidedReason.NAME_NEEDED, why)
    verdicts: list[Verdict] = [root]
    for node in nodes[:_NODES]:
        verdicts.append((yield from _looked(target, target.place(f"/{quote(node)}/"), f"/{node}")))
    return tuple(verdicts)


def _looked(target: ServiceTarget, place: Place, node: str) -> Generator[Ask, Reply, Verdict]:
    first = yield from _shown(target, place, node)
    if not isinstance(first, _Node):
        return first
    again = yield from _shown(target, place, node)
    why = OpenReason.STORE_OPEN if first.below else OpenReason.STORE_EMPTY
    shown = Exposed(
        place,
        KIND,
        OpenReason.FULL_CONTROL if first.anyone_changes else why,
        counted=(Count("nodes", first.below),) if first.below else (),
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_NAMES), Proof(ProofStep.SHARE_CANARY)),
    )
    return settled(shown, None if isinstance(again, _Node) else again)


def _shown(target: ServiceTarget, place: Place, node: str) -> Generator[Ask, Reply, _Node | Undecided]:
    """What a new session is told of a node; or why it is told nothing."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    told = yield from answer_to(target, place, say(target, "connect", _FRAME), _SESSION)
    if not isinstance(told, Received):
        return told
    try:
        if not zookeeper.session(told.data):
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "no session was granted")
        listed = yield from _asked(target, place, "getChildren", node)
        if not isinstance(listed, zookeeper.Answer):
            return listed
        if listed.error in zookeeper.REFUSED:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        if listed.error == zookeeper.NO_RIGHT:
            return Clear(place, KIND, ClosedReason.DENIED)
        if listed.error == zookeeper.NO_NODE and node != "/":
            return Clear(place, KIND, ClosedReason.NOT_FOUND)
        if listed.error:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"error {listed.error}")
        below = zookeeper.children(listed.body)
        canary = yield from _asked(target, place, "getChildren", f"/{target.nonce}")
        if not isinstance(canary, zookeeper.Answer):
            return canary
        if canary.error == 0:
            return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a node that cannot exist is there")
        if canary.error != zookeeper.NO_NODE:
            return Unknown(place, KIND, UndecidedReason.CANARY_FAILED, f"error {canary.error}")
        rights = yield from _asked(target, place, "getACL", node)
        # Whoever may list may not always read who may do what: the names stand without it.
        anyone = isinstance(rights, zookeeper.Answer) and rights.error == 0 and zookeeper.anyone_changes(rights.body)
    except zookeeper.NotAReply:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
    yield from exchanged(say(target, "closeSession", Exactly(20)))
    yield from exchanged(Disconnect())
    return _Node(below, anyone)


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

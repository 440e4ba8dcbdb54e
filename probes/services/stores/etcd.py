"""The probe `etcd`: stores of settings and secrets that tell strangers how many keys they hold."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import databases
from probes.recognise.stores.databases import Entry, Range
from probes.requests.http import Ask, NoAnswer, Reply, Request, exchanged, one
from probes.requests.stream import Disconnect, Received, UntilClosed
from probes.services._connect import Undecided, answered, opened, say, twice

KIND = "etcd"
_ANSWER = re.compile(rb"HTTP/1\.[01] \d{3}[ \r]")
_OLD = "/v2/keys/"


def look(target: ServiceTarget) -> Dialogue:
    """Ask how many keys there are, and of one that cannot exist; where that is refused, the beginning of the older
    store (v2), which stays open when the newer one has logins; and all again over a new connection. No key is read."""
    place = target.place("/")
    return ((yield from twice(lambda: _shown(target, place))),)


def _shown(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Undecided]:
    keys = yield from _count(target, place, "range")
    if not isinstance(keys, Range):
        return keys
    if keys.entry is not Entry.LET_IN:
        return (yield from _older(target, place, keys.entry))
    none = yield from _count(target, place, "range of none", target.nonce)
    if not isinstance(none, Range):
        return none
    if none.entry is not Entry.LET_IN or none.keys:
        return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a key that cannot exist is there")
    return Exposed(
        place, KIND, OpenReason.FULL_CONTROL, counted=(Count("keys", keys.keys),) if keys.keys else (),
        proof=(Proof(ProofStep.STORE_COUNTS), Proof(ProofStep.SHARE_CANARY)),
    )  # fmt: skip


def _count(target: ServiceTarget, place: Place, verb: str, *arguments: str) -> Generator[Ask, Reply, Range | Undecided]:
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    name = target.name or target.address
    host = f"[{name}]:{target.port}" if ":" in name else f"{name}:{target.port}"
    told = yield from exchanged(say(target, verb, UntilClosed(), host, *arguments, take=16_384))
    yield from exchanged(Disconnect())
    answer = answered(target, place, told, _ANSWER)
    if not isinstance(answer, Received):
        return answer
    try:
        return databases.etcd(answer.data)
    except databases.NotAReply:
        return Unknown(place, KIND, UndecidedReason.NOT_A_STORE, "no answer of such a store")


def _older(target: ServiceTarget, place: Place, entry: Entry) -> Generator[Ask, Reply, Exposed | Undecided]:
    """The verdict by the older store, of whose root 64 bytes are read: they hold no name."""
    told = yield from one(Request("GET", _OLD, 64, fresh=True))
    if isinstance(told, NoAnswer):
        return Unknown(place, KIND, told.why, told.detail)
    closed = told.status in (401, 403, 404)
    try:
        holds = None if told.status != 200 else databases.etcd_root(told.body)
    except databases.NotAReply:
        return Unknown(place, KIND, UndecidedReason.NOT_A_STORE, "no answer of such a store")
    if holds is None:
        # One that has the older store alone refuses in its words, and knows nothing of the newer.
        if (entry is Entry.LOGIN and closed) or (told.status == 401 and b"Insufficient credentials" in told.body):
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        return Unknown(place, KIND, UndecidedReason.NOT_A_STORE, f"status {told.status}")
    canary = yield from one(Request("GET", f"{_OLD}{target.nonce}", 256))
    if isinstance(canary, NoAnswer):
        return Unknown(place, KIND, canary.why, canary.detail)
    if canary.status != 404 or b'"errorCode":100' not in canary.body:
        return Unknown(place, KIND, UndecidedReason.CANARY_FAILED, "a key that cannot exist is not said to be missing")
    step = Proof(ProofStep.STORE_NAMES if holds else ProofStep.LET_IN)
    return Exposed(place, KIND, OpenReason.FULL_CONTROL, proof=(step, Proof(ProofStep.SHARE_CANARY)))


ETCD: Probe[ServiceTarget] = Probe(
    "etcd", ServiceTarget, look, "etcd that tells strangers how many keys it holds; no key is read."
)

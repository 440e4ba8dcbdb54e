"""The probe `redis`: a Redis, or a store that speaks as it does, that lets strangers in."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Line, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "redis"
_ANY = re.compile(rb"[+\-:$*]")
_LOGIN = re.compile(rb"-(?:NOAUTH|DENIED|ERR operation not permitted)\b")
"""Versions before 2.8 said it as the last does."""
_REFUSED = re.compile(rb"-(?:NOAUTH|NOPERM|DENIED|ERR operation not permitted)\b")
_BUSY = re.compile(rb"-(?:LOADING|BUSY|MASTERDOWN|ERR max number of clients)")
_BULK = re.compile(rb"\$(\d{1,5})\r\n")
_KEYS = re.compile(rb"(?m)^db\d{1,4}:keys=(\d{1,18}),")
_SIZE = re.compile(rb":(\d{1,18})\r\n")


def look(target: ServiceTarget) -> Dialogue:
    """Ask whether it answers, and how many keys each database holds; and that again over a new connection.

    An answered PING alone proves nothing: an access list may allow just that. The one key that is named cannot exist.
    """
    place = target.place("/")
    counted = yield from _counts(target, place)
    if not isinstance(counted, tuple):
        return (counted,)
    yield from exchanged(Disconnect())
    again = yield from _counts(target, place)
    if not isinstance(again, tuple):
        shown = Exposed(place, KIND, OpenReason.STORE_OPEN, counted=counted, proof=(Proof(ProofStep.STORE_COUNTS),))
        return (settled(shown, again),)
    # An access list may show counts, and keep the keys.
    told = yield from answer_to(target, place, say(target, "EXISTS", Line(), target.nonce), _ANY)
    if isinstance(told, Received) and _SIZE.fullmatch(told.data) and told.data != b":0\r\n":
        return (Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a key that cannot exist is there"),)
    free = isinstance(told, Received) and told.data == b":0\r\n"
    steps = (Proof(ProofStep.STORE_COUNTS), *((Proof(ProofStep.SHARE_CANARY),) if free else ()))
    why = OpenReason.FULL_CONTROL if free else OpenReason.STORE_OPEN
    return (settled(Exposed(place, KIND, why, counted=counted, proof=steps), None),)


def _counts(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, tuple[Count, ...] | Undecided]:
    """How much it says that it holds, over a new connection; or why it does not say so."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    pong = yield from answer_to(target, place, say(target, "PING", Line()), _ANY)
    if not isinstance(pong, Received):
        return pong
    if _BUSY.match(pong.data):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if _LOGIN.match(pong.data):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    # An access list may refuse any of the three by itself.
    keyspace = yield from _keyspace(target, place)
    if isinstance(keyspace, Unknown):
        return keyspace
    size = yield from answer_to(target, place, say(target, "DBSIZE", Line()), _ANY)
    if not isinstance(size, Received):
        return size
    match = _SIZE.fullmatch(size.data)
    if isinstance(keyspace, tuple):
        return keyspace
    if match is not None:
        return (Count("keys", int(match[1])),)
    if _REFUSED.match(keyspace) and _REFUSED.match(size.data):
        for verb in ("EXISTS", "GET"):
            told = yield from answer_to(target, place, say(target, verb, Line(), target.nonce), _ANY)
            if not isinstance(told, Received):
                return told
            if not _REFUSED.match(told.data):
                why = "counts are refused, and keys may be asked for by name"
                return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, why)
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED, facts=(Fact(FactKind.ANSWERS_PING),))
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither counts nor a refusal of its own")


def _keyspace(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, tuple[Count, ...] | bytes | Unknown]:
    """Keys and databases; or the line that was answered instead."""
    told = yield from answer_to(target, place, say(target, "INFO", Line()), _ANY)
    if not isinstance(told, Received):
        return Unknown(place, KIND, told.why)
    length = _BULK.fullmatch(told.data)
    if length is None:
        return told.data
    count = int(length[1]) + 2
    body = yield from exchanged(Exchange(None, Exactly(count), count))
    if not isinstance(body, Received) or len(body.data) < count:
        return Unknown(place, KIND, UndecidedReason.BODY_BROKEN, "the counts were cut short")
    if not body.data.startswith(b"# Keyspace"):
        return b""
    keys = [int(number) for number in _KEYS.findall(body.data)]
    return Count("keys", sum(keys)), Count("databases", len(keys))


REDIS: Probe[ServiceTarget] = Probe(
    "redis", ServiceTarget, look, "Redis that lets strangers in: how many keys it holds, by its own counts."
)

"""The probe `mqtt`: brokers of MQTT whose declared topics anybody may hear."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores.mqtt import NotPackets, Subscribed, subscribed
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Quiet, Received, Stop
from probes.services._connect import Undecided, answered, opened, say, settled

KIND = "mqtt"
_ACCEPTED = re.compile(rb"\x20\x02[\0\1][\0-\x05]")
_PAUSE = 0.5
"""Seconds without a byte after which what came on a topic is all."""
_GREETED = 0.1
"""The same for the four bytes of an entry, which come together."""
_TAKEN = 64
"""Bytes that are read after a subscription: enough to see that a message comes."""
_LOGIN = (4, 5)
_TOPICS = 4


def look(target: ServiceTarget) -> Dialogue:
    """Enter without an account, and subscribe to each declared topic, and to one that cannot exist; then again over a
    new connection.

    An accepted entry is no proof, and neither is a granted subscription: brokers grant what an access list withholds.
    A message that is kept for the topic is. So nothing is exposed where no topic was declared.
    """
    place = target.place("/")
    canary = yield from _heard_of(target, place, f"leftopen/{target.nonce}")
    if not isinstance(canary, Subscribed):
        return (canary,)
    if canary.message:
        return (Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a topic that cannot exist has a message"),)
    if not target.names:
        detail = "let in without an account; declare a topic with a retained message under names"
        return (Unknown(place, KIND, UndecidedReason.NAME_NEEDED, detail),)
    refused, topics = 0, target.names[:_TOPICS]
    for topic in topics:
        told = yield from _heard_of(target, place, topic)
        if not isinstance(told, Subscribed):
            return (told,)
        if told.message:
            again = yield from _heard_of(target, place, topic)
            steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.MESSAGE_CAME), Proof(ProofStep.SHARE_CANARY))
            shown = Exposed(place, KIND, OpenReason.STORE_OPEN, proof=steps)
            if isinstance(again, Subscribed):
                why = UndecidedReason.UNSTABLE
                return (settled(shown, None if again.message else Unknown(place, KIND, why)),)
            return (settled(shown, again),)
        refused += told.refused
    if refused == len(topics) == len(target.names):
        return (Clear(place, KIND, ClosedReason.DENIED, facts=(Fact(FactKind.LET_IN_TO_NOTHING),)),)
    return (Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "let in, and no message came on the declared topics"),)


def _heard_of(target: ServiceTarget, place: Place, topic: str) -> Generator[Ask, Reply, Subscribed | Undecided]:
    """What comes on a topic over a new connection; or why we are not let in."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    entered = yield from exchanged(say(target, "CONNECT", Quiet(_GREETED), target.nonce, take=512))
    told = answered(target, place, entered, _ACCEPTED)
    if not isinstance(told, Received):
        # A broker that refuses says why and closes at once.
        closed = isinstance(entered, Received) and entered.stop is Stop.CLOSED and _ACCEPTED.fullmatch(entered.data)
        return _entry(place, entered.data) or told if isinstance(entered, Received) and closed else told
    refused = _entry(place, told.data)
    if refused is not None:
        return refused
    came = yield from exchanged(say(target, "SUBSCRIBE", Quiet(_PAUSE), topic, take=_TAKEN))
    if isinstance(came, NoAnswer):
        return Unknown(place, KIND, came.why, came.detail)
    try:
        found = subscribed(came.data)
    except NotPackets:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
    if not (found.granted or found.refused or found.message):
        return Unknown(place, KIND, NoAnswerReason.RESET, "the connection ended in the middle")
    if came.stop is Stop.WHOLE:
        yield from exchanged(say(target, "DISCONNECT", Exactly(0)))
    yield from exchanged(Disconnect())
    return found


def _entry(place: Place, accepted: bytes) -> Undecided | None:
    """What a broker answers to an entry without an account; None when it lets us in."""
    code = accepted[3]
    if code in _LOGIN:
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if code == 3:
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"code {code}") if code else None


MQTT: Probe[ServiceTarget] = Probe(
    "mqtt", ServiceTarget, look, "MQTT brokers that let strangers in: whether a message comes on the declared topics."
)

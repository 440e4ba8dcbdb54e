"""The probe `amqp`: message brokers that let strangers in."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import amqp
from probes.recognise.stores.amqp import Method
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Framed, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "amqp"
_FRAME = Framed(3, 4, add=8)
_ANSWER = re.compile(rb"\x01\0\0\0\0..\0\x0a", re.DOTALL)


def look(target: ServiceTarget) -> Dialogue:
    """Come in as the account ANONYMOUS, where the broker offers it, and open the usual virtual host; then one that
    cannot exist, and all again over a new connection. Being offered a way in proves nothing. No queue is named."""
    place = target.place("/")
    refused = yield from _refused(target, place, "open")
    if refused is not None:
        return (refused,)
    none = yield from _refused(target, place, "open of none", target.nonce)
    if not isinstance(none, Clear):
        why = UndecidedReason.CATCH_ALL if none is None else UndecidedReason.CANARY_FAILED
        return (Unknown(place, KIND, why, "a virtual host that cannot exist is not missing"),)
    steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_CANARY))
    shown = Exposed(place, KIND, OpenReason.STORE_OPEN, proof=steps)
    return (settled(shown, (yield from _refused(target, place, "open"))),)


def _refused(
    target: ServiceTarget, place: Place, opens: str, *arguments: str
) -> Generator[Ask, Reply, Undecided | None]:
    """Why a stranger may not open a virtual host, over a new connection; None when a stranger may."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    start = yield from _asked(target, place, "header")
    if not isinstance(start, Method):
        return start
    if start.number == amqp.START and b"ANONYMOUS" not in start.mechanisms:
        yield from exchanged(Disconnect())
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    tune = yield from _asked(target, place, "start")
    if not isinstance(tune, Method):
        return tune
    if tune.number == amqp.CLOSE and tune.code in amqp.REFUSED:
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if start.number != amqp.START or tune.number != amqp.TUNE:
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither let in nor refused")
    answer = yield from _asked(target, place, opens, *arguments)
    if not isinstance(answer, Method):
        return answer
    yield from exchanged(say(target, "close", Exactly(0)))
    yield from exchanged(Disconnect())
    if answer.number == amqp.OPENED:
        return None
    if answer.number == amqp.CLOSE and answer.code in amqp.REFUSED | amqp.NO_SUCH:
        return Clear(place, KIND, ClosedReason.DENIED, facts=(Fact(FactKind.LET_IN_TO_NOTHING),))
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"code {answer.code}")


def _asked(
    target: ServiceTarget, place: Place, verb: str, *arguments: str
) -> Generator[Ask, Reply, Method | Undecided]:
    told = yield from answer_to(target, place, say(target, verb, _FRAME, *arguments, take=8192), _ANSWER)
    if not isinstance(told, Received):
        return told
    try:
        return amqp.method(told.data)
    except amqp.NotAmqp:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)


AMQP: Probe[ServiceTarget] = Probe(
    "amqp", ServiceTarget, look, "Message brokers (AMQP 0-9-1) that let in the public account; no queue is named."
)

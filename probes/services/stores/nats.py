"""The probe `nats`: NATS servers that let strangers listen."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exchange, Line, LineOf, Received, Secure
from probes.services._connect import Undecided, answer_to, opened, say, settled, silent

KIND = "nats"
_GREETING = re.compile(rb"INFO \{")
_ANSWER = re.compile(rb"PONG\r\n|-ERR |PING\r\n|INFO \{|\+OK\r\n")
_LOGIN = re.compile(
    rb"(?m)^-ERR '(?:Authorization Violation|Authentication Timeout|User Authentication)", re.IGNORECASE
)
_BUSY = re.compile(rb"(?m)^-ERR '(?i:maximum (?:account )?(?:active )?connections)")
_WITHHELD = re.compile(rb"(?m)^-ERR '(?i:permissions violation)")


def look(target: ServiceTarget) -> Dialogue:
    """Enter without an account and subscribe to a subject of chance, which nobody uses; then again over a new
    connection.

    The greeting comes to everybody. Being let in is no proof either: a server may have an account for strangers that
    may hear nothing. Whoever may hear a subject that nobody could name may
    hear all that is not withheld by name.
    """
    place = target.place("/")
    refused = yield from _refused(target, place)
    if refused is not None:
        return (refused,)
    yield from exchanged(Disconnect())
    steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.SUBJECT_HEARD))
    shown = Exposed(place, KIND, OpenReason.STORE_OPEN, proof=steps)
    return (settled(shown, (yield from _refused(target, place))),)


def _refused(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Undecided | None]:
    """Why a stranger may not listen, over a new connection; None when a stranger may."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    greeting = yield from answer_to(target, place, Exchange(None, Line(), 32_768), _GREETING)
    if not isinstance(greeting, Received):
        return greeting
    if not target.tls and re.search(rb'"tls_required":\s*true', greeting.data):
        if re.search(rb'"tls_verify":\s*true', greeting.data):
            return Clear(place, KIND, NoAnswerReason.CLIENT_CERTIFICATE)
        secured = yield from exchanged(Secure())
        if isinstance(secured, NoAnswer):
            return silent(place, KIND, secured)
    ends = LineOf((b"PONG", b"-ERR"))
    told = yield from answer_to(target, place, say(target, "CONNECT", ends, target.nonce), _ANSWER)
    if not isinstance(told, Received):
        return told
    if _LOGIN.search(told.data):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if _BUSY.search(told.data):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if _WITHHELD.search(told.data):
        return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "let in, and may not hear every subject")
    if not told.data.endswith(b"PONG\r\n"):
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither let in nor refused")
    return None


NATS: Probe[ServiceTarget] = Probe(
    "nats",
    ServiceTarget,
    look,
    "NATS servers that let strangers in and listen; they are asked for a subject that nobody uses.",
)

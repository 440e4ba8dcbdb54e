"""The probe `postgresql`: servers that let in whoever comes, without a password."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import databases
from probes.recognise.stores.databases import Entry
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Framed, Received, Secure, Some
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "postgresql"
_TLS_OR_NOT = re.compile(rb"[SN]\Z")
"""One letter and nothing behind it: other protocols greet with words."""
_MESSAGE = Framed(1, 4, add=1)
_ANSWER = re.compile(rb"[RE]\0\0")


def look(target: ServiceTarget) -> Dialogue:
    """Come in as an account that cannot exist, without a password, in TLS where that is offered, and where it is
    refused there, in clear; and again over a new connection. Who lets this account pass lets every account pass; that
    it does not exist is said behind it. Nothing is asked of the database."""
    place = target.place("/")
    refused, secured = yield from _refused(target, place, clear=False)
    clear = secured and isinstance(refused, Clear)
    if clear:
        # A server has rules for each of the two (hostssl, hostnossl).
        at_first, (refused, _) = refused, (yield from _refused(target, place, clear=True))
        refused = at_first if isinstance(refused, Clear) else refused
    if refused is not None:
        return (refused,)
    shown = Exposed(place, KIND, OpenReason.FULL_CONTROL, proof=(Proof(ProofStep.CANARY_ACCOUNT),))
    again, _ = yield from _refused(target, place, clear=clear)
    return (settled(shown, again),)


def _refused(
    target: ServiceTarget, place: Place, *, clear: bool
) -> Generator[Ask, Reply, tuple[Undecided | None, bool]]:
    """Why an account that cannot exist does not pass, over a new connection, or None when it does; and whether it came
    in TLS."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected, False
    if clear:
        return (yield from _entered(target, place)), False
    offered = yield from answer_to(target, place, say(target, "SSLRequest", Some()), _TLS_OR_NOT)
    if not isinstance(offered, Received):
        return offered, False
    if offered.data == b"S":
        secured = yield from exchanged(Secure())
        if not isinstance(secured, Received):
            return Unknown(place, KIND, secured.why, secured.detail), True
    return (yield from _entered(target, place)), offered.data == b"S"


def _entered(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Undecided | None]:
    """Why the account does not pass, over an open connection; None when it does."""
    answer = yield from answer_to(target, place, say(target, "startup", _MESSAGE, target.nonce), _ANSWER)
    if not isinstance(answer, Received):
        return answer
    try:
        entry = databases.postgresql(answer.data)
        if entry is Entry.LET_IN:
            # Behind it the server looks for the account, and says that there is none. (A pooler says it of the base.)
            behind = yield from answer_to(target, place, Exchange(None, _MESSAGE), _ANSWER)
            if not isinstance(behind, Received):
                return behind
            missing = databases.postgresql(behind.data) in (Entry.REFUSED, Entry.NO_SUCH)
            yield from exchanged(Disconnect())
            return None if missing else Unknown(place, KIND, UndecidedReason.CATCH_ALL, "an account of chance exists")
    except databases.NotAReply:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
    yield from exchanged(say(target, "terminate", Exactly(0)))
    yield from exchanged(Disconnect())
    match entry:
        case Entry.LOGIN:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        case Entry.REFUSED:
            return Clear(place, KIND, ClosedReason.DENIED)
        case Entry.BUSY:
            return Unknown(place, KIND, UndecidedReason.THROTTLED)
        case _:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither let in nor refused")


POSTGRESQL: Probe[ServiceTarget] = Probe(
    "postgresql", ServiceTarget, look, "PostgreSQL that lets in whoever comes, without a password; no base is opened."
)

"""The probe `postgresql`: servers that let in whoever comes, without a password."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import databases
from probes.recognise.stores.databases import Entry
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Framed, Received, Secure, Some
from probes.services._connect import Steps, Undecided, answer_to, opened, say, settled, silent

KIND = "postgresql"
_TLS_OR_NOT = re.compile(rb"[SN]\Z")
"""One letter and nothing behind it: other protocols greet with words."""
_MESSAGE = Framed(1, 4, add=1)
_ANSWER = re.compile(rb"[REN]\0\0")
_NOTICES = 8

_COPY = "\0copy"
"""No database is called so."""
_BASES = 8


def look(target: ServiceTarget) -> Dialogue:
    """Come in as an account that cannot exist, without a password, in TLS where that is offered, and where it is
    refused there, in clear; and again over a new connection. Who lets this account pass lets every account pass; that
    it does not exist is said behind it. Nothing is asked of the database.

    A server has rules for each database, and for connections that copy all of it (pg_hba.conf): where one that cannot
    exist is refused, the declared ones and a copy are tried by the same account.
    """
    place = target.place("/")
    refused: Undecided | None = None
    for base in ("", *target.names[:_BASES], _COPY):
        told, how = yield from _in_tls_or_clear(target, place, base)
        if told is None:
            why = OpenReason.STORE_OPEN if base == _COPY else OpenReason.FULL_CONTROL
            shown = Exposed(place, KIND, why, proof=(Proof(ProofStep.CANARY_ACCOUNT),))
            again, _ = yield from _refused(target, place, base, clear=how)
            return (settled(shown, again),)
        # A pooler knows no copies; what it says of them takes nothing from its refusal.
        if refused is None or (isinstance(told, Unknown) and told.why is not UndecidedReason.STATUS_UNEXPECTED):
            refused = told
        if isinstance(refused, Unknown) or told.why is ClosedReason.NOT_SPOKEN:
            break
    return (refused or Unknown(place, KIND, NoAnswerReason.BUG),)


def _in_tls_or_clear(
    target: ServiceTarget, place: Place, base: str
) -> Generator[Ask, Reply, tuple[Undecided | None, bool]]:
    """Why the account does not pass, or None when it does; and whether that was in clear, beside TLS."""
    refused, secured = yield from _refused(target, place, base, clear=False)
    if not secured or not isinstance(refused, Clear):
        return refused, False
    # A server has rules for each of the two (hostssl, hostnossl).
    in_clear, _ = yield from _refused(target, place, base, clear=True)
    return (refused if isinstance(in_clear, Clear) else in_clear), True


def _refused(
    target: ServiceTarget, place: Place, base: str, *, clear: bool
) -> Generator[Ask, Reply, tuple[Undecided | None, bool]]:
    """Why an account that cannot exist does not pass, over a new connection, or None when it does; and whether it came
    in TLS."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected, False
    if clear:
        return (yield from _entered(target, place, base)), False
    offered = yield from answer_to(target, place, say(target, "SSLRequest", Some()), _TLS_OR_NOT)
    if not isinstance(offered, Received):
        return offered, False
    if offered.data == b"S":
        secured = yield from exchanged(Secure())
        if not isinstance(secured, Received):
            return silent(place, KIND, secured), True
    return (yield from _entered(target, place, base)), offered.data == b"S"


def _entered(target: ServiceTarget, place: Place, base: str) -> Generator[Ask, Reply, Undecided | None]:
    """Why the account does not pass, over an open connection; None when it does."""
    startup = (
        say(target, "startup to copy", _MESSAGE, target.nonce)
        if base == _COPY
        else say(target, "startup", _MESSAGE, target.nonce, base)
    )
    answer = yield from _answer(target, place, startup)
    if not isinstance(answer, Received):
        return answer
    try:
        entry = databases.postgresql(answer.data)
        if entry is Entry.LET_IN:
            # Behind it the server looks for the account, and says that there is none. (A pooler says it of the base.)
            behind = yield from _answer(target, place, Exchange(None, _MESSAGE))
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


def _answer(target: ServiceTarget, place: Place, step: Exchange) -> Steps:
    """A message of the server; notices may come before it at any time (protocol 3.0, "Asynchronous Operations")."""
    told = yield from answer_to(target, place, step, _ANSWER)
    for _ in range(_NOTICES):
        if not isinstance(told, Received) or not told.data.startswith(b"N"):
            break
        told = yield from answer_to(target, place, Exchange(None, _MESSAGE), _ANSWER)
    return told


POSTGRESQL: Probe[ServiceTarget] = Probe(
    "postgresql",
    ServiceTarget,
    look,
    "PostgreSQL that lets in whoever comes, without a password, to all or a declared base; none is opened.",
)

"""The probe `mysql`: MySQL and MariaDB servers that let in whoever comes, without a password."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import databases
from probes.recognise.stores.databases import Entry, Schemas
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Framed, Mark, Received, Secure
from probes.services._connect import Undecided, answer_to, opened, say, settled, silent

KIND = "mysql"
_PACKET = Framed(0, 3, "little", add=4)
_GREETING = re.compile(rb"..\0\0[\x0a\xff]", re.DOTALL)
_ANSWER = re.compile(rb"..\0[\x02-\x05][\0\xfe\xff]", re.DOTALL)
_COUNT = re.compile(rb"\x01\0\0\x01\x02")
_ENDS = Mark(b"\x05\0\0\x06\xfe")
"""The last of the six packets in which two counts come."""


def look(target: ServiceTarget) -> Dialogue:
    """Come in as an account that cannot exist, without a password, and ask how many databases it sees; and again over
    a new connection.

    A handshake is always carried to its end: those that break off are counted, and block our address in the end.
    """
    place = target.place("/")
    first, offered = yield from _schemas(target, place)
    tls = offered and (isinstance(first, Clear) or getattr(first, "why", None) is NoAnswerReason.TLS_ONLY)
    if tls:
        # An account for TLS alone is refused in clear as any other is.
        first, _ = yield from _schemas(target, place, tls=True)
    if not isinstance(first, Schemas):
        return (first,)
    again, _ = yield from _schemas(target, place, tls=tls)
    why = OpenReason.STORE_OPEN if first.number else OpenReason.STORE_EMPTY
    shown = Exposed(
        place, KIND, OpenReason.FULL_CONTROL if first.accounts else why,
        counted=(Count("databases", first.number),) if first.number else (),
        proof=(Proof(ProofStep.CANARY_ACCOUNT), Proof(ProofStep.STORE_COUNTS)),
    )  # fmt: skip
    return (settled(shown, None if isinstance(again, Schemas) else again),)


def _schemas(
    target: ServiceTarget, place: Place, *, tls: bool = False
) -> Generator[Ask, Reply, tuple[Schemas | Undecided, bool]]:
    """What an account that cannot exist is shown, over a new connection, or why it is shown nothing; and whether the
    server offers TLS."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected, False
    greeting = yield from answer_to(target, place, Exchange(None, _PACKET), _GREETING)
    if not isinstance(greeting, Received):
        return greeting, False
    return (yield from _entered(target, place, greeting, tls=tls)), databases.mysql_speaks_tls(greeting.data)


def _entered(
    target: ServiceTarget, place: Place, greeting: Received, *, tls: bool
) -> Generator[Ask, Reply, Schemas | Undecided]:
    """What is shown behind a greeting."""
    try:
        entry = databases.mysql_greeting(greeting.data)
        if entry is Entry.LOGIN:
            if tls:
                yield from exchanged(say(target, "SSLRequest", Exactly(0)))
                secured = yield from exchanged(Secure())
                if not isinstance(secured, Received):
                    return silent(place, KIND, secured)
            answer = yield from answer_to(target, place, say(target, "login", _PACKET, target.nonce, int(tls)), _ANSWER)
            if not isinstance(answer, Received):
                return answer
            said = databases.mysql_answer(answer.data)
            if said.entry is Entry.SWITCH:
                answer = yield from answer_to(
                    target, place, say(target, "switch", _PACKET, said.sequence + 1, int(said.native)), _ANSWER
                )
                if not isinstance(answer, Received):
                    return answer
                said = databases.mysql_answer(answer.data)
            entry = said.entry
        if entry is Entry.LET_IN:
            counted = yield from answer_to(target, place, say(target, "count", _ENDS), _COUNT)
            if not isinstance(counted, Received):
                return counted
            rest = yield from exchanged(Exchange(None, Exactly(4)))
            yield from exchanged(say(target, "quit", Exactly(0)))
            yield from exchanged(Disconnect())
            return databases.mysql_counts(counted.data + (rest.data if isinstance(rest, Received) else b""))
    except databases.NotAReply:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
    yield from exchanged(Disconnect())
    match entry:
        case Entry.REFUSED:
            return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
        case Entry.BUSY:
            return Unknown(place, KIND, UndecidedReason.THROTTLED)
        case Entry.BLOCKED:
            return Unknown(place, KIND, UndecidedReason.FIREWALLED, "our address is blocked: FLUSH HOSTS unblocks it")
        case Entry.TLS:
            return Unknown(place, KIND, NoAnswerReason.TLS_ONLY)
        case _:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither let in nor refused")


MYSQL: Probe[ServiceTarget] = Probe(
    "mysql", ServiceTarget, look, "MySQL and MariaDB that let in whoever comes, without a password: how many databases."
)

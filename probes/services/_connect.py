"""What the probes of services share: opening the port, and what it means when nobody speaks the protocol there."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TypeAlias

from probes.api import Certainty, Clear, Exposed, Place, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.requests.commands.command import Argument, Command
from probes.requests.http import Ask, NoAnswer, Reply, exchanged, swept
from probes.requests.stream import Exchange, Open, Received, Stop, Sweep, Swept, Until

Undecided: TypeAlias = Clear | Unknown
Steps: TypeAlias = Generator[Ask, Reply, Received | Undecided]

_NOT_SEEN = frozenset(
    {
        UndecidedReason.THROTTLED,
        UndecidedReason.SERVER_ERROR,
        UndecidedReason.FIREWALLED,
        UndecidedReason.FILTERED,
        UndecidedReason.REFUSED_BY_FRONT,
    }
)
"""What is said of us or of the moment, and takes nothing back that was shown before."""
_BESIDE = 3
"""Other ports of the host that are knocked at before a refused port is called unknown."""

_OTHERS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("SSH", re.compile(rb"SSH-\d")),
    ("HTTP", re.compile(rb"HTTP/\d")),
    ("IMAP", re.compile(rb"\* (?:OK|BYE|PREAUTH)\b")),
    ("POP3", re.compile(rb"\+OK[ \r]")),
    ("SMTP", re.compile(rb"220[ -][^\n]*\bE?SMTP\b", re.IGNORECASE)),
    ("rsync", re.compile(rb"@RSYNCD:")),
    ("RFB", re.compile(rb"RFB \d{3}\.")),
    ("FTP", re.compile(rb"220[ -]")),
    ("Redis", re.compile(rb"-(?:ERR|NOAUTH|DENIED) ")),
)
"""How other protocols begin. Whoever speaks one of them does not speak the one that was asked for."""
_TLS = re.compile(rb"[\x14\x15\x16]\x03[\x00-\x04]")


def say(
    target: ServiceTarget, verb: str, until: Until, *arguments: Argument, take: int = 4096, channel: str = "main"
) -> Exchange:
    """A command of the target's protocol."""
    return Exchange(Command(target.speaks, verb, arguments), until, take, channel)


def opened(target: ServiceTarget, place: Place, *, narrow: bool = False, low: bool = False) -> Steps:
    """Connect to the service; or the verdict on `place` when that is not to be had.

    A port that refuses is closed when the host answers at another declared port: a service that was stopped must be
    able to close its finding, and a host that is away must not.
    """
    told = yield from exchanged(Open(tls=target.tls, low=low, narrow=narrow))
    if isinstance(told, Received):
        return told
    if told.why is not NoAnswerReason.REFUSED:
        return silent(place, target.speaks, told)
    beside = yield from swept(Sweep(target.beside[:_BESIDE]))
    if isinstance(beside, Swept) and beside.answered:
        return Clear(place, target.speaks, ClosedReason.NOTHING_LISTENS)
    return Unknown(place, target.speaks, told.why, told.detail)


def silent(place: Place, kind: str, told: NoAnswer) -> Undecided:
    """What no answer means: nothing, but for a server that serves only those with a certificate of theirs."""
    if told.why is NoAnswerReason.CLIENT_CERTIFICATE:
        return Clear(place, kind, told.why)
    return Unknown(place, kind, told.why, told.detail)


def answer_to(target: ServiceTarget, place: Place, step: Exchange, expected: re.Pattern[bytes]) -> Steps:
    """Take a step, and bring back its answer when that begins as the protocol does; else the verdict on `place`.

    Another protocol's own words are a clear answer; silence, a cut and what nobody knows are none.
    """
    return answered(target, place, (yield from exchanged(step)), expected)


def answered(
    target: ServiceTarget, place: Place, told: Received | NoAnswer, expected: re.Pattern[bytes]
) -> Received | Undecided:
    """An answer that is whole and begins as expected; else what is to be said of `place`."""
    if isinstance(told, NoAnswer):
        return silent(place, target.speaks, told)
    if expected.match(told.data):
        return told if told.stop is Stop.WHOLE else Unknown(place, target.speaks, *cut(told))
    if not told.data:
        return Unknown(place, target.speaks, *cut(told))
    if _TLS.match(told.data):
        return Unknown(place, target.speaks, NoAnswerReason.TLS_ONLY)
    # A first line without an end is nobody's.
    other = next((name for name, pattern in _OTHERS if b"\n" in told.data and pattern.match(told.data)), "")
    if other and other.lower() != target.speaks:
        return Clear(place, target.speaks, ClosedReason.NOT_SPOKEN, facts=(Fact(FactKind.ANSWERS_AS, other),))
    return Unknown(place, target.speaks, UndecidedReason.GRAMMAR_UNKNOWN)


def cut(told: Received) -> tuple[NoAnswerReason | UndecidedReason, str]:
    """Why an answer that was not whole decides nothing."""
    match told.stop:
        case Stop.CUT:
            return UndecidedReason.BODY_TOO_LARGE, "an answer without an end"
        case Stop.SILENT:
            return NoAnswerReason.TIMED_OUT, "the answer stopped in the middle"
        case Stop.CLOSED | Stop.RESET | Stop.WHOLE:
            return NoAnswerReason.RESET, "the connection ended in the middle"


def twice(shown: Callable[[], Generator[Ask, Reply, Exposed | Undecided]]) -> Generator[Ask, Reply, Verdict]:
    """Look by `shown`, and again where that found something open."""
    first = yield from shown()
    if not isinstance(first, Exposed):
        return first
    again = yield from shown()
    return settled(first, None if isinstance(again, Exposed) else again)


def settled(verdict: Exposed, again: Undecided | None) -> Verdict:
    """An exposure after a second connection: proven when that showed the same (None), likely when nobody answered, the
    server was busy or we were banned, and unknown when strangers were refused this time."""
    if again is None:
        return replace(verdict, proof=(*verdict.proof, Proof(ProofStep.SEEN_AGAIN)))
    if isinstance(again, Unknown) and (isinstance(again.why, NoAnswerReason) or again.why in _NOT_SEEN):
        proof = (*verdict.proof, Proof(ProofStep.NOT_SEEN_AGAIN))
        return replace(verdict, certainty=Certainty.LIKELY, proof=proof)
    return Unknown(verdict.place, verdict.kind, UndecidedReason.UNSTABLE, "a second connection was answered otherwise")

"""The probe `dicom`: archives of medical images that tell strangers which studies they hold."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.shares import dicom
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Framed, Received, Stop
from probes.services._connect import Undecided, answered, opened, say, settled

KIND = "dicom"
_PDU = Framed(2, 4, add=6)
_ANSWER = re.compile(rb"[\x02\x03\x07]\x00\x00\x00..", re.DOTALL)
_ANYBODY = "ANY-SCP"
"""The title that is called where none was declared: many archives take any."""
_COUNTED = 100
"""Studies that are counted, at most; their UIDs are dropped."""
_TITLES = 4


@dataclass(frozen=True, slots=True)
class _Studies:
    """How many studies a C-FIND told."""

    number: int


def look(target: ServiceTarget) -> Dialogue:
    """Associate and ask for studies by their UID alone, for each declared title; then for one that cannot exist, and
    for all again over a second connection. An accepted association proves nothing; one answer that is pending does."""
    known = [one.path.strip("/") for one in target.known]
    verdicts: list[Verdict] = []
    for title in list(dict.fromkeys((*known, *target.names)))[:_TITLES] or [""]:
        verdicts.append((yield from _archive(target, title)))
    return tuple(verdicts)


def _archive(target: ServiceTarget, title: str) -> Generator[Ask, Reply, Verdict]:
    place = target.place(f"/{title}/" if title else "/")
    first = yield from _find(target, place, title, "", 1)
    if not isinstance(first, _Studies):
        return first
    again = yield from _find(target, place, title, "", _COUNTED)
    number = again.number if isinstance(again, _Studies) else first.number
    if first.number == 0:
        empty = Exposed(place, KIND, OpenReason.STORE_EMPTY, proof=(Proof(ProofStep.LET_IN),))
        return settled(empty, None if isinstance(again, _Studies) else again)
    canary = yield from _find(target, place, title, _uid(target.nonce), 1)
    if isinstance(canary, _Studies) and canary.number:
        return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a study that cannot exist is found")
    shown = Exposed(
        place, KIND, OpenReason.STORE_OPEN, counted=(Count("studies", number),),
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_COUNTS)),
    )  # fmt: skip
    if isinstance(canary, _Studies):
        shown = replace(shown, proof=(*shown.proof, Proof(ProofStep.SHARE_CANARY)))
    return settled(shown, None if isinstance(again, _Studies) else again)


def _uid(nonce: str) -> str:
    """The UID of a study that cannot exist."""
    return f"2.25.{int.from_bytes(nonce.encode()[-12:], 'big')}"


def _find(
    target: ServiceTarget, place: Place, title: str, study: str, most: int
) -> Generator[Ask, Reply, _Studies | Undecided]:
    """Associate over a new connection, ask for studies, and abort behind so many answers."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    told = yield from exchanged(say(target, "A-ASSOCIATE", _PDU, title or _ANYBODY, take=8192))
    answer = answered(target, place, told, _ANSWER)
    if not isinstance(answer, Received):
        return answer
    refused = _refused(place, answer.data, declared=bool(title))
    if refused is not None:
        return refused
    reply = yield from exchanged(say(target, "C-FIND", _PDU, study, take=65_536))
    found = 0
    for _ in range(4 * _COUNTED):
        if isinstance(reply, NoAnswer):
            return Unknown(place, KIND, reply.why, "associated, and no answer came")
        if dicom.kind(reply.data) == dicom.ABORTED:
            return Clear(place, KIND, ClosedReason.DENIED) if not found else _Studies(found)
        if reply.stop is not Stop.WHOLE:
            return Unknown(place, KIND, NoAnswerReason.RESET, "the answer broke off")
        if dicom.kind(reply.data) != dicom.DATA:
            return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
        status = dicom.status(reply.data)
        if status in dicom.PENDING:
            found += 1
        elif status == 0:
            break
        elif status in dicom.REFUSED:
            return Clear(place, KIND, ClosedReason.DENIED)
        elif status is not None:
            return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"status {status:#06x}")
        if found >= most:
            break
        reply = yield from exchanged(Exchange(None, _PDU, 65_536))
    yield from exchanged(say(target, "A-ABORT", Exactly(0)))
    yield from exchanged(Disconnect())
    return _Studies(found)


def _refused(place: Place, pdu: bytes, *, declared: bool) -> Undecided | None:
    """What an answer to an association says; None when studies may be asked for."""
    if dicom.kind(pdu) == dicom.ACCEPTED:
        return None if dicom.finds(pdu) else Clear(place, KIND, ClosedReason.DENIED)
    rejection = dicom.rejection(pdu) if dicom.kind(pdu) == dicom.REJECTED else None
    if rejection is None:
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "aborted before it was associated")
    if rejection.passing:
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if rejection.unknown_title and not declared:
        return Unknown(place, KIND, UndecidedReason.NAME_NEEDED, "declare its application entity title under names")
    return Clear(place, KIND, ClosedReason.DENIED)


DICOM: Probe[ServiceTarget] = Probe(
    "dicom",
    ServiceTarget,
    look,
    "DICOM archives that tell strangers which studies they hold; no patient's data are asked for.",
)

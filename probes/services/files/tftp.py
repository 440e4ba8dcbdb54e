"""The probe `tftp`: files that a TFTP server gives to whoever knows their names."""

from __future__ import annotations

from collections.abc import Generator
from urllib.parse import quote, unquote

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.shares import tftp
from probes.recognise.shares.tftp import Answer
from probes.requests.commands.command import Command
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Datagram
from probes.services._connect import Undecided, settled

KIND = "tftp"
_FILES = 8
_TRIES = 2
"""Datagrams get lost."""
_TAKEN = 64
"""Bytes that are read of an answer; a server without options sends the beginning of the file at once."""


def look(target: ServiceTarget) -> Dialogue:
    """Ask for each declared file, for one that cannot exist, and once more; each time the server is told to send no
    more. Where it knows options it tells the size, and nothing of the file comes. Nothing lists what a server has."""
    known = [one.path for one in target.known]
    paths = list(dict.fromkeys((*known, *(f"/{quote(name.strip('/'))}" for name in target.names))))[:_FILES]
    if not paths:
        place = target.place("/")
        told = yield from _asked(target, place, target.nonce)
        if isinstance(told, Clear | Unknown):
            return (told,)
        return (Unknown(place, KIND, UndecidedReason.NAME_NEEDED, "declare files under names"),)
    verdicts: list[Verdict] = []
    for path in paths:
        verdicts.append((yield from _file(target, path)))
    return tuple(verdicts)


def _file(target: ServiceTarget, path: str) -> Generator[Ask, Reply, Verdict]:
    place, name = target.place(path), unquote(path.strip("/"))
    first = yield from _asked(target, place, name)
    if not isinstance(first, Answer):
        return first
    refused = _refused(place, first)
    if refused is not None:
        return refused
    none = yield from _asked(target, place, target.nonce)
    if not isinstance(none, Answer):
        return none
    if none.sends:
        return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a file that cannot exist is sent")
    again = yield from _asked(target, place, name)
    shown = Exposed(
        place, KIND, OpenReason.READABLE_UNLISTED, size=first.size,
        proof=(Proof(ProofStep.LET_IN), Proof(ProofStep.FILE_OFFERED), Proof(ProofStep.SHARE_CANARY)),
    )  # fmt: skip
    return settled(shown, again if not isinstance(again, Answer) else _refused(place, again))


def _refused(place: Place, told: Answer) -> Undecided | None:
    if told.sends:
        return None
    if told.code in (tftp.NOT_FOUND, tftp.DENIED):
        return Clear(place, KIND, ClosedReason.NOT_FOUND if told.code == tftp.NOT_FOUND else ClosedReason.DENIED)
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"error {told.code}")


def _asked(target: ServiceTarget, place: Place, name: str) -> Generator[Ask, Reply, Answer | Undecided]:
    """What a server answers to a request for a file. Nobody's silence says anything."""
    step = Datagram(Command(KIND, "RRQ", (name,)), Command(KIND, "ERROR"), _TAKEN)
    told = yield from exchanged(step)
    for _ in range(_TRIES - 1):
        if isinstance(told, NoAnswer):
            told = yield from exchanged(step)
    if isinstance(told, NoAnswer):
        return Unknown(place, KIND, told.why, told.detail)
    try:
        return tftp.answer(told.data)
    except tftp.NotTftp:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)


TFTP: Probe[ServiceTarget] = Probe(
    "tftp", ServiceTarget, look, "Files that TFTP gives to whoever knows their names: declared ones, by their size."
)

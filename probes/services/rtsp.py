"""The probe `rtsp`: streams of cameras and recorders that strangers may watch."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from urllib.parse import quote

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Mark, Received, Stop
from probes.services._connect import Undecided, answered, opened, say, settled

KIND = "rtsp"
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})[ \r]")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,5})\r?$")
_MEDIA = re.compile(rb"(?m)^m=(audio|video)\b")
_PATHS = 8


def look(target: ServiceTarget) -> Dialogue:
    """Ask of what each declared stream consists (without any: that of the root), and that again over a second
    connection. Nothing is set up or played."""
    known = [one.path for one in target.known]
    named = (quote("/" + name.strip("/"), safe="/=&?;,:@+.-_~%") for name in target.names)
    paths = list(dict.fromkeys((*known, *named)))[:_PATHS] or ["/"]
    verdicts: list[Verdict] = []
    for path in paths:
        verdicts.append((yield from _stream(target, path)))
    return tuple(verdicts)


def _stream(target: ServiceTarget, path: str) -> Generator[Ask, Reply, Verdict]:
    place = target.place(path)
    first = yield from _described(target, place, path, 1)
    if first is not None:
        return first
    shown = Exposed(place, KIND, OpenReason.STREAM_OPEN, proof=(Proof(ProofStep.STREAM_DESCRIBED),))
    again = yield from _described(target, place, path, 1)
    canary = yield from _described(target, place, f"/{target.nonce}", 2)
    if isinstance(canary, Clear):
        # Many cameras have one stream, and describe it by whatever name: that proves nothing for or against it.
        shown = replace(shown, proof=(*shown.proof, Proof(ProofStep.SHARE_CANARY)))
    return settled(shown, again)


def _described(target: ServiceTarget, place: Place, path: str, number: int) -> Generator[Ask, Reply, Undecided | None]:
    """Whether a stream is described to a stranger, over a new connection: None when it is."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    name = target.name or target.address
    host = f"[{name}]:{target.port}" if ":" in name else f"{name}:{target.port}"
    told = yield from exchanged(say(target, "DESCRIBE", Mark(b"\r\n\r\n"), number, host, path, take=8192))
    answer = answered(target, place, told, _STATUS)
    if not isinstance(answer, Received):
        return answer
    status = _STATUS.match(answer.data)
    code = int(status[1]) if status is not None else 0
    if code == 200:
        length = _LENGTH.search(answer.data)
        count = int(length[1]) if length is not None else 0
        body = yield from exchanged(Exchange(None, Exactly(count), 65_536))
        yield from exchanged(Disconnect())
        if isinstance(body, Received) and body.stop is Stop.WHOLE and _MEDIA.search(body.data):
            return None
        return Unknown(place, KIND, UndecidedReason.BODY_BROKEN, "no description came")
    yield from exchanged(Disconnect())
    if code in (401, 403, 407):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED if code != 403 else ClosedReason.DENIED)
    if code in (404, 410, 454):
        # Of a stream that nobody declared, another one may be there.
        known = {quote("/" + name.strip("/"), safe="/=&?;,:@+.-_~%") for name in target.names}
        known |= {one.path for one in target.known}
        declared = path in known or target.nonce in path
        return (
            Clear(place, KIND, ClosedReason.NOT_FOUND)
            if declared
            else Unknown(
                place, KIND, UndecidedReason.NAME_NEEDED, "no stream at the root: declare its path under names"
            )
        )
    if code in (453, 503):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"status {code}")


RTSP: Probe[ServiceTarget] = Probe(
    "rtsp",
    ServiceTarget,
    look,
    "Streams of cameras and recorders that are described to strangers; nothing is set up or played.",
)

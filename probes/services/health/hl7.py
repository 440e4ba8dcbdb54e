"""The probe `hl7`: whether an HL7 interface is in reach. Each of its messages is a write, so none is sent."""

from __future__ import annotations

import re

from probes.api import Clear, Dialogue, Probe, ServiceTarget, Unknown
from probes.reasons import NoAnswerReason
from probes.requests.http import exchanged
from probes.requests.stream import Disconnect, Exchange, Received, Some
from probes.services._connect import answered, opened

KIND = "hl7"
_NOTHING = re.compile(rb"(?!)")


def look(target: ServiceTarget) -> Dialogue:
    """Connect and say nothing. An interface of HL7 says nothing either, so one in reach stays undecided; whatever
    greets is another protocol's."""
    place = target.place("/")
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return (connected,)
    greeting = yield from exchanged(Exchange(None, Some()))
    yield from exchanged(Disconnect())
    verdict = answered(target, place, greeting, _NOTHING)
    silent = not isinstance(greeting, Received) and greeting.why is NoAnswerReason.TIMED_OUT
    if silent or isinstance(verdict, Received):
        told = "the port is in reach, and says nothing: each message of HL7 is a write, so none was sent"
        return (Unknown(place, KIND, NoAnswerReason.NOT_ASKED, told),)
    return (verdict if isinstance(verdict, Clear) else Unknown(place, KIND, verdict.why, verdict.detail),)


HL7: Probe[ServiceTarget] = Probe(
    "hl7", ServiceTarget, look, "HL7 interfaces (MLLP) that are in reach; no message is sent, since each is a write."
)

"""The probe `memcached`: caches that tell strangers how much they hold."""

from __future__ import annotations

import re
from collections.abc import Generator

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Line, LineOf, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "memcached"
_ANSWER = re.compile(rb"VERSION |STAT |(?:CLIENT_|SERVER_)?ERROR\b|END\r\n")
_ENDS = (b"END", b"ERROR", b"CLIENT_ERROR", b"SERVER_ERROR")
_REFUSED = re.compile(rb"CLIENT_ERROR unauthenticated\b")
_BUSY = re.compile(rb"SERVER_ERROR|ERROR Too many open connections")
_ITEMS = re.compile(rb"(?m)^STAT curr_items (\d{1,18})\r$")


def look(target: ServiceTarget) -> Dialogue:
    """Ask for its version, and how many items it holds; and that again over a new connection.

    An answered version alone proves nothing. No key is ever named or asked for.
    """
    place = target.place("/")
    counted = yield from _items(target, place)
    if not isinstance(counted, Count):
        return (counted,)
    yield from exchanged(Disconnect())
    again = yield from _items(target, place)
    why = OpenReason.STORE_OPEN if counted.number else OpenReason.STORE_EMPTY
    steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_COUNTS))
    shown = Exposed(place, KIND, why, counted=(counted,) if counted.number else (), proof=steps)
    return (settled(shown, None if isinstance(again, Count) else again),)


def _items(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Count | Undecided]:
    """How many items it says that it holds, over a new connection; or why it does not say so."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    version = yield from answer_to(target, place, say(target, "version", Line()), _ANSWER)
    if not isinstance(version, Received):
        return version
    if _REFUSED.match(version.data):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if _BUSY.match(version.data):
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if not version.data.startswith(b"VERSION "):
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "no version, and no refusal of its own")
    stats = yield from answer_to(target, place, say(target, "stats", LineOf(_ENDS), take=16_384), _ANSWER)
    if not isinstance(stats, Received):
        return stats
    if _REFUSED.match(stats.data):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    items = _ITEMS.search(stats.data)
    if items is None or not stats.data.endswith(b"END\r\n"):
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "neither counts nor a refusal of its own")
    return Count("items", int(items[1]))


MEMCACHED: Probe[ServiceTarget] = Probe(
    "memcached", ServiceTarget, look, "memcached that lets strangers in: how many items it holds, by its own count."
)

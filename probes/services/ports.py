"""The probe `service-ports`: which ports of a declared preset answer at all; those are then asked what they serve."""

from __future__ import annotations

from dataclasses import dataclass

from probes.api import Clear, Dialogue, Place, Probe, ServiceTarget, Unknown
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.requests.http import NoAnswer, swept
from probes.requests.stream import Sweep

KIND = "ports"


def look(target: ServiceTarget) -> Dialogue:
    """Knock once at every port of the preset, and say nothing there. However many are silent, it is one verdict."""
    place = Place(target.host, 0, "/")
    told = yield from swept(Sweep(target.beside))
    if isinstance(told, NoAnswer):
        return (Unknown(place, KIND, told.why, told.detail),)
    facts = tuple(
        Fact(kind, ", ".join(map(str, ports)))
        for kind, ports in zip(_SWEPT, (told.answered, told.refused, told.silent), strict=True)
        if ports
    )
    counts = f"{len(told.answered)} answer, {len(told.refused)} refuse"
    if told.silent:
        detail = f"{len(told.silent)} ports silent; of the others {counts}"
        return (Unknown(place, KIND, UndecidedReason.PORTS_SILENT, detail, facts),)
    if not told.answered:
        # A host that refuses everything may be away, with somebody else refusing for it.
        return (Unknown(place, KIND, NoAnswerReason.REFUSED, counts, facts),)
    return (Clear(place, KIND, ClosedReason.NOTHING_LISTENS, facts),)


_SWEPT = (FactKind.PORTS_ANSWER, FactKind.PORTS_REFUSE, FactKind.PORTS_SILENT)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """What a sweep found, as its facts tell it."""

    asked: frozenset[int]
    answered: frozenset[int]


def found(facts: tuple[Fact, ...]) -> Sweeping:
    """What the facts of a sweep's verdict say."""
    asked: set[int] = set()
    answered: set[int] = set()
    for fact in facts:
        if fact.kind in _SWEPT:
            ports = {int(port) for port in fact.detail.split(", ")}
            asked |= ports
            answered |= ports if fact.kind is FactKind.PORTS_ANSWER else set()
    return Sweeping(frozenset(asked), frozenset(answered))


SERVICE_PORTS: Probe[ServiceTarget] = Probe(
    "service-ports",
    ServiceTarget,
    look,
    "Ports of a declared preset of services: which of them answer. Nothing is said there; what answers is asked next.",
)

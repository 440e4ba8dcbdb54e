"""The probes `elasticsearch`, `docker` and `prometheus`: stores that are asked over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass

from probes.api import Clear, Count, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import web
from probes.requests.http import Ask, Ending, NoAnswer, Reply, Request, Response, exchanged, one
from probes.requests.stream import Disconnect, Exchange, Received, Some
from probes.services._connect import Undecided, answered, opened, settled

_LONGEST = 1 << 20
_NOTHING = re.compile(rb"(?!)")


@dataclass(frozen=True, slots=True)
class _Store:
    """What is asked of a product, and how its answers are read."""

    kind: str
    path: str
    read: Callable[[bytes], web.Counts]
    canary: str
    """The path of something that cannot exist, with `{nonce}` in it."""
    missing_status: int
    missing: Callable[[bytes], bool]
    control: bool = False
    """Whether whoever may ask may also change things."""


ELASTIC = _Store(
    "elasticsearch", "/_cat/indices?format=json&h=index,docs.count", web.indices,
    "/_cat/indices/{nonce}?format=json&h=index,docs.count", 404, web.no_index,
)  # fmt: skip
DOCKERD = _Store(
    "docker",
    "/containers/json?limit=1",
    web.containers,
    "/containers/{nonce}/json",
    404,
    web.no_container,
    control=True,
)
PROM = _Store(
    "prometheus", "/api/v1/status/tsdb?limit=1", web.series, "/api/v1/label/{nonce}/values", 200, web.no_label
)


def _looks(store: _Store) -> Callable[[ServiceTarget], Dialogue]:
    def look(target: ServiceTarget) -> Dialogue:
        """Ask what it holds, and for something that cannot exist; then the same over a new connection. What is said
        at `/` proves nothing, and is not asked for."""
        place = target.place("/")
        connected = yield from opened(target, place)
        if not isinstance(connected, Received):
            return (connected,)
        yield from exchanged(Disconnect())
        counts = yield from _held(store, target, place)
        if not isinstance(counts, tuple):
            return (counts,)
        again = yield from _held(store, target, place)
        holds = any(number for _, number in counts)
        why = OpenReason.STORE_OPEN if holds else OpenReason.STORE_EMPTY
        step = Proof(ProofStep.STORE_COUNTS if holds else ProofStep.LET_IN)
        shown = Exposed(
            place, store.kind, OpenReason.FULL_CONTROL if store.control else why,
            counted=tuple(Count(things, number) for things, number in counts) if holds else (),
            proof=(step, Proof(ProofStep.SHARE_CANARY)),
        )  # fmt: skip
        return (settled(shown, None if isinstance(again, tuple) else again),)

    return look


def _held(store: _Store, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, web.Counts | Undecided]:
    """What it tells a stranger that it holds, when something that cannot exist is missing; or why it does not."""
    told = yield from one(Request("GET", store.path, _LONGEST, fresh=True))
    if isinstance(told, NoAnswer) and told.why in (NoAnswerReason.NOT_HTTP, NoAnswerReason.TIMED_OUT):
        return (yield from _spoken(store, target, place, told))
    refused = _undecided(store, place, told)
    if refused is not None or isinstance(told, NoAnswer):
        return refused or Unknown(place, store.kind, NoAnswerReason.BUG)
    try:
        counts = store.read(told.body)
    except web.NotTheStore:
        return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, "no answer of such a store")
    canary = yield from one(Request("GET", store.canary.format(nonce=target.nonce), 16_384))
    if isinstance(canary, NoAnswer):
        return Unknown(place, store.kind, canary.why, canary.detail)
    try:
        missing = canary.status == store.missing_status and store.missing(canary.body)
    except web.NotTheStore:
        missing = False
    if not missing:
        why = UndecidedReason.CATCH_ALL if canary.status == 200 else UndecidedReason.CANARY_FAILED
        return Unknown(place, store.kind, why, "something that cannot exist is not said to be missing")
    return counts


def _undecided(store: _Store, place: Place, told: Response | NoAnswer) -> Undecided | None:
    """What an answer says that is no whole 200; None for one that is."""
    if isinstance(told, NoAnswer):
        return Unknown(place, store.kind, told.why, told.detail)
    match told.status:
        case 200 if told.ending is Ending.WHOLE:
            return None
        case 200:
            cut = told.ending is Ending.CUT
            return Unknown(place, store.kind, UndecidedReason.BODY_TOO_LARGE if cut else UndecidedReason.BODY_BROKEN)
        case 401 if told.headers.get("www-authenticate") or web.refused(told.body):
            return Clear(place, store.kind, ClosedReason.LOGIN_DEMANDED)
        case 403 if web.refused(told.body):
            return Clear(place, store.kind, ClosedReason.DENIED)
        case 401 | 403:
            return Unknown(place, store.kind, UndecidedReason.REFUSED_BY_FRONT)
        case 429:
            return Unknown(place, store.kind, UndecidedReason.THROTTLED)
        case status if status >= 500:
            return Unknown(place, store.kind, UndecidedReason.SERVER_ERROR)
        case status:
            return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, f"status {status}")


def _spoken(store: _Store, target: ServiceTarget, place: Place, told: NoAnswer) -> Generator[Ask, Reply, Undecided]:
    """What a port that does not answer in HTTP greets with: another protocol's own words are a clear answer."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    greeting = yield from exchanged(Exchange(None, Some()))
    yield from exchanged(Disconnect())
    verdict = answered(target, place, greeting, _NOTHING)
    return verdict if isinstance(verdict, Clear) else Unknown(place, store.kind, told.why, told.detail)


ELASTICSEARCH: Probe[ServiceTarget] = Probe(
    ELASTIC.kind,
    ServiceTarget,
    _looks(ELASTIC),
    "Elasticsearch and OpenSearch that tell strangers which indices they hold.",
)
DOCKER: Probe[ServiceTarget] = Probe(
    DOCKERD.kind,
    ServiceTarget,
    _looks(DOCKERD),
    "Docker's interface, open to strangers: whoever reaches it runs what they like.",
)
PROMETHEUS: Probe[ServiceTarget] = Probe(
    PROM.kind, ServiceTarget, _looks(PROM), "Prometheus that tells strangers how many series it holds."
)

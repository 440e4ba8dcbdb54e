"""All that a probe may ask of the world, and every answer that it can get."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, TypeAlias

from probes.facts import FactKind
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup, Records
from probes.requests.session import InSession, Shown, SideBySide
from probes.requests.sources import CountRead, LogRead, MailboxRead, ReadCount, ReadLog, ReadMailbox
from probes.requests.stream import Received, Step, Sweep, Swept

Method: TypeAlias = Literal["GET", "HEAD", "PROPFIND"]
"""The verbs that leftopen knows. None of them writes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the target's own endpoint.

    `path` is sent to the letter: it begins with `/`, may carry a query, and is already percent-encoded.
    `take` is the most body, in bytes, that is read from the wire; with 0 the answer is judged by its headers.
    `fresh` asks for a new connection. `said` stands for the path wherever the ask is recorded: a path that
    was learnt from an answer may hold a person's number, so it is never written down itself (empty: a declared path).

    `host` asks elsewhere (empty: the target's own endpoint); the driver refuses what the inventory does not lead to:
    of a store another endpoint of the same provider by its name, of a service another declared host by its origin
    (`https://auth.region.example:443`). `signed` asks with the owner's probing key, of an account that has nothing to
    do with the bucket (AWS Signature Version 4); every other request goes out without any credential of ours.
    """

    method: Method
    path: str
    take: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    fresh: bool = False
    said: str = ""
    host: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """Requests whose order does not matter; the driver may send them side by side, within the host's pace."""

    asks: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """Asks nothing: says what is proven already, of which somebody may be told while the rest of the look goes on. The
    look ends with the same verdicts among its others. Whatever is sent back is of no account."""

    verdicts: tuple[Any, ...]
    """Each a `probes.api.Exposed`."""


Ask: TypeAlias = (
    Request | Together | Lookup | Step | Sweep | InSession | SideBySide | ReadLog | ReadMailbox | ReadCount | Proven
)
"""All that a probe may ask: over HTTP, of name servers, over a bare connection, in a declared subject's session, and of
what an owner exports."""


class Ending(StrEnum):
    """How a body ended."""

    WHOLE = "whole"
    CUT = "cut"  # we stopped reading at `take`
    BROKEN = "broken"  # the peer stopped before its own end: short, reset, stalled or malformed
    BOMB = "bomb"  # it decoded to more than the bound
    UNREADABLE = "unreadable"  # an encoding that we do not decode


@dataclass(frozen=True)
class Headers:
    """Response headers in their order; names in lower case."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The first value of `name` (any case), or `default`."""
        return self._first.get(name.lower(), default)

    @cached_property
    def _first(self) -> dict[str, str]:
        return dict(reversed(self.pairs))

    def all(self, name: str) -> str:
        """All values of `name`, joined as one list (RFC 9110 section 5.3)."""
        if name not in self._first:
            return ""
        return ", ".join([value for key, value in self.pairs if key == name])

    @property
    def lengths(self) -> frozenset[int]:
        """Every length that Content-Length says; more than one when it contradicts itself."""
        said = [part.strip() for part in self.all("content-length").split(",")]
        return frozenset([int(part) for part in said if part.isascii() and part.isdigit() and len(part) < 19])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


@dataclass(frozen=True)
class Response:
    """What came back: status, headers, and at most `Request.take` bytes of decoded body."""

    status: int
    headers: Headers
    body: bytes = b""
    ending: Ending = Ending.WHOLE
    wire: int = 0
    """Bytes of body read from the wire, before decoding."""
    certificate: tuple[FactKind, ...] = ()
    """What is wrong with the certificate shown, if any: recorded, and never a reason not to look."""
    leaf: str = ""
    """SHA-256 of the certificate shown; empty in clear text."""
    certificate_ends: str = ""
    """The day on which it ends."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @cached_property
    def type(self) -> str:
        """The media type without its parameters, in lower case; empty when none was sent."""
        return self.headers.get("content-type").partition(";")[0].strip().lower()

    @property
    def length(self) -> int | None:
        """Content-Length, where it is one number that can be believed, however often it is said."""
        lengths = self.headers.lengths
        return next(iter(lengths)) if len(lengths) == 1 else None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing came back that could be read; `detail` is our own words, never the peer's."""

    why: NoAnswerReason
    detail: str = ""


Answer: TypeAlias = Response | NoAnswer
Reply: TypeAlias = (
    Answer
    | tuple[Answer, ...]
    | Records
    | Received
    | Swept
    | Shown
    | tuple[Shown | NoAnswer, ...]
    | LogRead
    | MailboxRead
    | CountRead
)
"""What a probe is sent: an answer to a Request, a tuple in the order asked to a Together, records to a Lookup, what was
received at a step of a bare connection; or why there is none."""


def one(request: Request) -> Generator[Ask, Reply, Answer]:
    """`answer = yield from one(request)`: a single ask, typed."""
    told = yield request
    assert isinstance(told, Response | NoAnswer)  # noqa: S101  the driver answers a Request with one answer
    return told


def several(requests: tuple[Request, ...]) -> Generator[Ask, Reply, tuple[Answer, ...]]:
    """`answers = yield from several(requests)`: asks whose order does not matter, answered in the order given."""
    if not requests:
        return ()
    told = yield Together(requests)
    assert isinstance(told, tuple)  # noqa: S101  the driver answers a Together with a tuple of answers
    return tuple(answer for answer in told if isinstance(answer, Response | NoAnswer))


def looked_up(lookup: Lookup) -> Generator[Ask, Reply, Records | NoAnswer]:
    """`answer = yield from looked_up(Lookup(name))`: a question to name servers, typed."""
    told = yield lookup
    assert isinstance(told, Records | NoAnswer)  # noqa: S101  the driver answers a Lookup with records
    return told


def exchanged(step: Step) -> Generator[Ask, Reply, Received | NoAnswer]:
    """`answer = yield from exchanged(Exchange(...))`: a step of a bare connection, typed."""
    told = yield step
    assert isinstance(told, Received | NoAnswer)  # noqa: S101  the driver answers a step with what was received
    return told


def swept(sweep: Sweep) -> Generator[Ask, Reply, Swept | NoAnswer]:
    """`answer = yield from swept(Sweep(ports))`: a knock at many ports, typed."""
    told = yield sweep
    assert isinstance(told, Swept | NoAnswer)  # noqa: S101  the driver answers a Sweep with how ports answered
    return told

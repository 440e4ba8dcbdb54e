"""A finding: one exposure over time under one stable id, and the changes in its life."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Reason, SeverityReason
from probes.api import Place
from probes.facts import Fact
from probes.proof import Proof
from probes.reasons import OpenReason


class State(StrEnum):
    """The observation axis: it moves by the system alone. What people do with a finding is another axis."""

    SUSPECTED = "suspected"
    EXPOSED = "exposed"
    CLEARING = "clearing"
    CLEARED = "cleared"


class Severity(StrEnum):
    """How bad it is, worst last; compare with `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return _RANKS[self]


_RANKS = {one: rank for rank, one in enumerate(Severity)}


class Step(StrEnum):
    """What happened to a finding in one change."""

    SUSPECTED = "suspected"
    OPENED = "opened"
    GROWN = "grown"
    REOPENED = "reopened"
    CLEARING = "clearing"
    CLEARED = "cleared"
    RETRACTED = "retracted"  # people dismissed it after it was told: whoever was told hears of that, and nobody else
    RETURNED = "returned"  # people's hold on it ended, and it is still open
    UNDECLARED = "undeclared"  # folders of customers that nobody declared: whoever runs the host hears of it, alone
    WARNED = "warned"  # a legal clock has reached a warning level: its party is told, and nobody else
    INTENDED = "intended"  # its owner declares that it is meant to be open: whoever was told hears of that
    UNPROVABLE = "unprovable"  # seen clear often enough, and what must be refused to prove it is lost from the database
    UNPROMISED = (
        "unpromised"  # the inventory no longer makes the promise that is broken: whoever was told hears of that
    )
    RETIRED = "retired"  # inventory and DNS no longer lead to an endpoint where it was open: it is not asked any more
    DISPELLED = "dispelled"  # a suspicion that was never told, and did not last


TELLING = frozenset(
    {
        Step.OPENED,
        Step.GROWN,
        Step.REOPENED,
        Step.RETURNED,
        Step.UNPROVABLE,
        Step.RETIRED,
        Step.CLEARED,
        Step.INTENDED,
        Step.UNPROMISED,
    }
)
"""The steps that somebody is told about. Suspicion and a first clear look wake nobody."""

OVER = frozenset({Step.CLEARED, Step.INTENDED, Step.UNPROMISED})
"""The steps after which nobody need act: they are told to whoever heard of the finding before."""


@dataclass(frozen=True, slots=True)
class EndpointState:
    """A finding at one endpoint (address, port and way of speaking): when it was last open there, and clear since when.

    `clears` counts the conclusive clear looks since the last open one, `first_clear` is the first of them.
    `missed` counts the looks in a row that no longer led there, `missed_since` is the first of them.
    """

    endpoint: str
    last_open: datetime
    clears: int = 0
    first_clear: datetime | None = None
    last_clear: datetime | None = None
    missed: int = 0
    missed_since: datetime | None = None


ANYWHERE = "*"
"""In place of an endpoint that was retired while the finding was open there: every endpoint to which inventory and DNS
lead now. Clear looks at any of them count, so that a finding can close after its host has moved."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is on file about one exposure. Times are UTC."""

    id: str
    """`LO-` and ten characters of the fingerprint, with a check character: what people read aloud."""
    fingerprint: str
    tenant: str
    asset: str
    probe: str
    kind: str
    place: Place
    state: State
    severity: Severity
    severity_reasons: tuple[SeverityReason, ...]
    first_seen: datetime
    last_seen: datetime
    confirmed: datetime | None
    cleared: datetime | None
    last_known_good: datetime | None
    """The last clear look before the exposure; None: there was no conclusive look, so the start is unbounded."""
    reopened: int
    sequence: int
    """How many changes there have been: with the id it names one message, so that a repeat can be recognised."""
    active: bool
    """Whether files are still arriving: a live leak. It ends when nothing has arrived for some days."""
    seen: tuple[EndpointState, ...]
    extent: Extent
    why: OpenReason
    facts: tuple[Fact, ...]
    proof: tuple[Proof, ...] = ()
    reach: Extent | None = None
    """What the last survey counted below the place; None before there was one. `extent` is what a look itself shows."""
    last_arrival: datetime | None = None
    """When a file was last seen to arrive; None: never. `active` follows from it."""
    network: str = ""
    """The network from which it is open, as the ledger files it; empty: the one that the ledger began with."""
    witnessed: bool = False
    """Whether objects that answered a stranger were kept, which must be refused before it closes."""
    unprovable: datetime | None = None
    """Since when it would be closed, if those that were kept were not lost from the database: a person has to say after
    this that they are refused."""

    def changed(self, step: Step, at: datetime, reason: Reason) -> tuple[Finding, Change]:
        """The finding with one more change in its life, and that change."""
        finding = replace(self, sequence=self.sequence + 1)
        return finding, Change(self.id, finding.sequence, step, at, reason)

    def proven_seconds(self) -> float:
        """The exposure that is proven, in seconds: from the first to the last time it was seen open."""
        return (self.last_seen - self.first_seen).total_seconds()

    def possible_seconds(self, now: datetime) -> float | None:
        """The longest exposure that the looks allow, in seconds; None when it is unbounded."""
        if self.last_known_good is None:
            return None
        clears = [seen.first_clear for seen in self.seen if seen.first_clear is not None]
        end = max(clears) if len(clears) == len(self.seen) and clears else now
        return (end - self.last_known_good).total_seconds()


@dataclass(frozen=True, slots=True)
class Change:
    """One step in a finding's life; rows of these are only ever appended."""

    finding: str
    sequence: int
    step: Step
    at: datetime
    reason: Reason

    @property
    def tells(self) -> bool:
        """Whether somebody must hear of it."""
        return self.step in TELLING


def fingerprint(tenant: str, asset: str, exposure_class: str, place: Place, network: str = "") -> str:
    """The stable identity of an exposure: neither address, scheme, names, sizes nor time are in it.

    The network from which it is open is: what is open inside a closed network and what is open to the internet are two
    exposures. It is left out for the network that the ledger began with, so that old findings keep their ids.
    """
    text = "|".join((tenant, asset, exposure_class, str(place), *((f"from {network}",) if network else ())))
    return "fp1:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as another."""


def finding_id(print_: str) -> str:
    """The id that people use: `LO-` + nine characters of the fingerprint + one check character.

    The check is Luhn's algorithm modulo 32 over the alphabet: one mistyped character, or most swapped neighbours, never
    hit another case.
    """
    number = int(print_.removeprefix("fp1:")[:16], 16)
    digits = [number >> shift & 31 for shift in range(0, 45, 5)]
    return "LO-" + "".join(_ALPHABET[d] for d in digits) + _ALPHABET[_check(digits)]


def parse_finding_id(text: str, *, bare: bool = False) -> str | None:
    """The id that a person typed, as it is stored; None where it is none, or its check character does not fit.

    Case and surrounding space do not matter. `bare`: whether it may come without its `LO-`.
    """
    text = text.strip().upper()
    body = text.removeprefix("LO-")
    if len(body) != 10 or any(c not in _ALPHABET for c in body) or (body == text and not bare):
        return None
    digits = [_ALPHABET.index(c) for c in body]
    return f"LO-{body}" if _check(digits[:-1]) == digits[-1] else None


def _check(digits: list[int]) -> int:
    total, factor = 0, 2
    for digit in reversed(digits):
        addend = factor * digit
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return -total % 32

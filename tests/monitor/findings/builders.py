"""Verdicts of one place, and the fold of a list of them: what these tests share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.findings.decide import Decision, Look, Policy
from monitor.findings.finding import Change, Finding
from monitor.findings.match import OnFile, match_verdicts
from monitor.findings.reasons import Reason
from probes.api import Certainty, Clear, Exposed, Place, Unknown, Verdict
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, Why
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
POLICY = Policy("region", "recordings")
ROOT = Place("nas.test", 443, "/")
HERE, THERE = "http://nas.test:443@192.0.2.1", "http://192.0.2.1:443@192.0.2.1"


def entry(name: str, path: str = "", *, size: int | None = 370_000, at: datetime | None = None) -> Entry:
    """A file, or a folder when its name ends with a slash."""
    folder = name.endswith("/")
    return Entry(
        name=name.rstrip("/"),
        path=path or f"/{name}",
        kind=Kind.DIRECTORY if folder else Kind.FILE,
        size=None if size is None or folder else Size(size, size, size),
        modified=None if at is None else Modified(at, at),
    )


def listing(*entries: Entry, partial: str = "") -> Listing:
    """A listing of these."""
    return Listing(family="apache", entries=entries, partial=partial, reasons=("rows",))


CALLS = tuple(entry(f"call-{n}.wav") for n in range(6))


def opened(
    certainty: Certainty = Certainty.PROVEN, page: Listing | None = None, place: Place = ROOT, **more: Any
) -> Exposed:
    """An open folder."""
    page = page or listing(*CALLS)
    return Exposed(place, "listing", OpenReason.LISTED_AND_READABLE, certainty, page, **more)


def closed(why: Why = ClosedReason.FORBIDDEN, place: Place = ROOT) -> Clear:
    """A folder that is closed."""
    return Clear(place, "listing", why)


def unseen(why: Why = NoAnswerReason.TIMED_OUT, place: Place = ROOT) -> Unknown:
    """A folder that gave no verdict."""
    return Unknown(place, "listing", why)


def after(**span: float) -> datetime:
    """A time after noon."""
    return NOON + timedelta(**span)


@dataclass(frozen=True, slots=True)
class Event:
    """One verdict at one endpoint at one time."""

    at: datetime
    verdict: Verdict
    endpoint: str = HERE


@dataclass(frozen=True, slots=True)
class Folded:
    """Where a list of events leads."""

    findings: Mapping[str, Finding]
    changes: tuple[Change, ...]
    decisions: tuple[Decision | Reason, ...]

    @property
    def only(self) -> Finding:
        """The one finding that there is."""
        (one,) = self.findings.values()
        return one

    @property
    def steps(self) -> list[str]:
        """The steps in their order."""
        return [change.step.value for change in self.changes]


def step(on_file: Mapping[str, Finding], event: Event, policy: Policy = POLICY) -> tuple[Decision | Reason, ...]:
    """One event against what is on file."""
    return match_verdicts(
        (event.verdict,),
        Look("nas", "http-listing", event.endpoint, event.at),
        OnFile(on_file),
        policy,
    )


def fold(events: Iterable[Event], policy: Policy = POLICY) -> Folded:
    """All events, one after the other."""
    findings: dict[str, Finding] = {}
    changes: list[Change] = []
    decisions: list[Decision | Reason] = []
    for event in events:
        for decision in step(findings, event, policy):
            decisions.append(decision)
            if isinstance(decision, Decision):
                findings[decision.finding.fingerprint] = decision.finding
                if decision.change is not None:
                    changes.append(decision.change)
    return Folded(findings, tuple(changes), tuple(decisions))

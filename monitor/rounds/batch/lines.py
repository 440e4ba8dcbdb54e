"""What a round shows: each place as a line, and all of them counted, so that of many not every one need be held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from monitor.findings.decide import Decision
from monitor.findings.match import without_findings
from monitor.findings.reach.extent import Extent, extent_of
from monitor.findings.reasons import Reason
from probes.api import Clear, Exposed, Unknown, Verdict
from probes.reasons import ELSEWHERE


class Line(NamedTuple):
    """One place as one round saw it: what `run --json` prints."""

    asset: str
    target: str
    address: str
    port: int
    probe: str
    verdict: Verdict
    """Without its pages: a round over many open places would hold every row of them to its end."""
    note: Reason
    finding: str = ""
    extent: Extent | None = None
    """How much an open place shows; None for any other."""


Of: TypeAlias = tuple[str, str, str, int, str]
"""Whose place a line shows: asset, target, address, port, probe."""

Shown: TypeAlias = tuple[Verdict, ...] | list[Line]
"""The lines of a look; of one that saw nothing open its verdicts alone."""

OnLine = Callable[[Line], None]
"""Called with every place as soon as it is recorded."""


def line_of(of: Of, verdict: Verdict, decision: Decision | Reason) -> Line:
    """A place with the decision about its finding, or the reason why there is none."""
    extent = _extent(verdict, decision)
    if isinstance(decision, Decision):
        return Line(*of, _slim(verdict), decision.why, decision.finding.id, extent)
    return Line(*of, _slim(verdict), decision, "", extent)


def lines_of(of: Of, shown: Shown) -> list[Line]:
    """The lines of a look; those of one that saw nothing open are made of its verdicts."""
    if isinstance(shown, list):
        return shown
    return [Line(*of, verdict, why) for verdict, why in zip(shown, without_findings(shown), strict=True)]


@dataclass(slots=True)
class Seen:
    """What a round saw, counted."""

    places: int = 0
    open: list[Line] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    """By asset: how many places came to no verdict, by the reason."""
    clear: Counter[str] = field(default_factory=Counter)
    """By asset. What leads on, or does not speak our way, is no place: the one that does is counted."""

    @property
    def unjudged(self) -> int:
        """How many places came to no verdict."""
        return sum(whys.total() for whys in self.unknown.values())

    def add(self, asset: str, shown: Shown) -> None:
        """Count the places of a look at an asset."""
        self.places += len(shown)
        if isinstance(shown, list):
            self.open += [line for line in shown if isinstance(line.verdict, Exposed)]
        verdicts = shown if isinstance(shown, tuple) else tuple(line.verdict for line in shown)
        if clear := [one.why for one in verdicts if isinstance(one, Clear)]:
            here = clear if ELSEWHERE.isdisjoint(clear) else [why for why in clear if why not in ELSEWHERE]
            self.clear[asset] += len(here)
        if unknown := [one.why.value for one in verdicts if isinstance(one, Unknown)]:
            self.unknown.setdefault(asset, Counter()).update(unknown)


def _slim(verdict: Verdict) -> Verdict:
    return replace(verdict, listing=None, inside=()) if isinstance(verdict, Exposed) else verdict


def _extent(verdict: Verdict, decision: Decision | Reason) -> Extent | None:
    if not isinstance(verdict, Exposed):
        return None
    if isinstance(decision, Decision) and decision.change is not None and decision.change.sequence == 1:
        # The verdict that begins a finding is all that the finding knows: counting its rows once is enough.
        return decision.finding.extent
    return extent_of(verdict)

"""An observation: what one look at one target asked, how it was answered, and its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from probes.api import Target, Verdict


@dataclass(frozen=True, slots=True)
class RequestLog:
    """One request and what it was answered. `said` is fit to be stored: a path that was learnt is not in it."""

    method: str
    said: str
    outcome: str
    wire: int
    milliseconds: int
    digest: str = ""
    """SHA-256 of the body as it was read, for the evidence: it shows later that a page was this one, and tells nothing
    of what stood in it."""
    front: str = ""
    """Of the first request of a look at a web endpoint: what the answer looked like, by `probes.requests.front`."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One look of a probe at a target, from its first request to its last answer. Times are UTC."""

    asset: str
    probe: str
    target: Target
    started: datetime
    ended: datetime
    asked: tuple[RequestLog, ...]
    verdicts: tuple[Verdict, ...]
    network: str = ""
    """The network that it was seen from, as the ledger files it; empty: the network of this installation itself. What
    is seen from one network says nothing about what another one can reach."""
    early: bool = False
    """Whether it says what was proven in the middle of a look that goes on: it has the requests until then, and of the
    verdicts just these. The look itself follows, with all of both."""

    def seen_from(self, network: str) -> Observation:
        """The same look, filed under this network. `dataclasses.replace` takes three times as long, and every look of
        every round is filed."""
        if network == self.network:
            return self
        return Observation(
            self.asset,
            self.probe,
            self.target,
            self.started,
            self.ended,
            self.asked,
            self.verdicts,
            network,
            self.early,
        )

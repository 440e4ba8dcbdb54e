"""How a delivery ended, as its own process tells it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.store.messages.queued import Outcome


@dataclass(frozen=True, slots=True)
class Ended:
    """How a delivery ended, in our own words."""

    outcome: Outcome
    reason: str
    taken: tuple[str, ...] = ()
    """Keyed digests of the addresses that took it, where there are several (mail)."""
    permanent: bool = False
    """Whether the far end said that trying again is no use."""
    wait: float = 0.0
    """Seconds for which the far end asked to be left alone (Retry-After); 0: it did not ask."""

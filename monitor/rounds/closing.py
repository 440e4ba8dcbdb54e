"""How far a finding is on its way to be closed: how many clear looks of how many, and when the next one is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.findings.decide import Policy
from monitor.findings.finding import Finding, State
from monitor.rounds.due.plan import Rhythm, hurried, turns


@dataclass(frozen=True, slots=True)
class Closing:
    """What is still needed before the system closes a finding."""

    clears: int
    """Conclusive clear looks in a row so far, at the endpoint that has the fewest."""
    needed: int
    next_look: datetime
    earliest: datetime
    """When it is closed if every look from now on is clear."""


def closing(
    finding: Finding, policy: Policy, rhythm: Rhythm, last_look: datetime, now: datetime, watched: Collection[str] = ()
) -> Closing:
    """Where `finding`, which is open, stands on its way to be closed.

    `last_look` is when its asset was last looked at; `watched` are the findings that somebody says are closed.
    """
    then = turns((rhythm,), {rhythm.asset: last_look}, (finding,), now, watched)
    following = now if then.ready else then.following
    # Once it begins to close it is looked at more often.
    interval = hurried(rhythm, (finding,), watched)
    ends = [following]
    for seen in finding.seen:
        missing = max(0, policy.clear_looks - seen.clears)
        spread = max(interval, policy.clear_over / max(1, policy.clear_looks - 1)) if missing > 1 else timedelta()
        begun = seen.first_clear if seen.clears and seen.first_clear is not None else following
        ends.append(max(begun + policy.clear_over, following + max(0, missing - 1) * min(interval, spread or interval)))
    clears = min((seen.clears for seen in finding.seen), default=0) if finding.state is State.CLEARING else 0
    return Closing(min(clears, policy.clear_looks), policy.clear_looks, following, max(ends))

"""Retires endpoints to which inventory and DNS no longer lead: a host that moved must not keep a finding open.

Nobody may ask at such an endpoint any more (its address may be a stranger's by now), so it is never proven closed
there. The finding closes when the place is seen clear wherever inventory and DNS lead now, as often and for as long as
always.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from monitor.findings.decide import Decision, Policy, changed, is_closed
from monitor.findings.finding import ANYWHERE, EndpointState, Finding, State, Step
from monitor.findings.reasons import Cause, Retired


def retire(finding: Finding, led_to: Collection[str], now: datetime, policy: Policy) -> Decision | None:
    """What a whole look at an asset makes of a finding's endpoints, when it led to those of `led_to` and no others.

    None: nothing to put on file. It is told (a change) only when nothing else is known to be open: behind addresses
    that rotate, the others carry the finding on.
    """
    seen = tuple(_counted(one, led_to, now, policy.retire_after) for one in finding.seen)
    gone = [one for one in seen if _is_gone(one, now, policy)]
    left = tuple(one for one in seen if one not in gone)
    if not gone or (finding.state is State.CLEARED and not left):
        missed = replace(finding, seen=seen)
        return None if missed == finding else Decision(missed, None, Cause.NOT_LED_TO)
    proven = finding.state is State.CLEARED or all(is_closed(one, policy) for one in gone)
    if proven or any(one.clears == 0 for one in left):
        return Decision(replace(finding, seen=left or seen), None, Cause.NOT_LED_TO)
    left = (
        *(one for one in left if one.endpoint != ANYWHERE),
        EndpointState(ANYWHERE, max(one.last_open for one in gone)),
    )
    retired = replace(finding, seen=left)
    why = Retired(tuple(one.endpoint for one in gone), policy.retire_after)
    if finding.state is State.SUSPECTED:
        return Decision(retired, None, why)
    return changed(retired, Step.RETIRED, now, why)


def _counted(one: EndpointState, led_to: Collection[str], now: datetime, most: int) -> EndpointState:
    if one.endpoint in led_to or one.endpoint == ANYWHERE:
        return replace(one, missed=0, missed_since=None) if one.missed else one
    # What lies ahead was seen by a clock that was wrong: counted from there it would never be over.
    since = one.missed_since if one.missed_since is not None and one.missed_since <= now else now
    return replace(one, missed=min(one.missed + 1, most), missed_since=since)


def _is_gone(one: EndpointState, now: datetime, policy: Policy) -> bool:
    if one.missed_since is None:
        return False
    return one.missed >= policy.retire_after and now - one.missed_since >= policy.clear_over

"""The head of every page: is anything open, can we see, can we tell; each with its age."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.alerts.damage import SAID_FOR
from monitor.alerts.messages.text.reason import reason_text
from monitor.alerts.queue.send_conditions import must_confirm, parties_of
from monitor.alerts.routing.recipients import Language
from monitor.api.times import iso
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.coverage.states import asset_states
from monitor.findings.reasons import Reason
from monitor.health.vantages import vantage_states
from monitor.store import summaries
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from monitor.store.tables import rounds, service_faults
from monitor.web.identity.grants import Seen
from monitor.web.read import coverage
from monitor.web.read.deadlines import ending, first_to_end
from monitor.web.read.parties import Tallies, tallies

SEEING = ("looks", "inventory", "timers")
TELLING = ("sending", "channels", "acknowledgement page")
"""Parts of the service without which we do not see, or cannot tell."""


@dataclass(frozen=True, slots=True)
class Head:
    """The three answers as JSON values, and the states of the assets that they rest on."""

    at: datetime
    answers: dict[str, Any]
    states: tuple[AssetState, ...]
    """The worst first."""
    reasons: tuple[dict[str, Any], ...]
    """Why assets were not judged."""
    tallies: Tallies
    deadlines: tuple[dict[str, Any], ...] = ()
    """The legal clocks that end within a day."""
    blind: Reason | None = None
    """Why the last round was blind."""

    def said(self, language: Language) -> dict[str, Any]:
        """The three answers for a reader of that language."""
        if self.blind is None or language == "en" or self.answers["see"]["blind"] is None:
            return self.answers
        see = self.answers["see"] | {"blind": reason_text(self.blind, language)}
        return self.answers | {"see": see}

    @property
    def version(self) -> str:
        """Another one where one of the answers is another; time that passes alone makes none."""
        told, see = self.answers["open"], self.answers["see"]
        said = [told["count"], told["by_severity"], told["settled"], see["state"], self.answers["tell"]["well"]]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def open(self) -> int:
        """How many findings are open and neither accepted nor dismissed."""
        return int(self.answers["open"]["count"])


def head(ledger: Ledger, seen: Seen, now: datetime) -> Head:
    """The three answers for one scope at one time."""
    states = coverage.worst_first(asset_states(ledger, seen.inventory, now))
    deadlines = tuple(ending(ledger, seen, now))
    return _head(ledger, seen, states, deadlines, now)


def amended(ledger: Ledger, seen: Seen, before: Head, findings: Collection[str], now: datetime) -> Head:
    """The head after people have done something about these findings: what their actions have changed is read anew, and
    all else is as it was, and as old."""
    assets = {one.asset for one in ledger.findings(ids=findings)} if findings else ()
    changed = {one.asset: one for one in asset_states(ledger, seen.inventory, now, assets)} if assets else {}
    states = tuple(changed.get(one.asset, one) for one in before.states)
    if states != before.states:
        states = coverage.worst_first(states)
    deadlines = [one for one in before.deadlines if one["finding"] not in findings]
    deadlines += ending(ledger, seen, now, findings) if findings else ()
    return _head(ledger, seen, states, tuple(first_to_end(deadlines)), now, before)


def _head(
    ledger: Ledger,
    seen: Seen,
    states: tuple[AssetState, ...],
    deadlines: tuple[dict[str, Any], ...],
    now: datetime,
    before: Head | None = None,
) -> Head:
    last = next(iter(rounds.last(ledger, 1)), None)
    see = _see(ledger, seen, states, last, now)
    answers = {"open": _open(ledger), "see": see, "tell": _tell(ledger, seen, now)}
    blind = last.blind if last is not None else None
    if before is not None and before.states == states:
        # Whoever takes a finding changes no state: what ten thousand of them come to is not counted anew.
        return replace(before, answers=answers, deadlines=deadlines, blind=blind)
    at = now if before is None else before.at
    return Head(at, answers, states, tuple(coverage.reasons(states)), tallies(seen, states), deadlines, blind)


def _open(ledger: Ledger) -> dict[str, Any]:
    opened = summaries.opened(ledger)
    return {
        "count": opened.count,
        "by_severity": {severity.value: count for severity, count in opened.by_severity.items()},
        "oldest": iso(opened.oldest),
        "settled": opened.settled,
    }


def _see(
    ledger: Ledger, seen: Seen, states: tuple[AssetState, ...], last: rounds.RoundRow | None, now: datetime
) -> dict[str, Any]:
    """We see when every asset was judged in time, and the last round was not blind. Silence is never green.

    `state` is `all`, `part` (some assets have no verdict in time) or `none` (no look in time at any, or a blind round).
    """
    counts = Counter(one.status for one in states)
    unjudged = sum(not one.judged for one in states)
    stopped = all(one.late for one in states)
    failing = _failing(ledger, seen, SEEING)
    # Who does not see is the installation's business; that something was not judged is said of the assets.
    vantages = vantage_states(ledger, seen.inventory, now) if seen.scope.installation else ()
    blind = last is None or last.blind is not None
    if vantages:
        # The last batch is that of any of them: it says nothing of the others.
        blind = not any(one.sees for one in vantages)
    unseeing = [f"{one.id} ({one.network})" for one in vantages if not one.sees]
    looks = [one.last_look for one in states if one.last_look is not None]
    return {
        "well": not (stopped or blind or unjudged or failing or unseeing),
        "state": "none" if stopped or blind else "part" if unjudged or failing or unseeing else "all",
        "stopped": stopped,
        "assets": len(states),
        "unjudged": unjudged,
        "by_status": {status.value: counts[status] for status in AssetStatus if counts[status]},
        # The oldest of them: the newest would hide an asset that nobody looks at any more.
        "oldest_look": iso(min(looks)) if looks and len(looks) == len(states) else None,
        "last_look": iso(max(looks, default=None)),
        "last_round": iso(last.started) if last else None,
        "failing": failing,
        **({"unseeing": unseeing} if vantages else {}),
        "blind": reason_text(last.blind, "en") if blind and last and last.blind else None,
    }


def _tell(ledger: Ledger, seen: Seen, now: datetime) -> dict[str, Any]:
    """We can tell when every message is taken, nothing is dead, and every channel works and is confirmed."""
    stands = summaries.telling(ledger, now)
    unconfirmed = [channel.id for channel in seen.inventory.channels if _unconfirmed(ledger, seen, channel.id, now)]
    failing = _failing(ledger, seen, TELLING)
    if seen.scope.installation:
        failing += [f"the row of {one.what} was damaged" for one in damaged_rows.on_file(ledger, now - SAID_FOR)]
    # Who runs this installation is shown to its operators alone.
    unheard = seen.scope.installation and not seen.inventory.operator_channels()
    wrong = stands.late or stands.failing or stands.dead or stands.told_to_nobody
    return {
        "well": not (wrong or unconfirmed or failing or unheard),
        "told_to_nobody": stands.told_to_nobody,
        "late": stands.late,
        "oldest_late": iso(stands.oldest),
        "held": stands.held,
        "dead": stands.dead,
        "not_taken": stands.failing,
        "failing": failing,
        "no_operators": unheard,
        "unconfirmed": unconfirmed,
        "last_accepted": iso(stands.last_accepted),
    }


def _failing(ledger: Ledger, seen: Seen, parts: Collection[str]) -> list[str]:
    """What is wrong with these parts of the service now; empty in a scope that does not run this installation."""
    if not seen.scope.installation:
        return []
    return [f"{one.part}: {one.why}" for one in service_faults.faults(ledger) if one.part in parts]


def _unconfirmed(ledger: Ledger, seen: Seen, id_: str, now: datetime) -> bool:
    channel = seen.inventory.channel(id_)
    if not must_confirm(channel, seen.inventory):
        return False
    said = confirmations.confirmation(ledger, id_)
    # Where it leads is a secret that a page does not read: that its address has changed is said by `leftopen health`.
    return said is None or not said.holds(parties_of(channel, seen.inventory), None, now)

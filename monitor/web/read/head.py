"""The head of every page: is anything open, can we see, can we tell; each with its age."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.messages.reason_text import reason_text
from monitor.alerts.queue.send_conditions import must_confirm, parties_of
from monitor.alerts.routing.recipients import Language
from monitor.api.times import iso
from monitor.coverage.asset_state import GRACE, LATE_LOOKS, AssetState, AssetStatus
from monitor.coverage.states import asset_states
from monitor.findings.reasons import Reason
from monitor.store import summaries
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from monitor.store.tables import rounds
from monitor.web.identity.grants import Seen


@dataclass(frozen=True, slots=True)
class Head:
    """The three answers as JSON values, and the states of the assets that they rest on."""

    at: datetime
    answers: dict[str, Any]
    states: tuple[AssetState, ...]
    blind: Reason | None = None
    """Why the last round was blind."""

    def said(self, language: Language) -> dict[str, Any]:
        """The three answers for a reader of that language."""
        if self.blind is None or language == "en":
            return self.answers
        see = self.answers["see"] | {"blind": reason_text(self.blind, language)}
        return self.answers | {"see": see}

    @property
    def open(self) -> int:
        """How many findings are open and neither accepted nor dismissed."""
        return int(self.answers["open"]["count"])


def head(ledger: Ledger, seen: Seen, now: datetime) -> Head:
    """The three answers for one scope at one time."""
    states = asset_states(ledger, seen.inventory, now)
    last = next(iter(rounds.last(ledger, 1)), None)
    see = _see(seen, states, last, now)
    answers = {"open": _open(ledger), "see": see, "tell": _tell(ledger, seen, now)}
    return Head(now, answers, states, last.blind if last is not None else None)


def _open(ledger: Ledger) -> dict[str, Any]:
    opened = summaries.opened(ledger)
    return {
        "count": opened.count,
        "by_severity": {severity.value: count for severity, count in opened.by_severity.items()},
        "oldest": iso(opened.oldest),
        "settled": opened.settled,
    }


def late_look(state: AssetState, seen: Seen, now: datetime) -> bool:
    """Whether the last look at an asset is too old to say how it stands, also where it was open then."""
    interval = seen.inventory.settings(seen.inventory.asset(state.asset)).interval
    return state.last_look is None or now - state.last_look > LATE_LOOKS * interval + GRACE


def _see(seen: Seen, states: tuple[AssetState, ...], last: rounds.RoundRow | None, now: datetime) -> dict[str, Any]:
    """We see when every asset was judged in time, and the last round was not blind. Silence is never green.

    `state` is `all`, `part` (some assets have no verdict in time) or `none` (no look in time at any, or a blind round).
    """
    counts = Counter(one.status for one in states)
    late = {one.asset for one in states if late_look(one, seen, now)}
    unjudged = sum(not one.status.judged or one.asset in late for one in states)
    stopped = len(late) == len(states)
    blind = last is None or last.blind is not None
    looks = [one.last_look for one in states if one.last_look is not None]
    return {
        "well": not (stopped or blind or unjudged),
        "state": "none" if stopped or blind else "part" if unjudged else "all",
        "stopped": stopped,
        "assets": len(states),
        "unjudged": unjudged,
        "by_status": {status.value: counts[status] for status in AssetStatus if counts[status]},
        # The oldest of them: the newest would hide an asset that nobody looks at any more.
        "oldest_look": iso(min(looks)) if looks and len(looks) == len(states) else None,
        "last_look": iso(max(looks, default=None)),
        "last_round": iso(last.started) if last else None,
        "blind": reason_text(last.blind, "en") if last and last.blind else None,
    }


def _tell(ledger: Ledger, seen: Seen, now: datetime) -> dict[str, Any]:
    """We can tell when nothing waits for too long, nothing is dead, and every channel is confirmed."""
    stands = summaries.telling(ledger, now)
    unconfirmed = [channel.id for channel in seen.inventory.channels if _unconfirmed(ledger, seen, channel.id, now)]
    return {
        "well": not (stands.late or stands.dead or stands.told_to_nobody or unconfirmed),
        "told_to_nobody": stands.told_to_nobody,
        "late": stands.late,
        "oldest_late": iso(stands.oldest),
        "held": stands.held,
        "dead": stands.dead,
        "unconfirmed": unconfirmed,
        "last_accepted": iso(stands.last_accepted),
    }


def _unconfirmed(ledger: Ledger, seen: Seen, id_: str, now: datetime) -> bool:
    channel = seen.inventory.channel(id_)
    if not must_confirm(channel, seen.inventory):
        return False
    said = confirmations.confirmation(ledger, id_)
    # Where it leads is a secret that a page does not read: that its address has changed is said by `leftopen health`.
    return said is None or not said.holds(parties_of(channel, seen.inventory), None, now)

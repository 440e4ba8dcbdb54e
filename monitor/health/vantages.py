"""Does each vantage see: a control of its network failed, nothing came from it, or too much stayed unanswered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.findings.reasons import Cause, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundRow

SILENT_AFTER = 2
"""Intervals without a result after which a vantage is blind: its controls are asked in every batch."""
GRACE = timedelta(minutes=5)
MOST_UNANSWERED = 0.05
"""The share of batches that may stay unanswered."""
_WINDOW = 4
"""Intervals of which the unanswered batches are counted: what is over is not held against a vantage for ever."""
_LAST = 400


class Seeing(StrEnum):
    """Whether a vantage sees, and why not."""

    SEES = "sees"
    NEVER = "never"
    SILENT = "silent"
    BLIND = "blind"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class VantageState:
    """How one vantage stands."""

    id: str
    network: str
    seeing: Seeing
    last: datetime | None = None
    """When it last handed in anything."""
    blind: Reason | None = None
    """Why its last batch saw nothing."""
    given: int = 0
    unanswered: int = 0
    """Batches of the last intervals, and how many of them nothing came of."""

    @property
    def sees(self) -> bool:
        """Whether what it hands in says how things stand."""
        return self.seeing is Seeing.SEES


def vantage_states(ledger: Ledger, inventory: Inventory, now: datetime) -> tuple[VantageState, ...]:
    """Each vantage that is to look at anything, this installation's own first; none where there is only one: what is
    wrong with it is said of the installation."""
    if not inventory.vantages:
        return ()
    found = []
    for one in inventory.every_vantage:
        if one is inventory.vantage and any(other.network == one.network for other in inventory.vantages):
            continue  # others look in its place
        assets = [asset for asset in inventory.assets if one.network in inventory.looked_from(asset)]
        every = min((inventory.settings(asset).interval for asset in assets), default=None)
        if every is not None:
            found.append(_state(one.id, one.network, rounds.of_vantage(ledger, one.id, _LAST), every, now))
    return tuple(found)


def _state(id_: str, network: str, made: Sequence[RoundRow], every: timedelta, now: datetime) -> VantageState:
    """How a vantage stands at `now`, by its last rounds (the newest first) and the interval of what it looks at."""
    answered = [one for one in made if one.ended is not None and one.blind is not Cause.VANTAGE_SILENT]
    lately = [one for one in made if one.ended is not None and now - one.started <= _WINDOW * every + 2 * GRACE]
    unanswered = sum(one.blind is Cause.VANTAGE_SILENT for one in lately)
    last = answered[0].ended if answered else None
    blind = answered[0].blind if answered else None
    if last is None:
        seeing = Seeing.NEVER
    elif now - last > SILENT_AFTER * every + GRACE:
        seeing = Seeing.SILENT
    elif blind is not None:
        seeing = Seeing.BLIND
    elif unanswered > MOST_UNANSWERED * len(lately):
        seeing = Seeing.UNANSWERED
    else:
        seeing = Seeing.SEES
    return VantageState(id_, network, seeing, last, blind, len(lately), unanswered)

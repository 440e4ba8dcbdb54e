"""Open findings of which nobody was told, each with the reason: what an operator must hear loudly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.messages import leases
from monitor.store.tables import actions

NO_CHANNEL = "no channel of its parties takes it"


@dataclass(frozen=True, slots=True)
class Untold:
    """An open finding, and why no message about it was accepted by anybody."""

    finding: str
    asset: str
    channel: str
    """The channel where it is stuck; empty if there is none."""
    why: str


def untold(ledger: Ledger, now: datetime) -> tuple[Untold, ...]:
    """The open findings about which no provider has accepted a message, in the order of their ids.

    What another process is sending at this moment may arrive yet, and is left out.
    """
    in_hand = leases.claimed(ledger, now)
    rows = ledger.rows(
        """SELECT id, finding, channel, state, last_error FROM dues
           WHERE finding <> '' AND step NOT IN ('warned', 'undeclared') ORDER BY finding, id"""
    )
    told = {
        row["finding"]
        for row in ledger.rows(
            """SELECT DISTINCT d.finding FROM dues d JOIN deliveries t ON t.due = d.id
               WHERE t.outcome = 'accepted' AND d.step NOT IN ('warned', 'undeclared')"""
        )
    }
    stuck = {row["finding"]: row for row in rows}
    told |= {row["finding"] for row in rows if row["id"] in in_hand}
    found = []
    for finding in sorted(actions.still_open(ledger), key=lambda one: one.id):
        if finding.id in told:
            continue
        row = stuck.get(finding.id)
        why = NO_CHANNEL if row is None else row["last_error"] or f"the message is {row['state']}"
        found.append(Untold(finding.id, finding.asset, row["channel"] if row else "", why))
    return tuple(found)

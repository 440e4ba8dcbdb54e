"""Taking back what was told of a dismissed finding: to everybody whom it reached, once, and to nobody else."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.messages.new_messages import retraction_messages
from monitor.findings.finding import Step
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.events import Event
from monitor.store.tables import actions


def retract(ledger: Ledger, inventory: Inventory, round_: str, now: datetime) -> None:
    """Withdraw what was not sent yet, and owe a retraction where something did arrive, or may have.

    It is safe to call again and again: a message that was under way when people dismissed is found at a later call.
    """
    with ledger.step():
        for finding, since in actions.dismissed(ledger):
            events.ungroup(ledger, finding.id, now)
            for due in events.waiting(ledger, finding.id):
                if due.owed.step != Step.RETRACTED and not events.in_hand(ledger, due.id, now):
                    events.stop(ledger, due, Event.WITHDRAWN, now, "leftopen", "dismissed before it was sent")
            reached = events.reached(ledger, finding.id)
            if not reached:
                continue
            told = [c for c in queries.changes(ledger, finding.id) if c.step is Step.RETRACTED and c.at >= since]
            if told:
                ledger.owe_now(retraction_messages(finding, told[-1], inventory, reached), now)
                continue
            moved, change = finding.changed(Step.RETRACTED, now, Cause.DISMISSED)
            ledger.save(moved, change, round_, now, retraction_messages(moved, change, inventory, reached))

"""Tells those who run leftopen of rows of the database that were damaged."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from monitor.alerts.messages.new_messages import damaged_rows_messages
from monitor.inventory.model.inventory import Inventory
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger

log = logging.getLogger("leftopen")

SAID_FOR = timedelta(days=7)
"""So long `leftopen health` says it of each."""


def tell_damage(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Set aside what no question by state would show, and owe one message for all that nobody was told of yet."""
    if damaged_rows.of_no_state(ledger):
        damaged_rows.set_aside(ledger, now)
    if not damaged_rows.on_file(ledger, now - SAID_FOR, untold=True):
        return
    with ledger.step():
        untold = damaged_rows.on_file(ledger, now - SAID_FOR, untold=True)
        for one in untold:
            log.error("the database: the row of %s was damaged", one.what)
        ledger.owe_now(damaged_rows_messages([one.what for one in untold], inventory, now), now)
        damaged_rows.mark_told(ledger, untold[-1].id)

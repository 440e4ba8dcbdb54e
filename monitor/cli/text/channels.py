"""Which channels work from here: whether each has an address, whether it can be read, and whether it was confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.alerts.delivery.address import address_problem
from monitor.alerts.queue.send_conditions import must_confirm
from monitor.alerts.routing.reachability import unconfirmed
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel as it stands on this machine."""

    channel: str
    party: str
    works: bool
    """Whether an alert would be sent there now; that its provider takes it is shown by a test alone."""
    why: str


def channel_states(
    inventory: Inventory, ledger: Ledger | None, environ: Mapping[str, str], now: datetime
) -> tuple[ChannelState, ...]:
    """Each channel of the inventory. Without a ledger nothing was confirmed yet."""
    waiting = dict(unconfirmed(ledger, inventory, environ, now)) if ledger is not None else {}
    found = []
    for channel in inventory.channels:
        party = channel.party or ", ".join(one.id for one in inventory.parties if channel.id in one.channels)
        why = address_problem(channel.url, environ)
        if not why and must_confirm(channel, inventory) and (ledger is None or channel.id in waiting):
            why = f"{waiting.get(channel.id, 'it was never confirmed')}: leftopen confirm {channel.id}"
        found.append(ChannelState(channel.id, party, not why, why))
    return tuple(found)


def as_json(states: Iterable[ChannelState]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [asdict(one) for one in states]


def show(out: Console, states: Iterable[ChannelState]) -> None:
    """The same as a table."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("channel", "reaches", "works here", "why not, and what to do"):
        table.add_column(heading, overflow="fold")
    for one in states:
        works = "[green]yes[/]" if one.works else "[bold red]NO[/]"
        table.add_row(escape(one.channel), escape(one.party or "those who run leftopen"), works, escape(one.why))
    out.print(table)

"""`leftopen message`: what was sent, or would be sent, to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.alerts.delivery.writing import preview
from monitor.api.json_text import json_text
from monitor.api.times import iso
from monitor.cli import console
from monitor.cli.messages.chosen import members_of, message_of
from monitor.cli.opening import Reading, fail, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.findings.finding import parse_finding_id
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.queued import QueuedMessage


@click.command()
@click.argument("which", metavar="ID|ID/N|NUMBER")
@inventory_argument
@database_option
@json_option
def message(which: str, inventory: Path, database: str | None, as_json: bool) -> None:
    """Print messages: as they were sent, else as they would be sent now, and to whom.

    ID is a finding (all messages about it), ID/N one step of its life, NUMBER one message as `leftopen trace` prints
    it. Links in the text cannot be used.
    """
    checked = load_inventory(inventory, quiet=True).inventory
    with Reading(database) as ledger:
        for due in _wanted(ledger, which):
            value = _value(ledger, checked, due)
            if as_json:
                click.echo(json_text(value))
            else:
                _show(value)


def _wanted(ledger: Ledger, which: str) -> tuple[QueuedMessage, ...]:
    id_, _, step = which.strip().partition("/")
    finding = parse_finding_id(id_)
    if finding is None:
        return message_of(ledger, which)
    found = tuple(one for one in events.of_finding(ledger, finding) if step in ("", str(one.owed.sequence)))
    return found or fail(
        f"no message was ever made about {which}: no channel of its parties takes it, or nothing is told"
    )


def _value(ledger: Ledger, inventory: Inventory, due: QueuedMessage) -> dict[str, Any]:
    sent = queries.text_sent(ledger, due.id)
    text = preview(inventory, due.owed, [one.owed for one in members_of(ledger, due)])
    return {
        "number": due.id,
        "channel": due.owed.channel,
        "party": due.owed.party,
        "state": due.state.value,
        "created": iso(due.created),
        "sent": iso(sent[0]) if sent else None,
        "why": due.last_error,
        "text": sent[1] if sent and sent[1] else f"{text.title}\n{text.body}",
    }


def _show(value: dict[str, Any]) -> None:
    out = console.out()
    why = ", ".join(filter(None, (value["state"], value["why"])))
    fate = f"sent {value['sent']}" if value["sent"] else f"NOT SENT: {why}"
    out.rule(align="left", style="dim")
    who = value["party"] or "those who run leftopen"
    out.print(f"#{value['number']} to {value['channel']} ({who}), of {value['created']}: {fate}", markup=False)
    out.print()
    out.print(value["text"], markup=False, soft_wrap=True)
    out.print()

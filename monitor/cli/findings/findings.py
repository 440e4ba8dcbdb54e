"""`leftopen findings`: what is open, worst first."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from monitor.api.finding import finding_json, seen_from
from monitor.api.json_text import json_text
from monitor.api.times import iso
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, Reading, in_chain, load_inventory
from monitor.cli.options import (
    chain_options,
    csv_option,
    database_option,
    inventory_argument,
    json_option,
    severity_option,
)
from monitor.cli.text.csv_rows import print_csv
from monitor.cli.text.findings import show_findings
from monitor.findings.finding import Finding, State
from monitor.findings.handling import Handling, TriageStatus
from monitor.store.tables import actions, networks

if TYPE_CHECKING:
    from monitor.inventory.model.inventory import Inventory


@click.command()
@inventory_argument
@database_option
@json_option
@csv_option
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also list findings that are cleared, only suspected, or no longer promised.",
)
@chain_options
@severity_option
@click.option(
    "--state", "states", multiple=True, type=click.Choice([one.value for one in State]), help="Only these states."
)
@click.option("--asset", "assets", multiple=True, metavar="ID", help="Only findings of this asset; may be repeated.")
def findings(
    inventory: Path,
    database: str | None,
    as_json: bool,
    as_csv: bool,
    everything: bool,
    party: str | None,
    contract: str | None,
    severities: tuple[str, ...],
    states: tuple[str, ...],
    assets: tuple[str, ...],
) -> None:
    """List what is open, since when and how far it reaches; the worst comes first.

    The inventory says what was to be judged, and what --party and --contract mean.

    Exit code 1 when anything that is listed is open; 3 when nothing is, and an asset was not wholly judged or there is
    no inventory that says which there are; else 0.
    """
    declared = load_inventory(inventory, quiet=True).inventory if party or contract else None
    with Reading(database) as ledger:
        every = ledger.findings() if everything or states else ledger.findings(states=actions.OPEN)
        stands, names = actions.handlings(ledger, every), networks.named(ledger)
    if not (everything or states):
        # Of a promise that is not made any more nothing is open.
        every = tuple(one for one in every if stands[one.id].standing is not TriageStatus.UNPROMISED)
    chosen = [
        one
        for one in every
        if (not severities or one.severity.value in severities)
        and (not states or one.state.value in states)
        and (not assets or one.asset in assets)
        and (declared is None or in_chain(declared, one.asset, party, contract))
    ]
    _show(chosen, stands, names, as_json=as_json, as_csv=as_csv, everything=everything)
    # What is accepted or dismissed is shown all the same, with its standing: it is open, and people know.
    still_open = any(
        one.state.value in actions.OPEN and stands[one.id].standing not in actions.SETTLED for one in chosen
    )
    if still_open:
        sys.exit(OPEN)
    if not inventory.exists():
        console.talk().print(f"whether every asset was judged is not known: there is no {escape(str(inventory))} here")
        sys.exit(BLIND)
    declared = declared or load_inventory(inventory, quiet=True).inventory
    sys.exit(_judged(database, declared, assets, party, contract))


def _judged(
    database: str | None, declared: Inventory, assets: tuple[str, ...], party: str | None, contract: str | None
) -> int:
    """The exit code where nothing is open: that says little of an asset that was not wholly judged."""
    from monitor.coverage.states import asset_states

    with Reading(database) as ledger:
        states = [
            one
            for one in asset_states(ledger, declared, datetime.now(UTC))
            if (not assets or one.asset in assets) and in_chain(declared, one.asset, party, contract)
        ]
    unjudged = sum(not one.judged for one in states)
    if states and not unjudged:
        return NOTHING_OPEN
    console.talk().print(f"[yellow]NOT WHOLLY JUDGED[/]: {unjudged} of {len(states)} declared assets: leftopen status")
    return BLIND


def _show(
    chosen: list[Finding],
    stands: Mapping[str, Handling],
    names: Mapping[str, str],
    *,
    as_json: bool,
    as_csv: bool,
    everything: bool,
) -> None:
    now = datetime.now(UTC)
    if as_json:
        for one in chosen:
            value = finding_json(one, now, names=names) | {"handling": stands[one.id].standing.value}
            click.echo(json_text(value))
    elif as_csv:
        print_csv([_row(one, stands[one.id], now) | seen_from(one.network, names) for one in chosen])
    elif chosen:
        show_findings(console.out(), chosen, now, stands, names)
    else:
        console.talk().print("nothing is open" + ("" if everything else " (--all shows what was)"))


def _row(one: Finding, stands: Handling, now: datetime) -> dict[str, Any]:
    """A finding as a row of a spreadsheet."""
    counted = one.reach or one.extent
    possible = one.possible_seconds(now)
    return {
        "id": one.id,
        "severity": one.severity.value,
        "state": one.state.value,
        "handling": stands.standing.value,
        "by": stands.by,
        "asset": one.asset,
        "place": str(one.place),
        "kind": one.kind,
        "files": counted.files,
        "bytes": counted.size,
        "first_seen": iso(one.first_seen),
        "last_seen": iso(one.last_seen),
        "cleared": iso(one.cleared),
        "proven_seconds": round(one.proven_seconds()),
        "possible_seconds": None if possible is None else round(possible),
    }

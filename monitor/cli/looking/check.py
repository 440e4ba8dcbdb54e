"""`leftopen check`: every problem of an inventory with its line; what would be asked, how often, at what cost."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from monitor.alerts.messages.formatting import duration
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import WRONG, Reading, database_path, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.cli.text import account_costs, channels, names, services
from monitor.cli.text.long_table import LongTable
from monitor.cli.text.states import not_declared
from monitor.coverage.states import undeclared
from monitor.inventory.endpoints import Estimate, estimate
from monitor.inventory.load import Checked, Problem, Problems
from monitor.inventory.load import check as load_checked
from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.schema import schema
from monitor.inventory.warnings import practice_values
from probes.api import BucketTarget
from probes.recognise.media.recorder_paths import default_paths


@click.command()
@inventory_argument
@json_option
@database_option
@click.option(
    "--schema", "print_schema", is_flag=True, help="Print the inventory's JSON Schema, for editors, and stop."
)
@click.option("--names", "ask_names", is_flag=True, help="Also ask the name servers where each declared name leads.")
def check(inventory: Path, as_json: bool, database: str | None, print_schema: bool, ask_names: bool) -> None:
    """Validate the inventory, and show what would be looked at.

    It prints every problem with its line. Then it shows how often each asset is looked at, at what cost, and which
    channels work here. It sends no request to any host; with --names it asks the name servers. If there is a ledger of
    earlier rounds, it also shows the undeclared hosts and ports to which your assets redirect.
    """
    if print_schema:
        click.echo(json_text(schema(), indent=2))
        return
    checked = _checked(inventory, as_json=as_json)
    now = datetime.now(UTC)
    if database_path(database).exists():
        with Reading(database) as ledger:
            led = undeclared(ledger, checked.inventory)
            reached = channels.channel_states(checked.inventory, ledger, os.environ, now)
    else:
        led, reached = {}, channels.channel_states(checked.inventory, None, os.environ, now)
    found = asyncio.run(names.look_up(checked.inventory)) if ask_names else ()
    if as_json:
        value = _cost_json(checked, led) | {"problems": [], "channels": channels.as_json(reached)}
        value["practice_values"] = list(practice_values(checked.inventory))
        value |= {"names": names.as_json(found)} if ask_names else {}
        click.echo(json_text(value, indent=2))
        return
    _show_costs(console.out(), checked, led)
    values = practice_values(checked.inventory)
    if values:
        console.talk().print(
            f"[yellow]practice values[/]: {', '.join(values)}: right for the practice organisation alone. "
            "Leave them out, and the usual ones hold (docs/inventory.md)"
        )
    if ask_names:
        names.show(console.out(), checked.inventory, found)
    if reached:
        console.out().print()
        channels.show(console.out(), reached)


def _checked(inventory: Path, *, as_json: bool) -> Checked:
    """The inventory; its problems end the program, as JSON too when that was asked for."""
    if not as_json:
        return load_inventory(inventory, each=True)
    try:
        return load_checked(inventory, datetime.now(UTC).date())
    except Problems as problems:
        found = [{**_place(p), "column": p.column, "path": p.path, "text": p.text} for p in problems.problems]
        click.echo(json_text({"problems": found}, indent=2))
        sys.exit(WRONG)


def _place(problem: Problem) -> dict[str, Any]:
    """The line; with its file where that is an included one."""
    return {"line": problem.line} | ({"file": problem.file} if problem.file else {})


def _costs(checked: Checked) -> list[tuple[str, Estimate]]:
    recorder_paths = tuple(path.path for path in default_paths())
    inventory = checked.inventory
    return [(asset.id, estimate(asset, inventory, recorder_paths=recorder_paths)) for asset in inventory.assets]


def _cost_json(checked: Checked, led: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "warnings": [{**_place(w), "path": w.path, "text": w.text} for w in checked.warnings],
        "assets": [
            {
                "asset": asset,
                "host": checked.inventory.asset(asset).host,
                **_bucket(checked.inventory.asset(asset)),
                **services.as_json(checked.inventory.asset(asset)),
                "endpoints": cost.endpoints,
                "requests_a_round": cost.asks,
                "most_requests_a_round": cost.most_asks,
                "seconds_a_round": round(cost.seconds, 1),
                "rounds_a_day": round(cost.rounds_a_day, 1),
                "requests_a_day": cost.asks_a_day,
                "addresses_assumed": cost.assumed,
                "over_budget": cost.over_budget,
                "leads_to": list(led.get(asset, ())),
            }
            for asset, cost in _costs(checked)
        ],
        "accounts": account_costs.as_json(checked.inventory),
        "controls": "declared" if checked.inventory.controls else "built-in",
    }


def _bucket(asset: Asset) -> dict[str, Any]:
    """Where a bucket is filed, and each address at which it is asked for; nothing of a host."""
    if not isinstance(asset, BucketAsset):
        return {}
    return {"place": asset.label, "addresses": [str(one) for one in _targets(asset)]}


def _targets(asset: Asset) -> tuple[BucketTarget, ...]:
    return bucket_targets(asset.id, asset.bucket, (), "") if isinstance(asset, BucketAsset) else ()


def _show_costs(console: Console, checked: Checked, led: Mapping[str, tuple[str, ...]]) -> None:
    """What would be looked at, as a table."""
    inventory = checked.inventory
    table = LongTable()
    table.add_column("asset", overflow="fold")
    table.add_column("host", overflow="fold")
    for heading in ("endpoints", "every", "requests a round", "at the most", "takes", "requests a day"):
        table.add_column(heading, justify="right")
    total = 0
    assumed = False
    over_budget = []
    for id_, cost in _costs(checked):
        asset = inventory.asset(id_)
        assumed |= cost.assumed
        total += cost.asks_a_day
        if cost.over_budget:
            over_budget.append(id_)
        table.add_row(
            escape(id_),
            escape(asset.label),
            f"{cost.endpoints}{'*' if cost.assumed else ''}",
            duration(inventory.settings(asset).interval.total_seconds()),
            f"{cost.asks:,}",
            f"{cost.most_asks:,}",
            duration(cost.seconds),
            f"{cost.asks_a_day:,}",
        )
    table.show(console)
    for id_ in over_budget:
        most = inventory.settings(inventory.asset(id_)).budget.requests
        console.print(
            f"[yellow]{escape(id_)}[/]: its budget of {most:,} requests ends before every folder and file is asked; "
            "the rest stays unknown. Raise budget: requests:, or declare fewer paths."
        )
    for asset in inventory.assets:
        for target in _targets(asset):
            other = f", or at {target.regional} where an answer names another region" if target.regional else ""
            console.print(f"{escape(asset.id)} is asked for at {escape(str(target) + other)}")
            if target.prefixes or target.keys:
                console.print(f"  with {len(target.prefixes)} declared prefixes and {len(target.keys)} declared keys")
    for id_, where in led.items():
        for to in where:
            console.print(f"{escape(id_)} {escape(not_declared(to))}")
    services.show(console, inventory)
    many = len(inventory.assets)
    console.print(f"{many} asset{'s' * (many != 1)}, {total:,} requests a day when nothing is open.")
    if assumed:
        console.print("* one address for each name is assumed: name servers are asked only in a round.")
    account_costs.show(console, inventory)
    if inventory.controls is None:
        console.print(
            "Controls: the built-in ones, on loopback. They show that our own code can tell open from closed; declare "
            "controls on the internet to show that we can also see it from here."
        )

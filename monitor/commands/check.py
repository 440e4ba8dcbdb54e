"""`leftopen check`: what an inventory would have us ask, how often, and what that costs. Nothing is asked."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.commands.console import span
from monitor.inventory.expand import Estimate, estimate
from monitor.inventory.load import Checked
from probes.recognise.recorders import default_paths


def _costs(checked: Checked) -> list[tuple[str, Estimate]]:
    recorder_paths = tuple(path.path for path in default_paths())
    inventory = checked.inventory
    return [(asset.id, estimate(asset, inventory, recorder_paths=recorder_paths)) for asset in inventory.assets]


def cost_json(checked: Checked) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "warnings": [{"line": w.line, "path": w.path, "text": w.text} for w in checked.warnings],
        "assets": [
            {
                "asset": asset,
                "host": checked.inventory.asset(asset).host,
                "endpoints": cost.endpoints,
                "requests_a_round": cost.asks,
                "most_requests_a_round": cost.most_asks,
                "seconds_a_round": round(cost.seconds, 1),
                "rounds_a_day": round(cost.rounds_a_day, 1),
                "requests_a_day": cost.asks_a_day,
                "addresses_assumed": cost.assumed,
            }
            for asset, cost in _costs(checked)
        ],
        "controls": "declared" if checked.inventory.controls else "built-in",
    }


def show_costs(console: Console, checked: Checked) -> None:
    """What would be looked at, as a table."""
    inventory = checked.inventory
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("asset", overflow="fold")
    table.add_column("host", overflow="fold")
    for heading in ("endpoints", "every", "requests a round", "at the most", "takes", "requests a day"):
        table.add_column(heading, justify="right")
    total = 0
    assumed = False
    for id_, cost in _costs(checked):
        asset = inventory.asset(id_)
        assumed |= cost.assumed
        total += cost.asks_a_day
        table.add_row(
            escape(id_),
            escape(asset.host),
            f"{cost.endpoints}{'*' if cost.assumed else ''}",
            span(inventory.settings(asset).interval.total_seconds()),
            f"{cost.asks:,}",
            f"{cost.most_asks:,}",
            span(cost.seconds),
            f"{cost.asks_a_day:,}",
        )
    console.print(table)
    console.print(f"{len(inventory.assets)} assets, {total:,} requests a day when nothing is open.")
    if assumed:
        console.print("* one address for each name is assumed: name servers are asked only in a round.")
    if inventory.controls is None:
        console.print(
            "Controls: the built-in ones, on loopback. They show that our own code can tell open from closed; declare "
            "controls on the internet to show that we can also see it from here."
        )

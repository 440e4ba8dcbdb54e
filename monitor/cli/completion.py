"""What the shell completes: ids of findings from the ledger, ids of channels and assets from the inventory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.opening import database_path, default_inventory
from monitor.store.encryption import KeyUnusable
from monitor.store.ledger import Ledger, LedgerUnusable

if TYPE_CHECKING:
    from monitor.inventory.load import Checked


def findings(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Ids of findings that are on file; none where there is no ledger: a shell must not make one."""
    path = database_path(ctx.params.get("database"))
    if not path.exists():
        return []
    try:
        ledger = Ledger(path)
    except (LedgerUnusable, KeyUnusable):
        return []
    try:
        return [one.id for one in ledger.findings() if one.id.startswith(begun.upper())]
    finally:
        ledger.close()


def channels(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Ids of the inventory's channels."""
    checked = _inventory(ctx)
    return [one.id for one in checked.inventory.channels if one.id.startswith(begun)] if checked else []


def assets(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Ids of the inventory's assets."""
    checked = _inventory(ctx)
    return [one.id for one in checked.inventory.assets if one.id.startswith(begun)] if checked else []


def _inventory(ctx: click.Context) -> Checked | None:
    from monitor.inventory.load import Problems, check

    try:
        return check(Path(ctx.params.get("inventory") or default_inventory()), datetime.now(UTC).date())
    except Problems:
        return None

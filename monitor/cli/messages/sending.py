"""How commands send what is queued, and say how each try ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from rich.markup import escape

from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.queue.outbox import Drained, Outbox
from monitor.alerts.queue.pipeline import Tried
from monitor.cli import console
from monitor.inventory.load import Checked
from monitor.store.messages.queued import Outcome
from monitor.store.thread import LedgerThread


def outbox(
    checked: Checked,
    ledger: LedgerThread,
    *,
    environ: Mapping[str, str] = os.environ,
    heard: Callable[[Tried], None] | None = None,
) -> Outbox:
    """The outbox of an inventory, with the real sender."""
    # What paging services must remember (which alert a "resolved" closes) lies beside the ledger.
    return Outbox(
        ledger,
        checked.inventory,
        lambda: datetime.now(UTC),
        OwnProcess(),
        environ=environ,
        storage=ledger.path.with_name("channels"),
        heard=heard or _say_nothing,
    )


def _say_nothing(_: Tried) -> None:
    """The caller says it by itself, when all tries are through."""


def say_sent(drained: Drained) -> None:
    """Say what came of every try."""
    for tried in drained.tried:
        say_tried(tried)


def say_tried(tried: Tried) -> None:
    """Say what came of one try to tell somebody."""
    talk = console.talk()
    if tried.outcome is Outcome.ACCEPTED:
        talk.print(f"told [bold]{escape(tried.channel)}[/]: {escape(tried.title or tried.key)}")
    else:
        again = f"; again at {tried.again:%H:%M:%S}Z" if tried.again else ""
        talk.print(
            f"[red]not told[/] {escape(tried.channel)} ({escape(tried.key)}): {tried.outcome.value}, "
            f"{escape(tried.reason)}{again}"
        )

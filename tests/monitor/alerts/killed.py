"""A program that sends what is owed and is killed at a chosen step: what the kill tests start.

`python -m tests.monitor.alerts.killed DATABASE URL STEP`, STEP being `before-send` or `before-mark`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess, Sent
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import Delivery
from tests.monitor.alerts.builders import Clock, Ledgers, inventory, outbox, owed


def die() -> None:
    """As by power cut: nothing is flushed, nothing is caught."""
    os.kill(os.getpid(), signal.SIGKILL)


class DiesMarking(Ledger):
    """A ledger whose process is killed when a try is to be marked."""

    def delivered(self, delivery: Delivery, state: Any, again: Any) -> None:
        die()


class DiesSending:
    """A sender whose process is killed before anything is sent."""

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        die()
        return await OwnProcess()(outgoing)


async def main(database: Path, url: str, step: str) -> None:
    """Owe one message, try to send it, and die on the way."""
    ledgers = Ledgers(database)
    ledgers.owe(owed("voice-oncall"))
    if step == "before-mark":
        dying = DiesMarking(database)

        async def on_ledger(work: Callable[[Ledger], Any], /) -> Any:
            return work(dying)

        await outbox(on_ledger, inventory(), {"VOICE": url}, Clock()).drain_once()
    else:
        await outbox(ledgers, inventory(), {"VOICE": url}, Clock(), sender=DiesSending()).drain_once()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))

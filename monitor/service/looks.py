"""Looks at every asset whose turn it is, round after round."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from monitor.alerts.queue.outbox import Outbox
from monitor.rounds.recorder import OnLine
from monitor.service.application import Application, Round
from monitor.service.supervisor import PAUSE
from monitor.service.systemd import notify

LOOK_UP = 5.0
"""Seconds after which it is looked up again what is due, at the latest."""
STUCK = 900.0
"""A round in which nothing was recorded for so many seconds is stuck."""


class Looks:
    """Rounds over what is due. A round that fails costs that round."""

    def __init__(
        self, app: Application, outbox: Outbox, on_round: Callable[[Round], None], on_line: OnLine | None
    ) -> None:
        self._app = app
        self._outbox = outbox
        self._on_round = on_round
        self._on_line = on_line
        self._sees = False
        self._moved = _clock()

    @property
    def sees(self) -> bool:
        """Whether the last round saw, and looks still come in."""
        return self._sees and self.moves

    @property
    def moves(self) -> bool:
        """Whether something was recorded, or nothing was due, within the last quarter of an hour."""
        return _clock() - self._moved < STUCK

    async def step(self) -> float:
        """One round over what is due, or nothing. Raises LedgerUnusable when it could not be recorded."""
        try:
            ready, following = await self._app.due()
            if not ready:
                self._moved = _clock()
                wait = (following - self._app.now()).total_seconds()
                return min(max(wait, 0.05), LOOK_UP)
            self._outbox.look(True)
            try:
                done = await self._app.round(ready, self._on_line, lambda _, __: self._recorded())
            finally:
                self._outbox.look(False)
        except Exception:
            self._sees = False
            raise
        self._sees = not done.blind
        self._moved = _clock()
        self._outbox.wake()
        self._on_round(done)
        notify(f"STATUS=round {done.id}: {len(done.lines)} places{', BLIND' if done.blind else ''}")
        return PAUSE if done.blind else 0.0

    def _recorded(self) -> None:
        """Something of a round is on file: what it owes need not wait for the round's end."""
        self._moved = _clock()
        self._outbox.wake()


def _clock() -> float:
    return asyncio.get_running_loop().time()

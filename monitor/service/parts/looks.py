"""Looks at every asset as soon as its turn comes: no round waits for another one, and no asset for a slow neighbour."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from monitor.alerts.queue.outbox import Outbox
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import OnLine
from monitor.service.application import Application, Round
from monitor.service.supervisor import PAUSE
from monitor.service.systemd import notify

LOOK_UP = 5.0
"""Seconds after which it is looked up again what is due, at the latest."""
GATHER = 1.0
"""Seconds after which those are begun that came due meanwhile, while as many rounds are under way as may be; fewer in
proportion where there are fewer: a round of few costs its own record and its own controls, and where few come due
nothing is gained by waiting."""
SHORTEST = 0.05
"""Seconds between two looks at what is due, at the least."""
ROUNDS_AT_ONCE = 8
"""So many rounds go on side by side, at the most; around what each saw stand controls that it may share."""
STUCK = 900.0
"""Looks are stuck when nothing was recorded for so many seconds while something was due."""


class Looks:
    """Starts a round over what is due and not yet looked at. A round that fails costs what it had not recorded."""

    def __init__(
        self,
        app: Application,
        outbox: Outbox,
        on_round: Callable[[Round], None],
        on_line: OnLine | None,
        wake: Callable[[], None],
    ) -> None:
        """`wake` has `step` called at once: an asset, or a round, is done."""
        self._app = app
        self._outbox = outbox
        self._on_round = on_round
        self._on_line = on_line
        self._wake = wake
        self._rounds: dict[asyncio.Task[Round], set[str]] = {}
        self._sees = False
        self._moved = _clock()
        self._rests_until = 0.0

    @property
    def sees(self) -> bool:
        """Whether the last round that ended saw, and looks still come in."""
        return self._sees and self.moves

    @property
    def moves(self) -> bool:
        """Whether something was recorded, or nothing was due, within the last quarter of an hour."""
        return _clock() - self._moved < STUCK

    async def step(self) -> float:
        """Start what is due. Raises what a round has raised, LedgerUnusable among it."""
        self._reap()
        rest = self._rests_until - _clock()
        if rest > 0:
            return rest
        if not self._app.inventory.looks_itself:
            self._moved = _clock()
            return LOOK_UP
        ready, following = await self._app.due()
        wait = (following - self._app.now()).total_seconds()
        if not ready:
            self._moved = _clock()
            return min(max(wait, SHORTEST), LOOK_UP)
        busy = set[str]().union(*self._rounds.values())
        free = [asset for asset in ready if asset not in busy]
        if free and len(self._rounds) < ROUNDS_AT_ONCE:
            self._begin(free)
        # While rounds are under way, whoever is due next waits no longer for them than it takes to gather a few.
        return min(max(wait, gathering(len(self._rounds))), LOOK_UP)

    def reloaded(self, before: Inventory, after: Inventory) -> None:
        """Break off rounds over assets that are not declared as they were; what is due is looked at as it is now."""
        # Also whom a round tells: of what it opens from here on nobody else would hear.
        rules = [(one.defaults, one.contracts, one.vantage, one.controls, one.looks_itself) for one in (before, after)]
        tells = [(one.parties, one.channels, one.schedules) for one in (before, after)]
        was = {asset.id: asset for asset in before.assets} if rules[0] == rules[1] and tells[0] == tells[1] else {}
        same = {asset.id for asset in after.assets if was.get(asset.id) == asset}
        for task, assets in self._rounds.items():
            if not assets <= same:
                task.cancel()

    async def close(self) -> None:
        """Break off what is under way: what was recorded stays, and the rest is due at the next start."""
        for task in self._rounds:
            task.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)

    def _begin(self, assets: Collection[str]) -> None:
        self._outbox.look(True)
        looking = set(assets)

        def done(some: Collection[str]) -> None:
            looking.difference_update(some)
            self._moved = _clock()
            self._outbox.wake()
            self._wake()

        task = asyncio.create_task(
            self._app.round(assets, self._on_line, lambda _, __: self._recorded(), done, keeps_lines=False, early=True)
        )
        task.add_done_callback(lambda _: self._wake())
        self._rounds[task] = looking

    def _reap(self) -> None:
        for task in [task for task in self._rounds if task.done()]:
            del self._rounds[task]
            if not self._rounds:
                self._outbox.look(False)
            if not task.cancelled():
                self._ended(task)

    def _ended(self, task: asyncio.Task[Round]) -> None:
        self._sees = False
        done = task.result()
        self._sees = done.blind is None
        self._moved = _clock()
        if done.blind is not None:
            self._rests_until = _clock() + PAUSE
        self._outbox.wake()
        self._on_round(done)
        if done.blind is not None:
            notify(f"STATUS=BLIND: round {done.id} decided nothing")

    def _recorded(self) -> None:
        """Something of a round is on file: what it owes need not wait for the round's end."""
        self._moved = _clock()
        self._outbox.wake()


def _clock() -> float:
    return asyncio.get_running_loop().time()


def gathering(under_way: int) -> float:
    """For how many seconds what comes due is gathered while so many rounds are under way."""
    return max(SHORTEST, GATHER * under_way / ROUNDS_AT_ONCE)

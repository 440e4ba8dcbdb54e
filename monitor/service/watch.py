"""The service: rounds for ever, each asset in its own rhythm, the outbox beside them, and a sign of life to systemd."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import date
from functools import partial
from pathlib import Path

from monitor.accounts.reading import AccountSide
from monitor.alerts.delivery.heartbeat import Heart
from monitor.alerts.drills import owe_due_drills
from monitor.alerts.queue.outbox import Outbox
from monitor.findings.finding import Finding
from monitor.findings.tally import Surveyed
from monitor.inventory.load import Problems, check
from monitor.rounds.recorder import OnLine
from monitor.service.application import Application, Round
from monitor.service.systemd import notify, watchdog_seconds
from monitor.store.ledger import LedgerUnusable
from monitor.store.retention import AT_A_TIME, forget
from monitor.web.acknowledge import AcknowledgePage

log = logging.getLogger("leftopen.watch")

LOOK_UP = 5.0
"""Seconds after which the inventory file is looked at again for changes, at the latest."""
AFTER_A_FAULT = 30.0
DRILLS_LOOKED_UP = 60.0
FORGETS_EVERY = 86_400.0
SURVEYS_AT_ONCE = 2
STUCK = 900.0
"""A round in which nothing was recorded for so many seconds is stuck: systemd hears nothing, and starts us anew."""


class Watch:
    """Runs until `stop` is set. A round that fails costs that round; an inventory that is wrong costs its reload."""

    def __init__(
        self,
        app: Application,
        outbox: Outbox,
        inventory: Path,
        stop: asyncio.Event,
        *,
        on_round: Callable[[Round], None] = lambda _: None,
        on_line: OnLine | None = None,
        on_survey: Callable[[Surveyed], None] = lambda _: None,
        today: Callable[[], date] = date.today,
        heart: Heart | None = None,
    ) -> None:
        self._app = app
        self._outbox = outbox
        self._inventory = inventory
        self._stop = stop
        self._on_round = on_round
        self._on_line = on_line
        self._on_survey = on_survey
        self._surveys: dict[str, asyncio.Task[None]] = {}
        self._surveying = asyncio.Semaphore(SURVEYS_AT_ONCE)
        self._today = today
        self._moved = 0.0
        self._heart = heart
        self._sees = False
        self._next_drill = 0.0
        self._next_forgetting = 0.0
        self._mute = False
        self._stamp = _stamp(inventory)

    async def run(self) -> None:
        """Watch. Whatever is owed when it stops stays on file, and is sent at the next start."""
        async with AsyncExitStack() as stack:
            page = self._app.inventory.acknowledge
            if page is not None:
                await stack.enter_async_context(
                    AcknowledgePage(page, self._app.ledger, self._app.now, self._outbox.wake)
                )
            await self._run()

    async def _run(self) -> None:
        self._progress()
        others = [asyncio.create_task(self._send()), asyncio.create_task(self._sign_of_life())]
        reading = asyncio.create_task(self._read_accounts())
        notify("READY=1")
        try:
            while not self._stop.is_set():
                await self._turn()
        finally:
            notify("STOPPING=1")
            self._stop.set()
            # A survey that is broken off here goes on where it was at the next start.
            measuring = (*self._surveys.values(), reading)
            for task in measuring:
                task.cancel()
            await asyncio.gather(*others, *measuring, return_exceptions=True)
            if self._heart is not None:
                await self._heart.stop()

    async def _turn(self) -> None:
        self._reload()
        try:
            await self._app.mind()
            ready, following = await self._app.due()
            if not ready:
                await self._drill()
                await self._forget()
                self._beat()
                wait = (following - self._app.now()).total_seconds()
                self._outbox.wake()
                await self._sleep(min(max(wait, 0.05), LOOK_UP))
                self._progress()
                return
            done = await self._round(ready)
            if done is None:
                return
            self._outbox.wake()
            self._sees = not done.blind
            self._beat()
            self._on_round(done)
            self._begin_surveys(done)
            notify(f"STATUS=round {done.id}: {len(done.lines)} places{', BLIND' if done.blind else ''}")
            if done.blind:
                await self._sleep(AFTER_A_FAULT)
        except LedgerUnusable as error:
            self._sees = False
            # Nothing can be decided without a memory; what is on file stays, and the next round sees it all again.
            log.error("%s", error)
            notify("STATUS=the ledger cannot be written")
            await self._sleep(AFTER_A_FAULT)
        except Exception:
            self._sees = False
            log.exception("a round failed; the next one is tried all the same")
            await self._sleep(AFTER_A_FAULT)

    async def _round(self, ready: tuple[str, ...]) -> Round | None:
        """A round, broken off when we are to stop: one mute host must not hold up a shutdown. None when it was."""
        self._outbox.look(True)
        looking = asyncio.create_task(self._app.round(ready, self._on_line, lambda _, __: self._recorded()))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await looking if looking.done() else None
        finally:
            for task in (looking, stopping):
                task.cancel()
            await asyncio.gather(looking, stopping, return_exceptions=True)
            self._outbox.look(False)

    def _beat(self) -> None:
        """While we see: whoever waits for our sign of life must hear that we do not by its staying away."""
        if self._sees and self._heart is not None:
            self._heart.beat(self._app.inventory)

    async def _drill(self) -> None:
        """Try the channels of parties whose last drill is too old; looked up once a minute."""
        now = asyncio.get_running_loop().time()
        if not self._app.inventory.defaults.drill_every or now < self._next_drill:
            return
        self._next_drill = now + DRILLS_LOOKED_UP
        inventory, at = self._app.inventory, self._app.now()
        if await self._app.ledger(lambda ledger: owe_due_drills(ledger, inventory, at)):
            self._outbox.wake()

    async def _forget(self) -> None:
        """Delete the looks that are older than is declared; once a day, a few at a time."""
        keep, now = self._app.inventory.defaults.keep_looks, asyncio.get_running_loop().time()
        if not keep or now < self._next_forgetting:
            return
        before = self._app.now() - keep
        gone = await self._app.ledger(lambda ledger: forget(ledger, before))
        if gone < AT_A_TIME:
            self._next_forgetting = now + FORGETS_EVERY
        if gone:
            log.info("%d looks from before %s were deleted", gone, f"{before:%Y-%m-%d}")

    def _begin_surveys(self, done: Round) -> None:
        """Measure what was just found open, beside the rounds: an alert does not wait for it."""
        for finding in self._app.surveyable(done.changed):
            if finding.id not in self._surveys:
                task = asyncio.create_task(self._survey(finding))
                self._surveys[finding.id] = task
                task.add_done_callback(partial(self._surveyed, finding.id))

    def _surveyed(self, id_: str, _: asyncio.Task[None]) -> None:
        self._surveys.pop(id_, None)

    async def _survey(self, finding: Finding) -> None:
        async with self._surveying:
            try:
                surveyed = await self._app.survey(finding)
            except LedgerUnusable as error:
                log.error("the survey of %s could not be recorded: %s", finding.id, error)
                return
            except Exception:
                log.exception("the survey of %s failed", finding.id)
                return
        if surveyed is not None:
            self._outbox.wake()
            self._on_survey(surveyed)

    def _reload(self) -> None:
        stamp = _stamp(self._inventory)
        if stamp == self._stamp or stamp is None:
            return
        self._stamp = stamp
        try:
            checked = check(self._inventory, self._today())
        except Problems as problems:
            log.error("the changed inventory is not used, since it has faults; the one before stays:\n%s", problems)
            return
        for warning in checked.warnings:
            log.warning("%s:%d: %s", self._inventory.name, warning.line, warning.text)
        self._app.inventory = checked.inventory
        self._outbox.inventory = checked.inventory
        log.info("the inventory was read anew: %d assets", len(checked.inventory.assets))

    async def _sign_of_life(self) -> None:
        every = watchdog_seconds()
        while every is not None and not self._stop.is_set():
            if asyncio.get_running_loop().time() - self._moved < STUCK and not self._mute:
                notify("WATCHDOG=1")
            await self._sleep(every)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    def _recorded(self) -> None:
        """Something of a round is on file: what it owes need not wait for the round's end."""
        self._progress()
        self._beat()
        self._outbox.wake()

    async def _send(self) -> None:
        """The outbox, for ever: a full disk or a bug must not leave us watching in silence."""
        while not self._stop.is_set():
            try:
                await self._outbox.run(self._stop)
            except Exception:
                log.exception("the outbox stopped; it is started anew, and until then nobody can be told")
                self._mute = True
                notify("STATUS=the outbox stopped: nobody can be told")
                await self._sleep(AFTER_A_FAULT)
                self._mute = False

    async def _read_accounts(self) -> None:
        """The accounts, each in its own rhythm, beside the rounds: what a provider is slow at holds up no look."""
        while not self._stop.is_set():
            app = self._app
            side = AccountSide(app.inventory, app.ledger, app.now, app.environ)
            try:
                ready, following = await side.due()
                for id_ in ready:
                    await side.read(id_)
                    self._outbox.wake()
                wait = (following - app.now()).total_seconds()
            except LedgerUnusable as error:
                log.error("an account could not be recorded: %s", error)
                wait = AFTER_A_FAULT
            except Exception:
                log.exception("reading an account failed; it is tried again")
                wait = AFTER_A_FAULT
            await self._sleep(min(max(wait, 1.0), LOOK_UP))

    def _progress(self) -> None:
        self._moved = asyncio.get_running_loop().time()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size

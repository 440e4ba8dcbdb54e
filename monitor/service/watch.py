"""The service: looks, timers, sending, surveys and all else that `leftopen watch` does, each a part of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from monitor.accounts.reading import AccountSide
from monitor.alerts.delivery.heartbeat import Heart
from monitor.alerts.messages.new_messages import inventory_messages
from monitor.alerts.queue.outbox import Outbox
from monitor.coverage.states import asset_states, summary
from monitor.findings.reach.tally import SurveyResult
from monitor.health.stalls import StallMeter
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import OnLine
from monitor.service.application import Application, Round
from monitor.service.parts import surveys
from monitor.service.parts.evidence_log import LogSigner
from monitor.service.parts.fleet import FleetKeeper
from monitor.service.parts.housekeeping import ChannelCheck, DatabaseCheck, Housekeeping, PageKeeper
from monitor.service.parts.looks import Looks
from monitor.service.parts.surveys import Surveys
from monitor.service.parts.web import WebKeeper
from monitor.service.reload import Reload
from monitor.service.supervisor import Part, Supervisor
from monitor.service.systemd import notify, watchdog_seconds
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.tables import rounds, service_faults

TIMERS_EVERY = 5.0
FILE_CHECKED_EVERY = 1.0
HEARTBEAT_CHECKED_EVERY = 1.0
DATABASE_CHECKED_AFTER = 300.0
STATUS_EVERY = 60.0
"""Seconds between two status lines: they are made of the states of all assets."""
ACCOUNTS_CHECKED_EVERY = 5.0
NEVER = 3600.0

LOOKS, PAGE, WEB = "looks", "acknowledgement page", "web"
INVENTORY, CHANNELS, DATABASE = "inventory", "channels", "database"
READING, CHANNEL_CHECK, DATABASE_CHECK = (f"check of the {one}" for one in (INVENTORY, CHANNELS, DATABASE))
"""The parts that look at those. What they find stays on file when they fail for a while and then work again."""


class Watch:
    """Runs until `stop` is set. A part that fails is tried again, and no part ends another one."""

    def __init__(
        self,
        app: Application,
        outbox: Outbox,
        inventory: Path,
        stop: asyncio.Event,
        *,
        on_round: Callable[[Round], None] = lambda _: None,
        on_line: OnLine | None = None,
        on_survey: Callable[[SurveyResult], None] = lambda _: None,
        today: Callable[[], date] = date.today,
        heart: Heart | None = None,
    ) -> None:
        self._app = app
        self._outbox = outbox
        self._stop = stop
        self._heart = heart
        self._on_round = on_round
        self._on_survey = on_survey
        self._reload = Reload(inventory, today, app.inventory.stamps)
        self._broken = ""
        self._looks = Looks(app, outbox, self._looked, on_line, lambda: self._supervisor.wake(LOOKS))
        self._surveys = Surveys(app, self._surveyed)
        self._fleet = FleetKeeper(app, outbox, self._surveys.add)
        self._page = PageKeeper(self._inventory, app.ledger, app.now, self._acted)
        meter = StallMeter()
        self._web = WebKeeper(self._inventory, app.ledger.path, app.now, app.ledger, self._acted, meter.stalls)
        housekeeping = Housekeeping(self._inventory, app.ledger, app.now)
        database = DatabaseCheck(app.ledger, app.now, partial(self._record, DATABASE), DATABASE_CHECKED_AFTER)
        channels = ChannelCheck(self._inventory, app.environ, partial(self._record, CHANNELS))
        self._supervisor = Supervisor(
            (
                # Not vital: on a full disk nothing is gained by starting anew every minute. `moves` has the last word.
                Part(LOOKS, self._looks.step),
                Part("fleet", self._fleet.step),
                Part("sending", self._send, vital=True, endless=True),
                Part("timers", self._timers),
                *(Part(f"surveys {n + 1}", self._surveys.step) for n in range(surveys.AT_ONCE)),
                Part("accounts", self._accounts),
                Part(READING, self._read_inventory),
                Part("drills", lambda: housekeeping.drill(outbox.wake)),
                Part(CHANNEL_CHECK, channels.step),
                Part("deletion of old looks", housekeeping.delete),
                Part(DATABASE_CHECK, database.step),
                Part(PAGE, self._page.serve),
                Part(WEB, self._web.serve),
                Part("evidence log", LogSigner(self._inventory, app.ledger, app.now, app.environ).step),
                Part("heartbeat", self._beat),
                Part("status line", self._status),
                Part("watchdog", self._watchdog),
                Part("stall meter", meter.step),
            ),
            stop,
            self._record,
        )

    @property
    def serves_web(self) -> bool:
        """Whether the declared dashboard is served now."""
        return self._web.serving

    async def run(self) -> None:
        """Watch. Whatever is owed when it stops stays on file, and is sent at the next start."""
        await self._forget_faults()
        notify("READY=1")
        running = asyncio.create_task(self._supervisor.run())
        try:
            await self._stop.wait()
        finally:
            notify("STOPPING=1")
            self._stop.set()
            await asyncio.gather(running, return_exceptions=True)
            await self._looks.close()
            await self._fleet.close()
            await self._page.close()
            await self._web.close()
            await self._forget_faults()

    def reload(self) -> None:
        """Look at the file of the inventory now."""
        self._reload.again()
        self._supervisor.wake(INVENTORY)

    def _inventory(self) -> Inventory:
        return self._app.inventory

    def _looked(self, done: Round) -> None:
        self._on_round(done)
        self._surveys.add(done.changed)

    def _acted(self) -> None:
        """Somebody has acted on a page: the place may have to be looked at soon, and what is owed goes out."""
        self._outbox.wake()
        self._supervisor.wake(LOOKS)

    def _surveyed(self, surveyed: SurveyResult) -> None:
        self._outbox.wake()
        self._on_survey(surveyed)

    async def _send(self) -> float:
        await self._outbox.run(self._stop)
        return 0.0

    async def _timers(self) -> float:
        if await self._app.run_timers():
            self._outbox.wake()
        return TIMERS_EVERY

    async def _accounts(self) -> float:
        """Read the accounts that are due: a provider that is slow holds up no look."""
        app = self._app
        side = AccountSide(app.inventory, app.ledger, app.now, app.environ)
        ready, following = await side.due()
        for id_ in ready:
            await side.read(id_)
            self._outbox.wake()
        wait = (following - app.now()).total_seconds()
        return min(max(wait, 1.0), ACCOUNTS_CHECKED_EVERY)

    async def _read_inventory(self) -> float:
        changed = await self._reload.changed()
        if changed is not None:
            self._looks.reloaded(self._app.inventory, changed)
            self._surveys.reloaded(self._app.inventory, changed)
            self._app.inventory = changed
            self._outbox.inventory = changed
            for name in (LOOKS, CHANNEL_CHECK, PAGE, WEB):
                self._supervisor.wake(name)
        broken = self._reload.broken
        if broken != self._broken:
            await self._record(INVENTORY, broken)
            if broken:
                await self._app.ledger(self._tell_broken)
                self._outbox.wake()
            # Not before: what could not be put on file is put there, and told, at the next step.
            self._broken = broken
        return FILE_CHECKED_EVERY

    def _tell_broken(self, ledger: Ledger) -> None:
        now = self._app.now()
        ledger.owe(inventory_messages(self._reload.faults, self._app.inventory, now), now)

    async def _status(self) -> float:
        """Say in `systemctl status`, in words, how the assets stand."""
        if "NOTIFY_SOCKET" not in os.environ or self._broken:
            return STATUS_EVERY

        def words(ledger: Ledger) -> str:
            last = rounds.last(ledger, 1)
            when = f"; last round {last[0].started:%H:%M} UTC" if last else "; no round yet"
            return summary(asset_states(ledger, self._app.inventory, self._app.now())) + when

        if self._supervisor.well:
            notify(f"STATUS={await self._app.ledger(words)}")
        return STATUS_EVERY

    async def _beat(self) -> float:
        """Give a sign of life while we see: whoever waits for it must hear that we do not by its staying away."""
        sees = self._looks.sees if self._app.inventory.looks_itself else self._fleet.sees
        if self._heart is not None and sees and self._supervisor.well:
            await self._heart.beat_now(self._app.inventory)
        return HEARTBEAT_CHECKED_EVERY

    async def _watchdog(self) -> float:
        """Tell systemd that we are alive; it starts us anew when we are stuck, or can tell nobody."""
        every = watchdog_seconds()
        if every is not None and self._looks.moves and self._supervisor.well:
            notify("WATCHDOG=1")
        return NEVER if every is None else every

    async def _record(self, part: str, why: str) -> None:
        if why:
            notify(f"STATUS={part}: {why}")
        await self._app.ledger(lambda ledger: service_faults.record(ledger, part, why, self._app.now()))

    async def _forget_faults(self) -> None:
        try:
            await self._app.ledger(service_faults.clear)
        except LedgerUnusable:
            return  # every part that needs the ledger will say so itself

"""Looks at batches by a signed declaration, on an event loop of its own: for threads, and without any broker."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from monitor.fleet.declaration import NotDeclared, declared, signature_file
from monitor.inventory.endpoints import control_targets
from monitor.network.sign_in.refusals import Refusals
from monitor.proof.formats.note import VerifierKey
from monitor.rounds.batch.run import run_batch
from monitor.rounds.batch.values import Batch, BatchResult, batch_from_json
from monitor.rounds.controls import BuiltInControls
from monitor.rounds.refused import InFile
from monitor.rounds.run import ControlPair
from monitor.rounds.vantage import Vantage
from monitor.store.files.refused_file import RefusedFile

log = logging.getLogger("leftopen.worker")

GRACE = 30.0
"""Seconds after its deadline in which a batch must have ended by itself."""


class Looker:
    """One declaration at work on an event loop of its own, beside the threads that wait for it."""

    def __init__(self, declaration: Path, owner: VerifierKey, environ: Mapping[str, str], refused: RefusedFile) -> None:
        """`refused` remembers refused passwords for the worker that comes after. Raises NotDeclared."""
        self._path, self._owner = declaration, owner
        # Before it is read: what changes meanwhile is read again.
        self._read = self._stamp()
        inventory = declared(declaration, owner)
        self.vantage = Vantage(inventory, lambda: datetime.now(UTC), environ, Refusals(InFile(refused)))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="looks", daemon=True)
        self._stack = AsyncExitStack()
        self._built_in: BuiltInControls | None = None
        self._making = asyncio.Lock()

    @property
    def id(self) -> str:
        """The vantage that the declaration is for."""
        return self.vantage.inventory.vantage.id

    def start(self) -> None:
        """Start the event loop."""
        self._thread.start()

    def stop(self) -> None:
        """End it, once nothing is looked at any more."""
        asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def look(self, body: object) -> BatchResult:
        """Look at a batch, whichever thread asks. Raises ValueError for what is no batch, TimeoutError for one that
        does not end."""
        batch = batch_from_json(body)
        running = asyncio.run_coroutine_threadsafe(self._look(batch), self._loop)
        try:
            return running.result(batch.deadline + GRACE)
        finally:
            running.cancel()

    async def _look(self, batch: Batch) -> BatchResult:
        self._reload()
        return await run_batch(batch, self.vantage, self._controls)

    async def _controls(self, nonce: str, stores: bool) -> ControlPair:
        # The same pair as in a process that looks alone; but the loop is another one.
        given = control_targets(self.vantage.inventory, nonce=nonce)
        if given is not None and not stores:
            return ControlPair(*given)
        async with self._making:
            if self._built_in is None:
                self._built_in = await self._stack.enter_async_context(BuiltInControls())
        opened, closed = given or self._built_in.targets(nonce)
        return ControlPair(opened, closed, await self._built_in.buckets(nonce) if stores else None)

    def _stamp(self) -> tuple[tuple[int, int] | None, ...]:
        # Its signature comes after it: a declaration that was read in between is read again with that.
        return tuple(map(_changed, (self._path, signature_file(self._path))))

    def _reload(self) -> None:
        """Take on a declaration that was replaced; one that cannot be used changes nothing."""
        try:
            stamp = self._stamp()
            if stamp == self._read:
                return
            self._read = stamp
            inventory = declared(self._path, self._owner)
        except NotDeclared as error:
            log.error("the declaration was changed, and the one before goes on: %s", error)
            return
        if inventory.vantage.id != self.id:
            log.error("the declaration was changed to one for %s: it is not taken on", inventory.vantage.id)
            return
        self.vantage = self.vantage.with_inventory(inventory)
        log.warning("the declaration was changed: %d assets", len(inventory.assets))


def _changed(file: Path) -> tuple[int, int] | None:
    """By which it is seen that a file was changed; None: it is not there, which whoever reads it says."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino

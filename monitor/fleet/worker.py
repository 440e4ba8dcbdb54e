"""A worker: takes batches from the queue of its vantage, looks, and hands in signed results.

Celery hands out the batches: a pool of threads, each of which waits for one batch on one event loop beside them. A
result is no task of Celery's, since whoever may publish a task may have any registered one called.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from celery import Celery
from kombu import Exchange

from monitor.fleet.declaration import NotDeclared, declared
from monitor.fleet.envelope import Message, Sender
from monitor.fleet.topology import ALONE, LOOKS, RESULTS, TASK, queue
from monitor.inventory.endpoints import control_targets
from monitor.proof.formats.note import SigningKey, VerifierKey
from monitor.rounds.batch.run import run_batch
from monitor.rounds.batch.values import BatchResult, batch_from_json, result_to_json
from monitor.rounds.controls import BuiltInControls
from monitor.rounds.run import ControlPair
from monitor.rounds.vantage import Vantage

log = logging.getLogger("leftopen.worker")


GRACE = 30.0
"""Seconds after its deadline in which a batch must have ended by itself."""

SETTINGS: dict[str, Any] = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # By default a task that raises is acknowledged, and gone.
    "task_acks_on_failure": False,
    "worker_prefetch_multiplier": 1,
    "broker_heartbeat": 10,
    "broker_transport_options": {"confirm_publish": True},
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "task_create_missing_queues": False,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "enable_utc": True,
}
"""What held in trials against a broker, workers and a hub that were killed: docs/fleet.md says why each is so."""


class Looker:
    """One declaration at work on an event loop of its own, beside the threads that wait for it."""

    def __init__(self, declaration: Path, owner: VerifierKey, environ: Mapping[str, str]) -> None:
        """Raises NotDeclared."""
        self._path, self._owner = declaration, owner
        inventory = declared(declaration, owner)
        self._read = self._stamp()
        self.vantage = Vantage(inventory, lambda: datetime.now(UTC), environ)
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
        running = asyncio.run_coroutine_threadsafe(self._look(body), self._loop)
        try:
            return running.result(batch.deadline + GRACE)
        finally:
            running.cancel()

    async def _look(self, body: object) -> BatchResult:
        self._reload()
        return await run_batch(batch_from_json(body), self.vantage, self._controls)

    async def _controls(self, nonce: str, stores: bool) -> ControlPair:
        # The same pair as in a process that looks alone; but the loop is another one.
        given = control_targets(self.vantage.inventory, nonce=nonce)
        if given is not None and not stores:
            return ControlPair(*given)
        async with self._making:
            if self._built_in is None:
                self._built_in = await self._stack.enter_async_context(BuiltInControls())
        opened, closed = given or self._built_in.targets(nonce)
        return ControlPair(opened, closed, self._built_in.buckets(nonce) if stores else None)

    def _stamp(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_ino

    def _reload(self) -> None:
        """Take on a declaration that was replaced; one that cannot be used changes nothing."""
        try:
            stamp = self._stamp()
            if stamp == self._read:
                return
            self._read = stamp
            inventory = declared(self._path, self._owner)
        except (OSError, NotDeclared) as error:
            log.error("the declaration was changed, and the one before goes on: %s", error)
            return
        if inventory.vantage.id != self.id:
            log.error("the declaration was changed to one for %s: it is not taken on", inventory.vantage.id)
            return
        self.vantage = self.vantage.with_inventory(inventory)
        log.warning("the declaration was changed: %d assets", len(inventory.assets))


def worker_app(broker: str, looker: Looker, own: SigningKey, hub: VerifierKey) -> Celery:
    """The Celery application of a worker: one task, and the exchange that takes its results."""
    app = Celery("leftopen", broker=broker, set_as_current=False)
    app.conf.update(SETTINGS)
    app.conf.task_queues = [queue(LOOKS), queue(ALONE)]
    sender = Sender(looker.id, own, hub)

    @app.task(name=TASK)  # type: ignore[untyped-decorator,unused-ignore]
    def look(envelope: object) -> None:
        # Whatever is raised here makes the batch a dead letter, which the hub sees.
        result = looker.look(sender.open(Message.BATCH, envelope))
        message = sender.seal(Message.RESULT, result.id, result.attempt, result_to_json(result))
        with app.producer_or_acquire() as producer:
            producer.publish(
                json.dumps(message).encode(),
                exchange=Exchange(RESULTS, no_declare=True),
                routing_key=RESULTS,
                content_type="application/vnd.leftopen.result",
                content_encoding="binary",
                serializer=None,
                delivery_mode=2,
                declare=[],
                retry=True,
                retry_policy={"max_retries": 20, "interval_start": 0.2, "interval_step": 0.5, "interval_max": 5.0},
            )

    return app


def work(
    broker: str, looker: Looker, own: SigningKey, hub: VerifierKey, *, alone: bool = False, threads: int = 16
) -> int:
    """Work until SIGTERM or SIGINT, which lets the batches under way end; returns the exit code.

    `alone` takes single assets, one at a time, of which one has killed a worker.
    """
    app = worker_app(broker, looker, own, hub)
    looker.start()
    name = f"{'alone' if alone else 'looks'}.{looker.id}@%h"
    try:
        worker = app.Worker(
            hostname=name,
            pool="threads",
            concurrency=1 if alone else threads,
            queues=[ALONE if alone else LOOKS],
            loglevel=None,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        worker.start()
        return int(worker.exitcode or 0)
    finally:
        looker.stop()

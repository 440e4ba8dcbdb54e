"""The hub's side of one vantage at the broker: batches go out, results and dead letters come in."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Literal
from uuid import uuid4

from amqp.exceptions import AccessRefused, NotAllowed, NotFound
from kombu import Connection, Consumer, Message, Producer

from monitor.fleet.broker import BROKEN, Broker
from monitor.fleet.topology import POISON, QUEUES, RESULTS, TASK, queue

log = logging.getLogger("leftopen.fleet")

HEARTBEAT = 10
"""Seconds between two heartbeats; who has heard nothing for two of them takes the connection for lost."""
POLL = 1.0
GATHERED = 0.25
"""Seconds for which results are gathered once one has come: what comes together is opened, and committed, together, and
a transaction costs as much for one result as for several. Nobody is told of an opening later by more than that."""
LAST_WAIT = 5.0
"""Seconds that what is being recorded has when the link ends."""
AGAIN = 5.0
"""Seconds after which a lost broker is tried again."""
CONFIRMED_WITHIN = 30.0
"""Seconds in which the broker must say that it has a batch."""
SETTLED = 30.0
"""Seconds in which what waited at the broker has come in, once a link works."""
COUNTED_EVERY = 30.0
"""Seconds between two looks at how long the queues are."""
KEPT = 40.0
"""Seconds for which the connection that batches go out by is kept without use. To make one costs the broker as much as
to take a batch, and between two searches for what is due no more than thirty seconds pass. One that is not used for
longer might be forgotten on its way by a firewall, without a word."""
AT_ONCE = 16
"""Results that are taken from the broker before they are on file."""

Kind = Literal["result", "expired", "dead"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came from the broker: a result, or a batch that came back, since nobody took it or since it cost lives."""

    vantage: str
    kind: Kind
    body: object


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A batch on its way to a vantage."""

    id: str
    queue: str
    envelope: dict[str, Any]
    waits: timedelta
    """So long it waits for a worker."""


class _Publishing:
    """A connection that batches go out by. They are confirmed together: one by one each would wait for a disk."""

    def __init__(self, broker: Broker) -> None:
        # Without heartbeats: between two rounds of publishing a busy hub may be silent for longer than a broker waits.
        self.connection = broker.connection(heartbeat=0, confirm_publish=False)
        self._channel = self.connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(partial(self._answered, False))
        self._channel.events["basic_nack"].add(partial(self._answered, True))
        self._sent = 0
        self._used = time.monotonic()
        self._open: dict[int, str] = {}
        self._refused: set[str] = set()

    def publish(self, batches: Iterable[Outgoing]) -> frozenset[str]:
        self._refused.clear()
        with self.connection.Producer(channel=self._channel, serializer="json") as producer:
            for one in batches:
                # The broker counts what it is sent on a channel, and answers by that number.
                self._sent += 1
                self._open[self._sent] = one.id
                _publish(producer, one)
            end = time.monotonic() + CONFIRMED_WITHIN
            while self._open:
                self.connection.drain_events(timeout=max(0.001, end - time.monotonic()))
        self._used = time.monotonic()
        return frozenset(self._refused)

    @property
    def idle(self) -> float:
        """For how many seconds it was not used."""
        return time.monotonic() - self._used

    def _answered(self, refused: bool, number: int, multiple: bool) -> None:
        for one in [n for n in self._open if n == number or (multiple and n < number)]:
            id_ = self._open.pop(one)
            if refused:
                self._refused.add(id_)


def _publish(producer: Producer, one: Outgoing) -> None:
    task_id = uuid4().hex
    producer.publish(
        # Celery's message of version 2: positional arguments, keywords, and what surrounds them.
        [[one.envelope], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
        exchange="",
        routing_key=one.queue,
        headers={
            "lang": "py",
            "task": TASK,
            "id": task_id,
            "root_id": task_id,
            "retries": 0,
            "timelimit": [None, None],
        },
        correlation_id=task_id,
        delivery_mode=2,
        # The broker's own clock, and no worker's.
        expiration=one.waits.total_seconds(),
        timeout=CONFIRMED_WITHIN,
    )


class Link:
    """One virtual host. What arrives is handed to `take` on a thread of its own, as much as there is at once, and is
    acknowledged where that returns True; a False leaves it to be tried again."""

    def __init__(
        self,
        vantage: str,
        broker: Broker,
        take: Callable[[Sequence[Arrived]], Future[list[bool]]],
        heartbeat: int = HEARTBEAT,
    ) -> None:
        """`broker` is the virtual host of the vantage. `take` says of each message that came whether it is dealt with,
        once that is known."""
        self._heartbeat = heartbeat
        self.vantage = vantage
        self.broker = broker
        self.fault = "not connected yet"
        """Why nothing comes from it; empty while it works."""
        self.waiting: dict[str, int] = {}
        """How many messages were in each queue when it was asked the last time; empty while nothing is known."""
        self.waited = False
        """Whether it was tried to connect at all."""
        self._take = take
        self._came: list[tuple[Message, Arrived]] = []
        self._linked = 0.0
        self._end = threading.Event()
        self._full = threading.Event()
        """A queue has just refused a batch: how long they are is asked at once."""
        self._publishing: _Publishing | None = None
        self._thread = threading.Thread(target=self._run, name=f"fleet {vantage}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End both connections; what was taken and not recorded goes back to its queue."""
        self._end.set()
        self._thread.join(10)
        self.forget()

    def publish(self, batches: Iterable[Outgoing]) -> frozenset[str]:
        """Give batches to the broker, which confirms each; the ids of those that a full queue has refused. Raises what
        is in `BROKEN`: any of them may have arrived all the same. For one thread at a time."""
        try:
            if self._publishing is None:
                self._publishing = _Publishing(self.broker)
            refused = self._publishing.publish(batches)
            if refused:
                self._full.set()
            return refused
        except BROKEN:
            self.forget()
            raise

    @property
    def settled(self) -> bool:
        """Whether it has worked for so long that what is not in by now did not wait at the broker."""
        return not self.fault and time.monotonic() - self._linked >= SETTLED

    @property
    def rests(self) -> bool:
        """Whether the connection that batches go out by was not used for so long that it is to be forgotten."""
        return self._publishing is not None and self._publishing.idle > KEPT

    def forget(self) -> None:
        """Give up the connection that batches go out by; the next batch makes another one."""
        if self._publishing is not None:
            self._publishing.connection.release()
            self._publishing = None

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                with self.broker.connection(heartbeat=self._heartbeat) as connection:
                    connection.connect()
                    self._listen(connection)
            except BROKEN as error:
                why = f"the broker of {self.vantage} cannot be used: {type(error).__name__}"
                if isinstance(error, NotFound | AccessRefused | NotAllowed):
                    why += " (leftopen fleet setup makes its queues and users)"
                if self.fault != why:
                    log.error("%s", why)
                self.fault, self.waited, self.waiting = why, True, {}
                self._end.wait(AGAIN)
            except Exception as error:
                log.exception("listening to %s failed: a bug of ours; it is tried again", self.vantage)
                self.fault = f"a bug of ours ({type(error).__name__}), see the log"
                self._end.wait(AGAIN)

    def _listen(self, connection: Connection) -> None:
        with connection.channel() as channel:
            self._came.clear()
            consumers = [
                Consumer(
                    channel, [queue(name)], callbacks=[took], accept=[], auto_declare=False, prefetch_count=AT_ONCE
                )
                for name, took in ((RESULTS, self._result), (POISON, self._dead))
            ]
            for one in consumers:
                one.on_message = one.callbacks[0]
                one.consume()
            if self.fault:
                log.info("the vantage %s is linked", self.vantage)
            self.fault, self._linked = "", time.monotonic()
            asked = -COUNTED_EVERY
            while not self._end.is_set():
                if self._full.is_set() or time.monotonic() - asked >= COUNTED_EVERY:
                    self._full.clear()
                    asked = time.monotonic()
                    declared = {name: channel.queue_declare(name, passive=True) for name in QUEUES}
                    self.waiting = {name: one.message_count for name, one in declared.items()}
                try:
                    connection.drain_events(timeout=POLL)
                    until = time.monotonic() + GATHERED
                    while 0 < len(self._came) < AT_ONCE and (rest := until - time.monotonic()) > 0:
                        connection.drain_events(timeout=rest)
                except socket.timeout:  # noqa: UP041  kombu raises this name
                    pass
                self._hand_on(connection)
                connection.heartbeat_check()

    def _result(self, message: Message) -> None:
        self._came.append((message, Arrived(self.vantage, "result", _json(message.body))))

    def _dead(self, message: Message) -> None:
        deaths = message.headers.get("x-death")
        reason = deaths[0].get("reason") if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else ""
        body = _json(message.body)
        arguments = body[0] if isinstance(body, list) and body else None
        envelope = arguments[0] if isinstance(arguments, list) and arguments else None
        kind: Kind = "expired" if reason == "expired" else "dead"
        self._came.append((message, Arrived(self.vantage, kind, envelope)))

    def _hand_on(self, connection: Connection) -> None:
        came, self._came = self._came, []
        if not came:
            return
        taken = self._taken(self._take([one for _, one in came]), connection) or [False] * len(came)
        if not all(taken):
            # The ledger cannot be written now: what is owed stays owed, and this is read again.
            self._end.wait(POLL)
        for (message, _), done in zip(came, taken, strict=True):
            if done:
                message.ack()
            else:
                message.requeue()

    def _taken(self, taking: Future[list[bool]], connection: Connection) -> list[bool] | None:
        """What came of it; None where that is not known. A busy hub may take longer than the broker waits for a sign of
        life."""
        while True:
            try:
                return taking.result(LAST_WAIT if self._end.is_set() else POLL)
            except CancelledError:
                return None
            except TimeoutError:
                if self._end.is_set():
                    return None
            with suppress(socket.timeout):
                connection.drain_events(timeout=0.001)
            connection.heartbeat_check()


def _json(body: object) -> object:
    try:
        return json.loads(bytes(body) if isinstance(body, memoryview) else body)  # type: ignore[arg-type]
    except (TypeError, ValueError, RecursionError):
        return None

"""The hub's side of one vantage at the broker: batches go out, results and dead letters come in."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

from amqp.exceptions import AccessRefused, MessageNacked, NotAllowed, NotFound
from kombu import Connection, Consumer, Message

from monitor.fleet.broker import BROKEN, Broker
from monitor.fleet.topology import POISON, QUEUES, RESULTS, TASK, queue

log = logging.getLogger("leftopen.fleet")

POLL = 1.0
AGAIN = 5.0
"""Seconds after which a lost broker is tried again."""
CONFIRMED_WITHIN = 30.0
"""Seconds in which the broker must say that it has a batch."""
SETTLED = 30.0
"""Seconds in which what waited at the broker has come in, once a link works."""
COUNTED_EVERY = 30.0
"""Seconds between two looks at how long the queues are."""
AT_ONCE = 16
"""Results that are taken from the broker before they are on file."""

Kind = Literal["result", "expired", "dead"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came from the broker: a result, or a batch that came back, since nobody took it or since it cost lives."""

    vantage: str
    kind: Kind
    body: object


class Link:
    """One virtual host. What arrives is handed to `take` on a thread of its own, and is acknowledged when that returns
    True; a False leaves it to be tried again."""

    def __init__(self, vantage: str, broker: Broker, take: Callable[[Arrived], bool]) -> None:
        """`broker` is the virtual host of the vantage."""
        self.vantage = vantage
        self.broker = broker
        self.fault = "not connected yet"
        """Why nothing comes from it; empty while it works."""
        self.waiting: dict[str, int] = {}
        """How many messages were in each queue when it was asked the last time; empty while nothing is known."""
        self.waited = False
        """Whether it was tried to connect at all."""
        self._take = take
        self._linked = 0.0
        self._end = threading.Event()
        self._publishing: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"fleet {vantage}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End both connections; what was taken and not recorded goes back to its queue."""
        self._end.set()
        self._thread.join(10)
        self.forget()

    def publish(self, to: str, envelope: dict[str, Any], waits: timedelta) -> bool:
        """Give a batch to the queue `to`, confirmed; False when the queue is full. Raises what is in `BROKEN`: it may
        have arrived all the same. For one thread at a time."""
        if self._publishing is None:
            self._publishing = self.broker.connection(heartbeat=10)
        task_id = uuid4().hex
        headers = {
            "lang": "py",
            "task": TASK,
            "id": task_id,
            "root_id": task_id,
            "retries": 0,
            "timelimit": [None, None],
        }
        try:
            with self._publishing.Producer(serializer="json") as producer:
                producer.publish(
                    # Celery's message of version 2: positional arguments, keywords, and what surrounds them.
                    [[envelope], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
                    exchange="",
                    routing_key=to,
                    headers=headers,
                    correlation_id=task_id,
                    delivery_mode=2,
                    # The broker's own clock, and no worker's.
                    expiration=waits.total_seconds(),
                    timeout=CONFIRMED_WITHIN,
                    confirm_timeout=CONFIRMED_WITHIN,
                )
        except MessageNacked:
            return False
        except BROKEN:
            self.forget()
            raise
        return True

    @property
    def settled(self) -> bool:
        """Whether it has worked for so long that what is not in by now did not wait at the broker."""
        return not self.fault and time.monotonic() - self._linked >= SETTLED

    def forget(self) -> None:
        """Give up the connection that batches go out by; the next batch makes another one. One that is idle would send
        no heartbeat, and be closed."""
        if self._publishing is not None:
            self._publishing.release()
            self._publishing = None

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                with self.broker.connection(heartbeat=10) as connection:
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
                if time.monotonic() - asked >= COUNTED_EVERY:
                    asked = time.monotonic()
                    declared = {name: channel.queue_declare(name, passive=True) for name in QUEUES}
                    self.waiting = {name: one.message_count for name, one in declared.items()}
                try:
                    connection.drain_events(timeout=POLL)
                except socket.timeout:  # noqa: UP041  kombu raises this name
                    connection.heartbeat_check()

    def _result(self, message: Message) -> None:
        self._hand_on("result", message, _json(message.body))

    def _dead(self, message: Message) -> None:
        deaths = message.headers.get("x-death")
        reason = deaths[0].get("reason") if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else ""
        body = _json(message.body)
        arguments = body[0] if isinstance(body, list) and body else None
        envelope = arguments[0] if isinstance(arguments, list) and arguments else None
        self._hand_on("expired" if reason == "expired" else "dead", message, envelope)

    def _hand_on(self, kind: Kind, message: Message, body: object) -> None:
        if self._take(Arrived(self.vantage, kind, body)):
            message.ack()
        else:
            # The ledger cannot be written now: what is owed stays owed, and this is read again.
            self._end.wait(POLL)
            message.requeue()


def _json(body: object) -> object:
    try:
        return json.loads(bytes(body) if isinstance(body, memoryview) else body)  # type: ignore[arg-type]
    except (TypeError, ValueError, RecursionError):
        return None
